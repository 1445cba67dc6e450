"""Fixed bonuses: a newcomer brought, a suggestion taken up, the month's best neighbourhood, a small deed."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.ids import fingerprint
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import actions as ledger
from volunteer_app.people.models import PRESENT, Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.rewards import queries
from volunteer_app.rewards.models import Bonus
from volunteer_app.rewards.rules import BONUS_KINDS, expires_at

BONUS_WORDS = {
    "referral": N_("推荐新志愿者"),
    "suggestion": N_("建议被采纳"),
    "monthly_review": N_("月评比，所在邻里得了流动红旗"),
    "small_deed": N_("随手帮"),
}
NEWCOMER = "newcomer:"
"""What a referral's occasion begins with; the newcomer's id follows."""


class BonusGiven(Refused):
    sentence = N_("这份奖励已经给过了。")


class NotToOneself(Refused):
    """Nobody gives to himself or to his household."""

    sentence = N_("不能给自己或家人加分，请别的工作人员来办。")


class GoneAway(Refused):
    """Who has moved away or died earns nothing any more."""

    sentence = N_("%(name)s已经不在册了，不能再加分。")


class EnoughToday(Refused):
    sentence = N_("随手帮一天最多记%(most)d次。")


class NewcomerNotYet(Refused):
    sentence = N_("%(name)s还没有服务满%(hours)d小时，满了再记推荐。")


def give_bonus(
    session: Session, kind: str, person_id: int, *, occasion: str, note: str = "", actor: Actor, now: datetime
) -> Bonus:
    """A fixed bonus, once per person, kind and occasion. Refuses BonusGiven, NotToOneself, GoneAway."""
    assert kind in BONUS_KINDS, kind
    person = attendance.people_by_id(session, [person_id]).get(person_id)
    if person is None:
        raise NotFound
    if person.state not in PRESENT:
        raise GoneAway(name=person.name)
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
    occasion = f"{NEWCOMER}{newcomer_id}"
    if session.scalar(select(Bonus.id).where(Bonus.kind == "referral", Bonus.occasion == occasion)) is not None:
        raise BonusGiven
    return give_bonus(session, "referral", person_id, occasion=occasion, actor=actor, now=now)


def newcomer_of(found: Bonus) -> int | None:
    """Whom a referral was about; None for another bonus."""
    return int(found.occasion.split(":")[1]) if found.occasion.startswith(NEWCOMER) else None


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
            Person.state.in_(PRESENT),
            ServiceRecord.served_on >= first,
            ServiceRecord.served_on < after,
            ServiceRecord.state.in_(attendance.COUNTED_STATES),
            ServiceRecord.minutes > 0,
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


def give(session: Session, values: dict[str, Any], ids: dict[str, int], *, actor: Actor, now: datetime) -> Bonus:
    """One bonus by its kind; `ids` holds the person under `who` and a referral's newcomer."""
    kind, note, person_id = values["kind"], values["note"], ids["who"]
    if kind == "referral":
        return reward_referral(session, person_id, newcomer_id=ids.get("newcomer", 0), actor=actor, now=now)
    if kind == "small_deed":
        return reward_small_deed(session, person_id, note=note, actor=actor, now=now)
    return give_bonus(session, kind, person_id, occasion=fingerprint(note), note=note, actor=actor, now=now)
