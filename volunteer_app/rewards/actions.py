"""The only bridge from work to points: a final service record is credited once, a corrected one is reversed first.

Hours are never touched here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import periods
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.rewards import queries
from volunteer_app.rewards.models import Award, PointsRule
from volunteer_app.rewards.rules import Rules, Worth, expires_at, to_json, under_caps


class NotFinal(Refused):
    """Points come after the notice period."""

    sentence = N_("这条时长还没有公示期满，不能计分。")


class RulesNotInFuture(Refused):
    """What has been served is valued by the rules that were known."""

    status = 422
    sentence = N_("新规则要从以后的日子开始，最早%(first)s。")


def credit(session: Session, found: ServiceRecord, *, actor: Actor, now: datetime) -> Award:
    """Credits one final record; repeated, it returns the award that stands. Refuses NotFinal."""
    return credit_all(session, [found], actor=actor, now=now)[0]


def credit_all(session: Session, records: Sequence[ServiceRecord], *, actor: Actor, now: datetime) -> list[Award]:
    """Credits final records in order of time, so that caps fall on the later ones. Each record is credited once.

    A record that corrects another one reverses the other's credit first; what has been spent becomes a debt. What the
    other one left no room for under the caps comes to the person's other services then.
    """
    if any(found.state != "final" for found in records):
        raise NotFinal
    people = sorted({found.person_id for found in records})
    ledger.lock_owners(session, [owner_of(person_id) for person_id in people], actor=actor, now=now)
    taken = [take_back(session, found, actor=actor, now=now) for found in records if found.corrects_id is not None]
    done = awarded(session, records)
    new = [found for found in records if found.id not in done]
    worths = queries.values(session, actor.community_id, [queries.case_of(found) for found in new])
    for found in sorted(new, key=lambda found: (found.shift.starts_at, found.id)):
        done[found.id] = award(session, found, worths[f"record:{found.id}"], actor=actor, now=now)
    session.flush()
    for old in taken:
        if old is not None:
            fill_room(session, old, actor=actor, now=now)
    return [done[found.id] for found in records]


def awarded(session: Session, records: Sequence[ServiceRecord]) -> dict[int, Award]:
    """record id -> the award that it already has."""
    statement = select(Award).where(Award.service_record_id.in_([found.id for found in records]))
    return {found.service_record_id: found for found in session.scalars(statement)}


def award(session: Session, found: ServiceRecord, worth: Worth, *, actor: Actor, now: datetime) -> Award:
    version = queries.rules_on(session, found.served_on)
    made = Award(
        community_id=found.community_id,
        person_id=found.person_id,
        service_record_id=found.id,
        served_on=found.served_on,
        rule_id=version.row.id if version.row else None,
        coefficient_pct=worth.coefficient_pct,
        uncapped=worth.uncapped,
        points=worth.points,
        reasons=list(worth.reasons),
        state="credited",
        credited_at=now,
    )
    if worth.points:
        book(session, made, found, version.rules, cause=f"service_record:{found.id}", actor=actor, now=now)
    session.add(made)
    record(session, "credit", f"service_record:{found.id}", actor=actor, now=now, note=f"{worth.points} points")
    return made


def book(
    session: Session, made: Award, found: ServiceRecord, rules: Rules, *, cause: str, actor: Actor, now: datetime
) -> None:
    """Credits the award's points; they last as long as those that first came for this service."""
    first = first_credited_at(session, found) or made.credited_at
    made.txn_id = ledger.issue(
        session,
        to=owner_of(found.person_id),
        points=made.points,
        cause=cause,
        reason=service_words(found),
        expires_at=expires_at(first, rules, session.get_one(Community, found.community_id).zone),
        actor=actor,
        now=now,
    ).id


def first_credited_at(session: Session, found: ServiceRecord) -> datetime | None:
    """When points first came for what this record corrects, at the first link of the chain: being put right, they
    last no longer.
    """
    at = None
    while found.corrects_id is not None:
        found = attendance.record_here(session, found.corrects_id)
        old = queries.award_of(session, found.id)
        if old is not None and old.points:
            at = old.credited_at
    return at


def service_words(found: ServiceRecord) -> Text:
    """10月13日日巡逻: what a line in the books says. `%(en).0s` prints nothing; the English sentence uses it."""
    day = found.served_on
    return Text(
        N_("%(month)d月%(day)d日%(zh)s%(en).0s"),
        {"month": day.month, "day": day.day, "zh": found.shift.kind.name, "en": found.shift.kind.name_en},
    )


def take_back(session: Session, found: ServiceRecord, *, actor: Actor, now: datetime) -> Award | None:
    """Reverses what the corrected record was credited, once; the award, None when there is nothing to take back."""
    old = queries.award_of(session, found.corrects_id or 0)
    if old is None or old.state == "reversed":
        return None
    unbook(session, old, actor=actor, now=now)
    old.state = "reversed"
    session.flush()
    record(session, "take_back", f"service_record:{old.service_record_id}", actor=actor, now=now)
    return old


def unbook(session: Session, old: Award, *, actor: Actor, now: datetime) -> None:
    """Reverses the credit that the award stands for, if there was one."""
    if old.txn_id is None:
        return
    ledger.reverse(
        session,
        old.txn_id,
        cause=f"reversal:{ledger.txn_of(session, old.community_id, old.txn_id).cause}",
        reason=Text(N_("更正：%(month)d月%(day)d日%(zh)s%(en).0s"), service_words(old.record).values),
        actor=actor,
        now=now,
    )


def fill_room(session: Session, old: Award, *, actor: Actor, now: datetime) -> None:
    """What the caps cut from the person's other services of the month while `old` stood comes to them, in order of
    time and as far as there is room now. What was credited in a closed month stays as it is.
    """
    for cut in queries.cut_by_caps(session, old.person_id, old.served_on):
        if not periods.lies_in_closed(session, cut.community_id, cut.credited_at):
            grow(session, cut, actor=actor, now=now)


def grow(session: Session, cut: Award, *, actor: Actor, now: datetime) -> None:
    """Values the award anew under the caps; if it is more now, it is reversed and credited with its old date."""
    rules = queries.version_of(session, cut).rules
    day, month = queries.Earned(session, [queries.case_of(cut.record)]).so_far(cut.person_id, cut.served_on)
    points, cuts = under_caps(rules, cut.uncapped, day_so_far=day, month_so_far=month)
    if points <= cut.points:
        return
    unbook(session, cut, actor=actor, now=now)
    cut.points = points
    cut.reasons = [*(reason for reason in cut.reasons if not reason.endswith("_cap")), *cuts]
    about = f"service_record:{cut.service_record_id}"
    book(
        session,
        cut,
        cut.record,
        rules,
        cause=f"{about}:{cut.txn_id}" if cut.txn_id else about,
        actor=actor,
        now=now,
    )
    session.flush()
    record(session, "credit", about, actor=actor, now=now, note=f"{points} points")


def adopt_rules(
    session: Session, rules: Rules, *, effective_from: date, actor: Actor, now: datetime, first: bool = False
) -> PointsRule:
    """Adds a version. Refuses RulesNotInFuture; `first` is a community's first version, which may begin at any time."""
    today = local_date(now, session.get_one(Community, actor.community_id).zone)
    if effective_from <= today and not first:
        raise RulesNotInFuture(first=(today + timedelta(days=1)).isoformat())
    last = session.scalar(select(func.max(PointsRule.version)).where(PointsRule.community_id == actor.community_id))
    made = PointsRule(
        community_id=actor.community_id,
        version=(last or 0) + 1,
        effective_from=effective_from,
        rules=to_json(rules),
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    record(session, "adopt_rules", f"points_rule:{made.id}", actor=actor, now=now, note=f"from {effective_from}")
    return made


def changed(rules: Rules, **values: int) -> Rules:
    """A copy with other figures; bonuses, levels, stars by their own names (`bonus_referral`, `level_L2`, `star_1`)."""
    plain = {name: value for name, value in values.items() if not name.startswith(("bonus_", "level_", "star_"))}
    bonuses = rules.bonuses | {name[6:]: value for name, value in values.items() if name.startswith("bonus_")}
    levels = rules.levels_pct | {name[6:]: value for name, value in values.items() if name.startswith("level_")}
    stars = tuple(values.get(f"star_{n}", hours) for n, hours in enumerate(rules.star_hours, 1))
    return replace(rules, bonuses=bonuses, levels_pct=levels, star_hours=stars, **plain)  # type: ignore[arg-type]
