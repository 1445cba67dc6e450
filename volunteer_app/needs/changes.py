"""Changes to shifts that people may already hold: one date or the rest of a series, cancelling.

`seats` is the room that knows the people (seats.py); it is told in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_
from volunteer_app.needs.actions import obey, step
from volunteer_app.needs.models import ActivityKind, Need, Series, Shift
from volunteer_app.needs.plans import after, are_in_order, check_seats
from volunteer_app.needs.seats import Seats
from volunteer_app.places.models import Community

KEPT_BY_SPLIT = (
    *("community_id", "need_id", "kind_id", "rrule", "until_on", "grid_id", "recipient_id"),
    *("priority", "mixes", "on_makeup", "on_holiday"),
)


class ShiftBegan(Refused):
    """What has begun is a matter of attendance, not of plans."""

    sentence = N_("这个班已经开始了，改不了。")


class ShiftCancelled(Refused):
    """A cancelled shift stays cancelled; a new one may be made."""

    sentence = N_("这个班已经取消了。")


class DayStays(Refused):
    """A whole series moves by its rule, not by a date."""

    sentence = N_("以后都改的话，日期不能换。只改这一次就可以。")


class LegsTogether(Refused):
    """The same people serve all legs of a task: on one day, one after the other."""

    sentence = N_("这是同一批人走的几程，要在同一天，前后不能重叠。")


@dataclass(frozen=True, slots=True)
class ShiftChange:
    """What a shift shall be: local minutes of `day`, seats, post, a note, and whether it's harder than its kind."""

    day: date
    starts_minute: int
    ends_minute: int
    least: int
    target: int
    most: int
    post_id: int | None = None
    note: str = ""
    is_heavy: bool = False


def change_shift(
    session: Session, shift_id: int, change: ShiftChange, *, seats: Seats, actor: Actor, now: datetime
) -> Shift:
    """Changes one date; its people are asked again when time or place differ.

    Other legs of the same task that haven't begun get the same seats; refuses LegsTogether.
    """
    shift = changeable(session, shift_id, actor=actor, now=now)
    check_apart(session, shift, change)
    same_seats(other_legs(shift), change, now=now)
    write(session, [shift], change, seats=seats, actor=actor, now=now)
    return shift


def other_legs(shift: Shift) -> list[Shift]:
    return [leg for leg in shift.legs if leg.id != shift.id]


def same_seats(legs: Iterable[Shift], change: ShiftChange, *, now: datetime) -> None:
    """What hasn't begun gets the seats of the changed leg: the same people serve all."""
    for leg in legs:
        if leg.starts_at > now:
            leg.least, leg.target, leg.most = change.least, change.target, change.most


def check_apart(session: Session, shift: Shift, change: ShiftChange) -> None:
    """The changed leg stays on its day and overlaps no other."""
    others = other_legs(shift)
    zone = session.get_one(Community, shift.community_id).zone
    starts = local_moment(change.day, change.starts_minute, zone)
    ends = local_moment(change.day, after(change.starts_minute, change.ends_minute), zone)
    if any(leg.starts_on != change.day or (starts < leg.ends_at and leg.starts_at < ends) for leg in others):
        raise LegsTogether


def change_rest(
    session: Session, shift_id: int, change: ShiftChange, *, seats: Seats, actor: Actor, now: datetime
) -> list[Shift]:
    """Changes this date and all later ones of the series; earlier dates and what has begun keep what they were.

    The series is split: the old one ends the day before, a new one with the new times and seats begins here. Of a task
    in parts only this leg gets new times; refuses LegsTogether.
    """
    shift = changeable(session, shift_id, actor=actor, now=now)
    if shift.series_id is None or shift.occurs_on is None:
        return [change_shift(session, shift_id, change, seats=seats, actor=actor, now=now)]
    if change.day != shift.starts_on:
        raise DayStays
    series = session.scalars(select(Series).where(Series.id == shift.series_id).with_for_update(of=Series)).one()
    later = later_shifts(session, series, shift.occurs_on)
    open_later = [one for one in later if one.state == "open" and one.starts_at > now]
    same_leg = [one for one in open_later if one.leg == shift.leg]
    for one in same_leg:
        check_apart(session, one, replace(change, day=one.starts_on))
    same_seats(open_later, change, now=now)
    newer = split(session, series, shift, change)
    for one in later:
        one.series_id = newer.id
    session.flush()
    write(session, same_leg, change, seats=seats, actor=actor, now=now)
    record(session, "change_rest", f"series:{newer.id}", actor=actor, now=now, note=f"{len(later)} shifts")
    return later


def later_shifts(session: Session, series: Series, from_on: date) -> list[Shift]:
    """All shifts of the series from one of its own dates on, locked."""
    wanted = select(Shift).where(Shift.series_id == series.id, Shift.occurs_on >= from_on)
    return list(session.scalars(wanted.order_by(Shift.id).with_for_update(of=Shift)))


def split(session: Session, series: Series, shift: Shift, change: ShiftChange) -> Series:
    """Ends the series before the shift's date and returns a new one from there on with the change."""
    assert shift.occurs_on is not None, "a shift of a series has its date"
    kept = {name: getattr(series, name) for name in KEPT_BY_SPLIT}
    spans = [(series.starts_minute, series.ends_minute), *series.later_legs]
    spans[shift.leg] = (change.starts_minute, after(change.starts_minute, change.ends_minute))
    if not are_in_order(spans):
        raise LegsTogether
    newer = Series(
        **kept,
        starts_on=shift.occurs_on,
        starts_minute=spans[0][0],
        ends_minute=spans[0][1],
        later_legs=spans[1:],
        post_id=change.post_id,
        least=change.least,
        target=change.target,
        most=change.most,
        extended_until=series.extended_until,
    )
    series.until_on = shift.occurs_on - timedelta(days=1)
    session.add(newer)
    session.flush()
    return newer


def write(
    session: Session, shifts: Iterable[Shift], change: ShiftChange, *, seats: Seats, actor: Actor, now: datetime
) -> None:
    """Writes times, seats and place into the shifts, each on its own day unless there is only one."""
    check_seats(change.least, change.target, change.most)
    changed = list(shifts)
    moved = []
    for shift in changed:
        day = change.day if len(changed) == 1 else shift.starts_on
        before = (shift.starts_at, shift.ends_at, shift.post_id)
        write_one(session, shift, replace(change, day=day))
        if before != (shift.starts_at, shift.ends_at, shift.post_id):
            moved.append(shift.id)
        record(session, "change_shift", f"shift:{shift.id}", actor=actor, now=now)
    session.flush()
    if moved:
        seats.changed(session, moved, actor=actor, now=now)


def write_one(session: Session, shift: Shift, change: ShiftChange) -> None:
    zone = session.get_one(Community, shift.community_id).zone
    ends = after(change.starts_minute, change.ends_minute)
    shift.starts_at = local_moment(change.day, change.starts_minute, zone)
    shift.ends_at = local_moment(change.day, ends, zone)
    shift.starts_on = change.day
    shift.least, shift.target, shift.most = change.least, change.target, change.most
    shift.post_id, shift.note, shift.is_heavy = change.post_id, change.note, change.is_heavy
    kind = session.get_one(ActivityKind, shift.kind_id)
    own = own_mixes(session, shift)
    obey(session, shift, kind, ends_minute=ends, mixes=own)


def own_mixes(session: Session, shift: Shift) -> list[tuple[str, int]]:
    """The mixes that came with the series, on top of the kind's."""
    series = session.get(Series, shift.series_id) if shift.series_id is not None else None
    return [(str(mix["tag"]), int(mix["at_least"])) for mix in (series.mixes if series else [])]


def cancel_shift(session: Session, shift_id: int, reason: str, *, seats: Seats, actor: Actor, now: datetime) -> Shift:
    """Cancels one date; its people are let go and told. Nobody is put elsewhere for it.

    Of a task in parts this leg alone falls away: a daughter drives home herself whom we took to the hospital.
    """
    shift = changeable(session, shift_id, actor=actor, now=now)
    cancel_all(session, [shift], reason, seats=seats, actor=actor, now=now)
    return shift


def cancel_task(
    session: Session, shift_id: int, reason: str, *, seats: Seats, actor: Actor, now: datetime
) -> list[Shift]:
    """Cancels the shift and its other legs to come; its people are told once."""
    shift = changeable(session, shift_id, actor=actor, now=now)
    legs = [leg for leg in shift.legs if leg.starts_at > now]
    cancel_all(session, legs, reason, seats=seats, actor=actor, now=now)
    return legs


def cancel_rest(
    session: Session, shift_id: int, reason: str, *, seats: Seats, actor: Actor, now: datetime
) -> list[Shift]:
    """Cancels this date, with all legs to come, and all later ones; the series ends the day before."""
    shift = changeable(session, shift_id, actor=actor, now=now)
    if shift.series_id is None or shift.occurs_on is None:
        return cancel_task(session, shift_id, reason, seats=seats, actor=actor, now=now)
    series = session.scalars(select(Series).where(Series.id == shift.series_id).with_for_update(of=Series)).one()
    later = [
        one for one in later_shifts(session, series, shift.occurs_on) if one.state == "open" and one.starts_at > now
    ]
    series.until_on = shift.occurs_on - timedelta(days=1)
    cancel_all(session, later, reason, seats=seats, actor=actor, now=now)
    return later


CANCELS = {"one": cancel_shift, "task": cancel_task, "rest": cancel_rest}
"""What a scope cancels."""


def cancel_need(session: Session, need_id: int, reason: str, *, seats: Seats, actor: Actor, now: datetime) -> Need:
    """The need falls away: its shifts to come are cancelled and its series end."""
    need = step(session, need_id, "cancel", actor=actor, now=now)
    need.cancelled_reason = reason
    to_come = select(Shift).where(Shift.need_id == need.id, Shift.state == "open", Shift.starts_at > now)
    shifts = list(session.scalars(to_come.order_by(Shift.id).with_for_update(of=Shift)))
    zone = session.get_one(Community, need.community_id).zone
    for series in session.scalars(select(Series).where(Series.need_id == need.id).with_for_update(of=Series)):
        last = local_date(now, zone)
        series.until_on = last if series.until_on is None else min(series.until_on, last)
    cancel_all(session, shifts, reason, seats=seats, actor=actor, now=now)
    return need


def cancel_all(
    session: Session, shifts: list[Shift], reason: str, *, seats: Seats, actor: Actor, now: datetime
) -> None:
    for shift in shifts:
        shift.state, shift.cancelled_reason = "cancelled", reason
        record(session, "cancel_shift", f"shift:{shift.id}", actor=actor, now=now, note=reason)
    session.flush()
    if shifts:
        seats.cancelled(session, [shift.id for shift in shifts], reason=reason, actor=actor, now=now)


def changeable(session: Session, shift_id: int, *, actor: Actor, now: datetime) -> Shift:
    """The shift under a lock; refuses one that has begun or is cancelled."""
    wanted = select(Shift).where(Shift.id == shift_id, Shift.community_id == actor.community_id)
    shift = session.scalars(wanted.with_for_update(of=Shift)).first()
    if shift is None:
        raise NotFound
    if shift.state == "cancelled":
        raise ShiftCancelled
    if shift.starts_at <= now:
        raise ShiftBegan
    return shift
