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
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.rewards import queries
from volunteer_app.rewards.models import Award, Bonus, PointsRule
from volunteer_app.rewards.rules import BONUS_KINDS, Rules, Worth, expires_at, to_json


class NotFinal(Refused):
    """Points come after the notice period."""

    sentence = N_("这条时长还没有公示期满，不能计分。")


class RulesNotInFuture(Refused):
    """What has been served is valued by the rules that were known."""

    status = 422
    sentence = N_("新规则要从以后的日子开始，最早%(first)s。")


class BonusGiven(Refused):
    sentence = N_("这份奖励已经给过了。")


class NotToOneself(Refused):
    """Nobody gives to himself or to his household."""

    sentence = N_("不能给自己或家人加分，请别的工作人员来办。")


class EnoughToday(Refused):
    sentence = N_("随手帮一天最多记%(most)d次。")


class NewcomerNotYet(Refused):
    sentence = N_("%(name)s还没有服务满%(hours)d小时，满了再记推荐。")


def owner_of(person_id: int) -> str:
    """The ledger's word for a person."""
    return f"person:{person_id}"


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
    """10月13日日巡逻: what a line in the books says."""
    day = found.served_on
    return Text(
        N_("%(month)d月%(day)d日%(zh)s"),
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
            reason=Text(N_("更正：%(what)s"), {"what": service_words(old.record)}),
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


def give_bonus(
    session: Session, kind: str, person_id: int, *, occasion: str, note: str = "", actor: Actor, now: datetime
) -> Bonus:
    """A fixed bonus, once per person, kind and occasion. Refuses BonusGiven, NotToOneself."""
    assert kind in BONUS_KINDS, kind
    person = attendance.people_by_id(session, [person_id]).get(person_id)
    if person is None:
        raise NotFound
    if person_id in attendance.own_household(session, actor.person_id):
        raise NotToOneself
    taken = select(Bonus.id).where(Bonus.person_id == person_id, Bonus.kind == kind, Bonus.occasion == occasion)
    if session.scalar(taken) is not None:
        raise BonusGiven
    zone = session.get_one(Community, actor.community_id).zone
    today = local_date(now, zone)
    version = queries.rules_on(session, today)
    made = Bonus(
        community_id=actor.community_id,
        person_id=person_id,
        kind=kind,
        occasion=occasion,
        earned_on=today,
        points=version.rules.bonuses[kind],
        note=note,
        given_by_id=actor.person_id,
        given_at=now,
    )
    session.add(made)
    session.flush()
    made.txn_id = ledger.issue(
        session,
        to=owner_of(person_id),
        points=made.points,
        cause=f"bonus:{made.id}",
        reason=Text(BONUS_WORDS[kind]),
        expires_at=expires_at(now, version.rules, zone),
        actor=actor,
        now=now,
    ).id
    record(session, "give_bonus", f"bonus:{made.id}", actor=actor, now=now, acting_for=person_id, note=kind)
    return made


BONUS_WORDS = {
    "referral": N_("推荐新志愿者"),
    "suggestion": N_("建议被采纳"),
    "monthly_review": N_("月评比，所在邻里得了流动红旗"),
    "small_deed": N_("随手帮"),
}


def reward_small_deed(session: Session, person_id: int, *, note: str, actor: Actor, now: datetime) -> Bonus:
    """随手帮, at most two a day. Refuses EnoughToday."""
    zone = session.get_one(Community, actor.community_id).zone
    today = local_date(now, zone)
    most = queries.rules_on(session, today).rules.small_deeds_a_day
    so_far = session.scalar(
        select(func.count()).where(Bonus.person_id == person_id, Bonus.kind == "small_deed", Bonus.earned_on == today)
    )
    if (so_far or 0) >= most:
        raise EnoughToday(most=most)
    return give_bonus(
        session, "small_deed", person_id, occasion=f"{today}:{(so_far or 0) + 1}", note=note, actor=actor, now=now
    )


def reward_referral(session: Session, person_id: int, *, newcomer_id: int, actor: Actor, now: datetime) -> Bonus:
    """Once per newcomer, after two hours served. Refuses NewcomerNotYet, BonusGiven."""
    newcomer = attendance.people_by_id(session, [newcomer_id]).get(newcomer_id)
    if newcomer is None or newcomer_id == person_id:
        raise NotFound
    zone = session.get_one(Community, actor.community_id).zone
    least = queries.rules_on(session, local_date(now, zone)).rules.referral_after_min
    if attendance.minutes_of(session, newcomer_id) < least:
        raise NewcomerNotYet(name=newcomer.name, hours=least // 60)
    occasion = f"newcomer:{newcomer_id}"
    if session.scalar(select(Bonus.id).where(Bonus.kind == "referral", Bonus.occasion == occasion)) is not None:
        raise BonusGiven
    return give_bonus(session, "referral", person_id, occasion=occasion, note=newcomer.name, actor=actor, now=now)


def reward_neighbourhood(
    session: Session, neighbourhood_id: int, *, month: date, actor: Actor, now: datetime
) -> list[Bonus]:
    """The winner of the monthly review: everybody of the neighbourhood who served in the month, each once.

    The actor's own household is left out; somebody else gives it to them by calling again. Returns the new ones.
    """
    first = month.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    statement = (
        select(Person.id)
        .join(ServiceRecord, ServiceRecord.person_id == Person.id)
        .where(
            Person.neighbourhood_id == neighbourhood_id,
            ServiceRecord.served_on >= first,
            ServiceRecord.served_on < after,
            ServiceRecord.state.in_(attendance.COUNTED_STATES),
        )
        .distinct()
        .order_by(Person.id)
    )
    own = attendance.own_household(session, actor.person_id)
    occasion = f"{first:%Y-%m}:neighbourhood:{neighbourhood_id}"
    given = []
    for person_id in session.scalars(statement).all():
        taken = select(Bonus.id).where(Bonus.person_id == person_id, Bonus.occasion == occasion)
        if person_id not in own and session.scalar(taken) is None:
            given.append(give_bonus(session, "monthly_review", person_id, occasion=occasion, actor=actor, now=now))
    return given


def changed(rules: Rules, **values: int) -> Rules:
    """A copy with other figures; bonuses and levels by their own names (`bonus_referral`, `level_L2`)."""
    plain = {name: value for name, value in values.items() if not name.startswith(("bonus_", "level_"))}
    bonuses = rules.bonuses | {name[6:]: value for name, value in values.items() if name.startswith("bonus_")}
    levels = rules.levels_pct | {name[6:]: value for name, value in values.items() if name.startswith("level_")}
    return replace(rules, bonuses=bonuses, levels_pct=levels, **plain)  # type: ignore[arg-type]
