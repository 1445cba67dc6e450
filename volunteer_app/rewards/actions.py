"""The only bridge from work to points: a final service record is credited once, a corrected one is reversed first.

Hours are never touched here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.rewards import queries
from volunteer_app.rewards.models import Award, PointsRule
from volunteer_app.rewards.rules import Rules, Worth, expires_at, to_json


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

    A record that corrects another one reverses the other's credit first; what has been spent becomes a debt.
    """
    if any(found.state != "final" for found in records):
        raise NotFinal
    people = sorted({found.person_id for found in records})
    ledger.lock_owners(session, [owner_of(person_id) for person_id in people], actor=actor, now=now)
    for found in records:
        if found.corrects_id is not None:
            take_back(session, found, actor=actor, now=now)
    done = awarded(session, records)
    new = [found for found in records if found.id not in done]
    worths = queries.values(session, actor.community_id, [queries.case_of(found) for found in new])
    for found in sorted(new, key=lambda found: (found.shift.starts_at, found.id)):
        done[found.id] = award(session, found, worths[f"record:{found.id}"], actor=actor, now=now)
    session.flush()
    return [done[found.id] for found in records]


def awarded(session: Session, records: Sequence[ServiceRecord]) -> dict[int, Award]:
    """record id -> the award that it already has."""
    statement = select(Award).where(Award.service_record_id.in_([found.id for found in records]))
    return {found.service_record_id: found for found in session.scalars(statement)}


def award(session: Session, found: ServiceRecord, worth: Worth, *, actor: Actor, now: datetime) -> Award:
    version = queries.rules_on(session, found.served_on)
    booked = None
    if worth.points:
        zone = session.get_one(Community, found.community_id).zone
        booked = ledger.issue(
            session,
            to=owner_of(found.person_id),
            points=worth.points,
            cause=f"service_record:{found.id}",
            reason=service_words(found),
            expires_at=expires_at(now, version.rules, zone),
            actor=actor,
            now=now,
        )
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
        txn_id=booked.id if booked else None,
        credited_at=now,
    )
    session.add(made)
    record(session, "credit", f"service_record:{found.id}", actor=actor, now=now, note=f"{worth.points} points")
    return made


def service_words(found: ServiceRecord) -> Text:
    """10月13日日巡逻: what a line in the books says. `%(en).0s` prints nothing; the English sentence uses it."""
    day = found.served_on
    return Text(
        N_("%(month)d月%(day)d日%(zh)s%(en).0s"),
        {"month": day.month, "day": day.day, "zh": found.shift.kind.name, "en": found.shift.kind.name_en},
    )


def take_back(session: Session, found: ServiceRecord, *, actor: Actor, now: datetime) -> None:
    """Reverses what the corrected record was credited, once."""
    old = queries.award_of(session, found.corrects_id or 0)
    if old is None or old.state == "reversed":
        return
    if old.txn_id is not None:
        ledger.reverse(
            session,
            old.txn_id,
            cause=f"reversal:service_record:{old.service_record_id}",
            reason=Text(N_("更正：%(month)d月%(day)d日%(zh)s%(en).0s"), service_words(old.record).values),
            actor=actor,
            now=now,
        )
    old.state = "reversed"
    session.flush()
    record(session, "take_back", f"service_record:{old.service_record_id}", actor=actor, now=now)


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
