"""Legs of a task: one person's seats on them belong together; what is done to one is done to all that are to come."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.needs.models import Shift
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import HOLDING_STATES, Assignment


def legs_to_come(shift: Shift, *, now: datetime) -> list[Shift]:
    """The shift and its other legs that haven't begun, in time order."""
    return [leg for leg in shift.legs if leg.id == shift.id or leg.starts_at > now]


def seats_of_task(session: Session, seat: Assignment, *, now: datetime) -> list[Assignment]:
    """The seat, then its holder's seats on the other legs to come."""
    others = [leg.id for leg in legs_to_come(seat.shift, now=now) if leg.id != seat.shift_id]
    if not others:
        return [seat]
    wanted = queries.seats().where(
        Assignment.shift_id.in_(others),
        Assignment.person_id == seat.person_id,
        Assignment.state.in_(HOLDING_STATES),
        Assignment.leaving.is_(False),
    )
    return [seat, *session.scalars(wanted)]


def first_of_task(session: Session, seat: Assignment, *, now: datetime) -> Assignment:
    """The seat, or its holder's seat on an earlier leg to come, which stands for all of them."""
    return turns_known(seats_of_task(session, seat, now=now))[0]


def lock_task(session: Session, assignment_id: int) -> None:
    """Row locks, in id order, on the seat and its holder's seats on the other legs; read them only afterwards."""
    here = session.execute(
        select(Assignment.person_id, Shift.need_id, Shift.series_id, Shift.occurs_on, Shift.is_leg)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.id == assignment_id)
    ).first()
    wanted = select(Assignment.id).where(Assignment.id == assignment_id)
    if here is not None and here.is_leg:
        wanted = (
            select(Assignment.id)
            .join(Shift, Shift.id == Assignment.shift_id)
            .where(
                Shift.need_id == here.need_id,
                Shift.series_id.is_not_distinct_from(here.series_id),
                Shift.occurs_on.is_not_distinct_from(here.occurs_on),
                Shift.is_leg,
                Assignment.person_id == here.person_id,
            )
        )
    session.scalars(wanted.order_by(Assignment.id).with_for_update(of=Assignment)).all()


def turns_known(seats: Iterable[Assignment]) -> list[Assignment]:
    """One seat for each turn as people count them: of a person's legs of one task the first."""
    found: dict[tuple[object, ...], Assignment] = {}
    for seat in sorted(seats, key=lambda one: (one.shift.starts_at, one.id)):
        found.setdefault((seat.person_id, *seat.shift.task), seat)
    return list(found.values())
