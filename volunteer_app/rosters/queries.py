"""Reads of rosters: the roster of a day, its seats, a person's turns, open turns."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from volunteer_app.core.errors import NotFound
from volunteer_app.needs.models import Shift
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, Roster


def roster(session: Session, roster_id: int) -> Roster:
    """Raises NotFound for an unknown id and for another community's."""
    found = session.scalars(select(Roster).where(Roster.id == roster_id)).first()
    if found is None:
        raise NotFound
    return found


def assignment(session: Session, assignment_id: int) -> Assignment:
    """A seat of the community; raises NotFound."""
    found = seat_held(session, assignment_id)
    if found is None:
        raise NotFound
    return found


def seat_held(session: Session, assignment_id: int) -> Assignment | None:
    """The same; None for none."""
    return session.scalars(seats().where(Assignment.id == assignment_id)).first()


def open_shift(session: Session, shift_id: int) -> Shift:
    """A shift of the community, cancelled or not; raises NotFound."""
    found = session.scalars(select(Shift).where(Shift.id == shift_id).options(joinedload(Shift.kind))).first()
    if found is None:
        raise NotFound
    return found


def roster_on(session: Session, community_id: int, day: date) -> Roster | None:
    """The roster whose period holds the day."""
    return session.scalars(
        select(Roster).where(Roster.community_id == community_id, Roster.from_on <= day, Roster.to_on >= day)
    ).first()


def published_on(session: Session, community_id: int, day: date) -> Roster | None:
    """The same, if people have been told of it."""
    found = roster_on(session, community_id, day)
    return found if found is not None and found.version else None


def rosters(session: Session) -> list[Roster]:
    """All of the community in scope, the newest period first."""
    return list(session.scalars(select(Roster).order_by(Roster.from_on.desc())))


def rosters_between(session: Session, community_id: int, *, from_on: date, to_on: date) -> list[Roster]:
    return list(
        session.scalars(
            select(Roster)
            .where(Roster.community_id == community_id, Roster.from_on <= to_on, Roster.to_on >= from_on)
            .order_by(Roster.from_on)
        )
    )


def seats() -> Select[Assignment]:
    """Assignments with shift, kind and person loaded."""
    return (
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .options(joinedload(Assignment.shift).joinedload(Shift.kind), joinedload(Assignment.person))
        .order_by(Shift.starts_at, Shift.id, Assignment.id)
    )


def draft_seats(session: Session, roster_id: int) -> list[Assignment]:
    """The seats as the next version would have them, and those that wait for cover."""
    return list(
        session.scalars(
            seats().where(
                Assignment.roster_id == roster_id,
                Assignment.state.in_(HOLDING_STATES),
                Assignment.leaving.is_(False),
                Shift.state == "open",
            )
        )
    )


def draft_seats_on(session: Session, shift_ids: Iterable[int]) -> list[Assignment]:
    """The same for single shifts, whichever roster they belong to."""
    return list(
        session.scalars(
            seats().where(
                Assignment.shift_id.in_(list(shift_ids)),
                Assignment.state.in_(HOLDING_STATES),
                Assignment.leaving.is_(False),
            )
        )
    )


def shifts_between(session: Session, from_on: date, to_on: date) -> list[Shift]:
    """Open shifts with kind, grid, post and recipient, in time order."""
    return list(
        session.scalars(
            select(Shift)
            .where(Shift.starts_on.between(from_on, to_on), Shift.state == "open")
            .options(
                joinedload(Shift.kind), joinedload(Shift.grid), joinedload(Shift.post), joinedload(Shift.recipient)
            )
            .order_by(Shift.starts_at, Shift.id)
        )
    )


def lacking(session: Session, roster: Roster, *, now: datetime) -> list[tuple[Shift, int]]:
    """Shifts of the roster to come with fewer people than their target in the draft, and how many are missing."""
    shifts = [one for one in shifts_between(session, roster.from_on, roster.to_on) if one.starts_at > now]
    there: dict[int, int] = {}
    for seat in draft_seats_on(session, [shift.id for shift in shifts]):
        there[seat.shift_id] = there.get(seat.shift_id, 0) + (seat.state != "seeking")
    return [(one, one.target - there.get(one.id, 0)) for one in shifts if there.get(one.id, 0) < one.target]
