"""Writes: sheets, finer times, away dates, partners, wishes; by the person or by staff for the person.

Whoever fills in for somebody else is named in the row (`filled_by_id`) and in the audit trail (`acting_for`).
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from volunteer_app.availability import queries
from volunteer_app.availability.models import AvailabilitySheet, Away, FinerTime, PartnerWish, Wish
from volunteer_app.availability.rules import EMPLOYED, SQUARES, TEMPLATES, Finer, FinerEntry
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import BadInput, NotFound, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person, PersonTag

MOST_FINER = 20
MOST_PARTNERS = 5


class NothingChosen(Refused):
    """An empty sheet is a rest, and a rest is asked back for."""

    sentence = N_("一个时段也没有，就是这个月不排您，对吗？")


class AwayOverlaps(Refused):
    """Two away spans would cover the same day."""

    sentence = N_("%(from_on)s到%(to_on)s已经记过外出了，两段重在一起。")


class TooMany(Refused):
    """More finer times or partners than anybody can look after."""

    sentence = N_("最多记%(most)d条。")


class NotSomebodyElse(Refused):
    """A partner must be another volunteer of the community."""

    sentence = N_("没找到这位志愿者。")


def save_sheet(
    session: Session,
    person_id: int,
    month: date,
    *,
    squares: int,
    actor: Actor,
    now: datetime,
    resting: bool = False,
    follows_rest_days: bool | None = None,
) -> AvailabilitySheet:
    """Writes the month's squares. Empty squares without `resting` are refused with the question NothingChosen.

    Finer times, load and the rest-day habit come from the last earlier sheet when the month has none yet.
    """
    assert 0 <= squares < 1 << SQUARES
    if squares == 0 and not resting:
        raise NothingChosen
    sheet = own_sheet(session, person_id, month, actor=actor, now=now)
    sheet.squares, sheet.resting = squares, squares == 0
    if follows_rest_days is not None:
        sheet.follows_rest_days = follows_rest_days
    note(session, "save_sheet", f"availability_sheet:{sheet.id}", person_id, actor=actor, now=now)
    return sheet


def own_sheet(session: Session, person_id: int, month: date, *, actor: Actor, now: datetime) -> AvailabilitySheet:
    """The month's own sheet under a lock, made from the last earlier one when there is none."""
    person = locked_person(session, person_id, actor=actor)
    sheet = queries.sheet_of(session, person_id, month)
    if sheet is None:
        sheet = copied(session, person, queries.month_of(month), now)
        session.add(sheet)
    sheet.filled_by_id, sheet.filled_at = actor.person_id, now
    session.flush()
    return sheet


def locked_person(session: Session, person_id: int, *, actor: Actor) -> Person:
    """The person, locked, so that two entries for one person come one after the other."""
    wanted = select(Person).where(Person.id == person_id, Person.community_id == actor.community_id)
    person = session.scalars(wanted.with_for_update(of=Person)).first()
    if person is None:
        raise NotFound
    return person


def copied(session: Session, person: Person, month: date, now: datetime) -> AvailabilitySheet:
    former = queries.sheet_before(session, person.id, month)
    return AvailabilitySheet(
        community_id=person.community_id,
        person_id=person.id,
        month=month,
        squares=former.squares if former else 0,
        follows_rest_days=former.follows_rest_days if former else is_employed(session, person.id),
        turns_week=former.turns_week if former else None,
        finer=[finer_row(person.community_id, one, one.reason) for one in (former.finer if former else [])],
        filled_at=now,
    )


def is_employed(session: Session, person_id: int) -> bool:
    """Working people and students live by the calendar of rest days."""
    wanted = select(PersonTag.id).where(PersonTag.person_id == person_id, PersonTag.kind == "identity")
    return session.scalars(wanted.where(PersonTag.code.in_(EMPLOYED))).first() is not None


def finer_row(community_id: int, one: Finer, reason: str) -> FinerTime:
    return FinerTime(
        community_id=community_id,
        day_class=one.day_class,
        weekday=one.weekday,
        starts_minute=one.starts_minute,
        ends_minute=one.ends_minute,
        is_free=one.is_free,
        reason=reason,
    )


def apply_template(
    session: Session, person_id: int, month: date, code: str, *, actor: Actor, now: datetime
) -> AvailabilitySheet:
    """Fills the month's sheet with one of the usual patterns (rules.TEMPLATES), replacing what was there."""
    template = TEMPLATES[code]
    sheet = save_sheet(
        session,
        person_id,
        month,
        squares=template.squares,
        follows_rest_days=template.follows_rest_days,
        actor=actor,
        now=now,
    )
    sheet.finer = [finer_row(sheet.community_id, one, one.reason) for one in template.finer]
    session.flush()
    return sheet


def add_finer(
    session: Session, person_id: int, month: date, entry: FinerEntry, *, actor: Actor, now: datetime
) -> FinerTime:
    """Adds a finer time to the month's sheet."""
    if not 0 <= entry.starts_minute < entry.ends_minute <= 1440:
        raise BadInput({"ends_minute": [Text(N_("结束要比开始晚。"))]})
    sheet = own_sheet(session, person_id, month, actor=actor, now=now)
    if len(sheet.finer) >= MOST_FINER:
        raise TooMany(most=MOST_FINER)
    added = finer_row(sheet.community_id, entry, entry.reason)
    sheet.finer.append(added)
    session.flush()
    note(session, "add_finer", f"finer_time:{added.id}", person_id, actor=actor, now=now)
    return added


def remove_finer(session: Session, person_id: int, month: date, finer_id: int, *, actor: Actor, now: datetime) -> None:
    """Takes a finer time off the sheet in force; in a new month the others are carried over first."""
    former = queries.sheet_in_force(session, person_id, month)
    place = next((index for index, one in enumerate(former.finer if former else []) if one.id == finer_id), None)
    if place is None:
        raise NotFound
    sheet = own_sheet(session, person_id, month, actor=actor, now=now)
    del sheet.finer[place]
    session.flush()
    note(session, "remove_finer", f"finer_time:{finer_id}", person_id, actor=actor, now=now)


def set_turns_week(
    session: Session, person_id: int, month: date, turns: int | None, *, actor: Actor, now: datetime
) -> AvailabilitySheet:
    """At most so many turns a week from this month on; None leaves it to the person's limits."""
    sheet = own_sheet(session, person_id, month, actor=actor, now=now)
    sheet.turns_week = turns
    note(session, "set_turns_week", f"availability_sheet:{sheet.id}", person_id, actor=actor, now=now)
    return sheet


def add_away(session: Session, person_id: int, from_on: date, to_on: date, *, actor: Actor, now: datetime) -> Away:
    """Notes an absence, both days included; spans may touch but not overlap."""
    if to_on < from_on:
        raise BadInput({"to_on": [Text(N_("回来那天比走的那天早，请看一看。"))]})
    if (to_on - from_on).days > 366:
        raise BadInput({"to_on": [Text(N_("外出最长记一年，请看一看年份。"))]})
    person = locked_person(session, person_id, actor=actor)
    clash = queries.aways(session, [person_id], from_on, to_on)[person_id]
    if clash:
        raise AwayOverlaps(from_on=day_words(clash[0].from_on), to_on=day_words(clash[0].to_on))
    away = Away(
        community_id=person.community_id,
        person_id=person_id,
        from_on=from_on,
        to_on=to_on,
        filled_by_id=actor.person_id,
        filled_at=now,
    )
    session.add(away)
    session.flush()
    note(session, "add_away", f"away:{away.id}", person_id, actor=actor, now=now)
    return away


def day_words(day: date) -> Text:
    return Text(N_("%(month)d月%(day)d日"), {"month": day.month, "day": day.day})


def remove_away(session: Session, person_id: int, away_id: int, *, actor: Actor, now: datetime) -> None:
    """The person is at home after all."""
    locked_person(session, person_id, actor=actor)
    away = session.scalars(select(Away).where(Away.id == away_id, Away.person_id == person_id)).first()
    if away is None:
        raise NotFound
    session.delete(away)
    session.flush()
    note(session, "remove_away", f"away:{away_id}", person_id, actor=actor, now=now)


def set_partners(
    session: Session, person_id: int, partner_ids: Collection[int], *, actor: Actor, now: datetime
) -> None:
    """Replaces the wished partners; at most five, all of them volunteers of the same community."""
    person = locked_person(session, person_id, actor=actor)
    wanted = set(partner_ids)
    if len(wanted) > MOST_PARTNERS:
        raise TooMany(most=MOST_PARTNERS)
    known = select(Person.id).where(Person.id.in_(wanted), Person.community_id == person.community_id)
    if person_id in wanted or set(session.scalars(known)) != wanted:
        raise NotSomebodyElse
    session.execute(delete(PartnerWish).where(PartnerWish.person_id == person_id))
    session.add_all(
        PartnerWish(community_id=person.community_id, person_id=person_id, partner_id=one) for one in sorted(wanted)
    )
    session.flush()
    note(session, "set_partners", f"person:{person_id}", person_id, actor=actor, now=now)


def set_wishes(session: Session, person_id: int, levels: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Replaces what the person prefers or does only if needed: {"kind:river_patrol": "prefer"}."""
    person = locked_person(session, person_id, actor=actor)
    session.execute(delete(Wish).where(Wish.person_id == person_id))
    session.add_all(
        Wish(community_id=person.community_id, person_id=person_id, about=about, level=level)
        for about, level in sorted(levels.items())
    )
    session.flush()
    note(session, "set_wishes", f"person:{person_id}", person_id, actor=actor, now=now)


def note(session: Session, verb: str, subject: str, person_id: int, *, actor: Actor, now: datetime) -> None:
    """The audit row, which says for whom somebody else acted."""
    acting_for = None if actor.person_id == person_id else person_id
    record(session, verb, subject, actor=actor, now=now, acting_for=acting_for)
