"""Reads of turns: a person's own, who comes with him, open ones, sign-ups."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from volunteer_app.core.errors import NotFound
from volunteer_app.needs.models import Shift
from volunteer_app.rosters.models import COMING_STATES, PUBLISHED_STATES, Assignment, CoverAsk, Roster, SignUp, Swap
from volunteer_app.rosters.queries import seats


def turns_of(session: Session, person_id: int, *, since: datetime) -> list[Assignment]:
    """The person's published turns that end after `since`, next first."""
    return list(
        session.scalars(
            seats().where(
                Assignment.person_id == person_id,
                Assignment.state.in_(PUBLISHED_STATES),
                Shift.state == "open",
                Shift.ends_at > since,
            )
        )
    )


def companions(session: Session, shift_ids: Iterable[int]) -> dict[int, list[Assignment]]:
    """shift id -> published seats of people who are coming."""
    found: dict[int, list[Assignment]] = {}
    for seat in session.scalars(
        seats().where(
            Assignment.shift_id.in_(list(shift_ids)),
            Assignment.state.in_(PUBLISHED_STATES),
            Assignment.state != "seeking",
        )
    ):
        found.setdefault(seat.shift_id, []).append(seat)
    return found


def coming(session: Session, shift_ids: Iterable[int]) -> dict[int, int]:
    """shift id -> people in published seats who are counted on; a shift with nobody is missing."""
    rows = session.execute(
        select(Assignment.shift_id, func.count())
        .where(
            Assignment.shift_id.in_(list(shift_ids)),
            Assignment.state.in_(COMING_STATES),
            Assignment.state != "proposed",
        )
        .group_by(Assignment.shift_id)
    )
    return {row.shift_id: row[1] for row in rows}


def assignments_on(session: Session, day: date) -> list[Assignment]:
    """Who holds a published seat on shifts of the local date, with shift and person, in time order."""
    return list(
        session.scalars(
            seats().where(
                Assignment.state.in_((*PUBLISHED_STATES, "absent_excused", "absent")),
                Shift.starts_on == day,
                Shift.state == "open",
            )
        )
    )


def open_turns(session: Session, community_id: int, *, now: datetime) -> list[tuple[Shift, int]]:
    """Published shifts to come with fewer people than their target, and how many are missing; urgent first.

    Of the legs of a task that lack people the first stands for all.
    """
    shifts = session.scalars(
        select(Shift)
        .join(
            Roster, (Roster.community_id == Shift.community_id) & Shift.starts_on.between(Roster.from_on, Roster.to_on)
        )
        .where(Shift.community_id == community_id, Shift.state == "open", Shift.starts_at > now, Roster.version > 0)
        .options(joinedload(Shift.kind), joinedload(Shift.grid), joinedload(Shift.post))
        .order_by(Shift.priority, Shift.starts_at, Shift.id)
    ).all()
    there = coming(session, [shift.id for shift in shifts])
    found = [(one, one.target - there.get(one.id, 0)) for one in shifts if there.get(one.id, 0) < one.target]
    firsts: dict[object, int] = {}
    for shift, _missing in found:
        firsts.setdefault(shift.task, shift.id)
    return [(shift, missing) for shift, missing in found if firsts[shift.task] == shift.id]


def sign_ups(session: Session, *, shift_ids: Iterable[int]) -> list[SignUp]:
    """Waiting sign-ups in the order in which they came."""
    return list(
        session.scalars(
            select(SignUp)
            .where(SignUp.shift_id.in_(list(shift_ids)), SignUp.state == "waiting")
            .options(joinedload(SignUp.person), joinedload(SignUp.shift))
            .order_by(SignUp.at, SignUp.id)
        )
    )


def waiting_sign_ups(session: Session, *, since: date) -> list[SignUp]:
    """For shifts from a local date on, in the order in which they came."""
    return list(
        session.scalars(
            select(SignUp)
            .join(Shift, Shift.id == SignUp.shift_id)
            .where(SignUp.state == "waiting", Shift.starts_on >= since)
            .order_by(SignUp.at, SignUp.id)
        )
    )


def sign_up(session: Session, sign_up_id: int) -> SignUp:
    found = session.scalars(
        select(SignUp)
        .where(SignUp.id == sign_up_id)
        .options(joinedload(SignUp.person), joinedload(SignUp.shift).joinedload(Shift.kind))
    ).first()
    if found is None:
        raise NotFound
    return found


def own_sign_ups(session: Session, person_id: int) -> dict[int, SignUp]:
    """shift id -> the person's own waiting sign-up."""
    rows = session.scalars(select(SignUp).where(SignUp.person_id == person_id, SignUp.state == "waiting"))
    return {row.shift_id: row for row in rows}


def swap(session: Session, swap_id: int) -> Swap:
    """A question of the community, answered or not; raises NotFound."""
    found = session.scalars(select(Swap).where(Swap.id == swap_id)).first()
    if found is None:
        raise NotFound
    return found


def swaps(
    session: Session,
    *,
    seat_ids: Collection[int] | None = None,
    person_id: int | None = None,
    community_id: int | None = None,
) -> list[Swap]:
    """Unanswered questions about any of the seats, of or to the person, or of the community; the oldest first."""
    seat, other = aliased(Assignment), aliased(Assignment)
    wanted = select(Swap).join(seat, seat.id == Swap.seat_id).join(other, other.id == Swap.other_id)
    wanted = wanted.where(Swap.state == "waiting").order_by(Swap.at, Swap.id)
    if seat_ids is not None:
        wanted = wanted.where(or_(Swap.seat_id.in_(seat_ids), Swap.other_id.in_(seat_ids)))
    if person_id is not None:
        wanted = wanted.where(or_(seat.person_id == person_id, other.person_id == person_id))
    if community_id is not None:
        wanted = wanted.where(Swap.community_id == community_id)
    return list(session.scalars(wanted))


def refused_swaps(session: Session, seat_id: int) -> set[tuple[int, int]]:
    """(seat, other seat) that this seat's holder asked for and was told no."""
    rows = session.execute(select(Swap.seat_id, Swap.other_id).where(Swap.seat_id == seat_id, Swap.state == "refused"))
    return {(row.seat_id, row.other_id) for row in rows}


def cover_ask(session: Session, ask_id: int) -> CoverAsk:
    """Raises NotFound for an unknown id and for another community's."""
    found = session.scalars(select(CoverAsk).where(CoverAsk.id == ask_id)).first()
    if found is None:
        raise NotFound
    return found


def cover_asks(
    session: Session, *, shift_ids: Collection[int] | None = None, person_id: int | None = None
) -> list[CoverAsk]:
    """Who has been asked to the shifts, or to what the person has been asked, answered or not; in order."""
    wanted = select(CoverAsk).options(joinedload(CoverAsk.person), joinedload(CoverAsk.shift).joinedload(Shift.kind))
    if shift_ids is not None:
        wanted = wanted.where(CoverAsk.shift_id.in_(shift_ids))
    if person_id is not None:
        wanted = wanted.where(CoverAsk.person_id == person_id)
    return list(session.scalars(wanted.order_by(CoverAsk.at, CoverAsk.id)))


def shifts_asked_for(session: Session, community_id: int, *, now: datetime) -> list[Shift]:
    """Shifts to come for which somebody has been asked, the soonest first."""
    asked = select(CoverAsk.shift_id).where(CoverAsk.community_id == community_id)
    wanted = select(Shift).where(Shift.id.in_(asked), Shift.starts_at > now, Shift.state == "open")
    return list(session.scalars(wanted.order_by(Shift.starts_at, Shift.id)))
