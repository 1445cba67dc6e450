"""Reads of rosters: the roster of a day, its seats, a person's turns, open turns."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from volunteer_app.core.errors import NotFound
from volunteer_app.needs.models import Shift
from volunteer_app.rosters.models import (
    COMING_STATES,
    HOLDING_STATES,
    PUBLISHED_STATES,
    Assignment,
    Roster,
    RosterRun,
    RosterVersion,
    SignUp,
)


def roster(session: Session, roster_id: int) -> Roster:
    """Raises NotFound for an unknown id and for another community's."""
    found = session.scalars(select(Roster).where(Roster.id == roster_id)).first()
    if found is None:
        raise NotFound
    return found


def roster_run(session: Session, run_id: int) -> RosterRun:
    found = session.scalars(select(RosterRun).where(RosterRun.id == run_id)).first()
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


def open_run(session: Session, roster_id: int) -> RosterRun | None:
    """The run that is queued or running."""
    return session.scalars(
        select(RosterRun).where(RosterRun.roster_id == roster_id, RosterRun.state.in_(("queued", "running")))
    ).first()


def last_run(session: Session, roster_id: int) -> RosterRun | None:
    return session.scalars(
        select(RosterRun).where(RosterRun.roster_id == roster_id).order_by(RosterRun.id.desc()).limit(1)
    ).first()


def last_finished_run(session: Session, roster_id: int) -> RosterRun | None:
    return session.scalars(
        select(RosterRun)
        .where(RosterRun.roster_id == roster_id, RosterRun.kind == "solve", RosterRun.state == "finished")
        .order_by(RosterRun.id.desc())
        .limit(1)
    ).first()


def roster_before(session: Session, later: Roster) -> Roster | None:
    """The last roster whose period lies before this one's."""
    return session.scalars(
        select(Roster)
        .where(Roster.community_id == later.community_id, Roster.to_on < later.from_on)
        .order_by(Roster.to_on.desc())
        .limit(1)
    ).first()


def seats() -> Select[Assignment]:
    """Assignments with shift, kind and person loaded."""
    return (
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .options(joinedload(Assignment.shift).joinedload(Shift.kind), joinedload(Assignment.person))
        .order_by(Shift.starts_at, Shift.id, Assignment.id)
    )


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


def changed_seats(session: Session, roster_id: int) -> tuple[list[Assignment], list[Assignment]]:
    """(added, removed): what the next version changes."""
    mine = seats().where(Assignment.roster_id == roster_id, Assignment.state.in_(HOLDING_STATES))
    added = list(session.scalars(mine.where(Assignment.state == "proposed", Shift.state == "open")))
    removed = list(session.scalars(mine.where(Assignment.leaving.is_(True))))
    return added, removed


def has_changes(session: Session, roster_id: int) -> bool:
    """The draft differs from the last published version."""
    return any(changed_seats(session, roster_id))


def versions(session: Session, roster_id: int) -> list[RosterVersion]:
    """Newest first."""
    return list(
        session.scalars(
            select(RosterVersion).where(RosterVersion.roster_id == roster_id).order_by(RosterVersion.version.desc())
        )
    )


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
    firsts: dict[int, int] = {}
    for shift, _missing in found:
        if shift.is_leg:
            firsts.setdefault(shift.need_id, shift.id)
    return [(shift, missing) for shift, missing in found if not shift.is_leg or firsts[shift.need_id] == shift.id]


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
