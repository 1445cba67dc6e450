"""Answers what needs ask about the people on their shifts: see needs/seats.py. Registered when the app starts."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.needs.models import Shift
from volunteer_app.needs.seats import TouchedPerson
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.legs import legs_to_come, turns_known
from volunteer_app.rosters.locks import lock_roster
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, CoverAsk, Roster, SignUp
from volunteer_app.rosters.rules import ASKING_STATES, NoRosterThere
from volunteer_app.rosters.turns import covers, sign_ups, swaps
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.versions import publishing
from volunteer_app.rosters.words import turn_words

CANCELLED = N_("%(turn)s取消了：%(why)s。您不用来，有事找%(contact)s %(phone)s。")
CHANGED = N_("您的一个班改了，现在是%(turn)s。您能去吗？有事找%(contact)s %(phone)s。")
SIGN_UP_MOVED = N_("您报名的班改了，现在是%(turn)s。还想来请再报一次名，有事找%(contact)s，电话%(phone)s。")
COVER_MOVED = N_("问过您的班改了，现在是%(turn)s，原来的话不用回了。想来可以报名，有事找%(contact)s，电话%(phone)s。")
SWAP_MOVED = N_("换班的事不算了，有一个班改了时间或者地方。%(own)s还是您的班。有事找%(contact)s，电话%(phone)s。")


class RosterSeats:
    """The people on shifts, for the needs room. Everything here may be repeated without harm."""

    def taken(self, session: Session, shift_ids: Collection[int]) -> dict[int, int]:
        """How many seats of each shift are held."""
        rows = session.execute(
            select(Assignment.shift_id, func.count())
            .where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING_STATES))
            .group_by(Assignment.shift_id)
        )
        return {row.shift_id: row[1] for row in rows}

    def people(self, session: Session, shift_ids: Collection[int]) -> list[TouchedPerson]:
        """Who holds a seat on any of the shifts, by shift and number."""
        rows = sorted(holders(session, shift_ids), key=lambda seat: (seat.shift_id, seat.person.number))
        return [
            TouchedPerson(seat.person_id, seat.person.number, seat.person.name, seat.shift_id, seat.state)
            for seat in rows
        ]

    def changed(self, session: Session, shift_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
        """Published holders are told the new time or place and asked again, for all legs; drafts follow in silence.

        Who has signed in already is told and stays signed in. Seats go with their turn into the roster of its new day;
        refuses NoRosterThere. What waits for an answer about the old time is over, and who waits is told.
        """
        ids = with_legs(session, shift_ids, now=now)
        seats = locked_holders(session, ids)
        follow(session, seats, actor=actor, now=now)
        told = [seat for seat in seats if seat.state != "proposed"]
        for seat in told:
            seat.told_at = now
            publishing.void_messages(session, seat)
            if seat.state in ASKING_STATES:
                seat.state, seat.reply_at, seat.reason = "notified", None, ""
        for seat in turns_known(told):
            tell(session, seat, CHANGED, cause=f"changed:{seat.id}:{now.isoformat()}", now=now)
        end_swaps(session, seats, now=now)
        for signed in sign_ups.refuse_all(session, ids, actor=actor, now=now):
            tell(session, signed, SIGN_UP_MOVED, cause=f"sign_up:{signed.id}", now=now)
        for asked in covers.lapse_all(session, ids, now=now):
            tell(session, asked, COVER_MOVED, cause=f"cover:{asked.id}:over", now=now)
        audit.record(session, "ask_again", f"shifts:{len(shift_ids)}", actor=actor, now=now)

    def cancelled(
        self, session: Session, shift_ids: Collection[int], *, reason: str, actor: Actor, now: datetime
    ) -> None:
        """Lets everybody on the shifts go; published holders, and who has signed up or been asked, needn't come."""
        release(session, locked_holders(session, shift_ids), reason=reason, now=now)
        for signed in sign_ups.refuse_all(session, shift_ids, actor=actor, now=now):
            tell(session, signed, CANCELLED, cause=f"sign_up:{signed.id}", now=now, why=reason)
        for asked in covers.lapse_all(session, shift_ids, now=now):
            tell(session, asked, CANCELLED, cause=f"cover:{asked.id}:over", now=now, why=reason)
        audit.record(session, "release", f"shifts:{len(shift_ids)}", actor=actor, now=now)


def with_legs(session: Session, shift_ids: Collection[int], *, now: datetime) -> set[int]:
    """The shifts and their other legs to come."""
    shifts = session.scalars(select(Shift).where(Shift.id.in_(shift_ids)))
    return {leg.id for shift in shifts for leg in legs_to_come(shift, now=now)}


def holders(session: Session, shift_ids: Collection[int]) -> list[Assignment]:
    return list(
        session.scalars(queries.seats().where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING_STATES)))
    )


def locked_holders(session: Session, shift_ids: Collection[int]) -> list[Assignment]:
    """The same under the locks of their rosters and their own: neither a publication nor a reply slips in between."""
    own = select(Assignment.roster_id).where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING_STATES))
    on_day = (
        select(Roster.id)
        .join(
            Shift, (Shift.community_id == Roster.community_id) & Shift.starts_on.between(Roster.from_on, Roster.to_on)
        )
        .where(Shift.id.in_(shift_ids))
    )
    for roster_id in sorted({*session.scalars(own), *session.scalars(on_day)}):
        lock_roster(session, roster_id)
    ids = select(Assignment.id).where(Assignment.shift_id.in_(shift_ids), Assignment.state.in_(HOLDING_STATES))
    session.scalars(ids.order_by(Assignment.id).with_for_update()).all()
    return holders(session, shift_ids)


def follow(session: Session, seats: list[Assignment], *, actor: Actor, now: datetime) -> None:
    """Seats belong to the roster that holds their day; those of people who have been told move in a version of both.

    Refuses NoRosterThere: nobody can be found for what lies in no roster, nor asked for what isn't published.
    """
    moved: dict[tuple[int, int], list[Assignment]] = {}
    for seat in seats:
        home = queries.roster_on(session, seat.community_id, seat.shift.starts_on)
        if home is not None and home.id == seat.roster_id:
            continue
        if home is None or (home.version == 0 and seat.state != "proposed"):
            raise NoRosterThere(periods=periods(session, seat))
        if seat.state != "proposed":
            moved.setdefault((seat.roster_id, home.id), []).append(seat)
        seat.roster_id = home.id
    session.flush()
    for (old, new), rows in moved.items():
        for roster_id, added, removed in ((old, [], rows), (new, rows, [])):
            roster = queries.roster(session, roster_id)
            publishing.next_version(session, roster, added=added, removed=removed, actor=actor, now=now)


def periods(session: Session, seat: Assignment) -> str:
    """The days to which the seat's turn may move: 2026-10-12–2026-10-18."""
    own = queries.roster(session, seat.roster_id)
    later = queries.rosters_between(session, seat.community_id, from_on=own.from_on, to_on=date.max)
    fitting = [one for one in later if one.version or seat.state == "proposed"]
    return ", ".join(f"{one.from_on.isoformat()}–{one.to_on.isoformat()}" for one in fitting)


def release(session: Session, rows: list[Assignment], *, reason: str, now: datetime) -> int:
    """Draft seats are dropped, published ones withdrawn and told once; returns how many were told."""
    told = [seat for seat in rows if seat.state != "proposed"]
    for seat in rows:
        if seat.state == "proposed":
            session.delete(seat)
    for seat in told:
        publishing.leave(session, seat)
    for seat in turns_known(told):
        tell(session, seat, CANCELLED, cause=f"cancelled:{seat.id}", now=now, why=reason)
    session.flush()
    return len(told)


def end_swaps(session: Session, seats: list[Assignment], *, now: datetime) -> None:
    """Nobody has been asked about the turns as they are now: exchanges that wait are over, and both are told."""
    for row in turns.swaps(session, seat_ids=[seat.id for seat in seats]):
        session.refresh(row, with_for_update=True)
        if row.state == "waiting":
            swaps.close(session, row, "lapsed", now=now)
            for own, others in ((row.seat, row.other), (row.other, row.seat)):
                cause = f"{swaps.cause_of(row)}:over:{own.id}"
                swaps.tell(session, row, SWAP_MOVED, to=own, about=others, cause=cause, now=now)


def tell(
    session: Session,
    about: Assignment | SignUp | CoverAsk,
    sentence: str,
    *,
    cause: str,
    now: datetime,
    why: str = "",
) -> None:
    community = session.get_one(Community, about.community_id)
    values: dict[str, object] = {
        "turn": turn_words(about.shift, community.zone),
        "why": why,
        **community.whom_to_ring,
    }
    messages.put(
        session,
        community_id=about.community_id,
        person_id=about.person_id,
        kind="shift",
        text=Text(sentence, values),
        cause=cause,
        now=now,
    )


def release_cancelled(session: Session, *, community_id: int, now: datetime) -> int:
    """Lets go whoever still holds a seat on a cancelled shift to come; the timetable's net below `cancelled`."""
    rows = list(
        session.scalars(
            queries.seats().where(
                Assignment.community_id == community_id,
                Assignment.state.in_(HOLDING_STATES),
                Shift.state == "cancelled",
                Shift.starts_at > now,
            )
        )
    )
    by_reason: dict[str, list[Assignment]] = {}
    for seat in rows:
        by_reason.setdefault(seat.shift.cancelled_reason, []).append(seat)
    return sum(release(session, seats, reason=reason, now=now) for reason, seats in sorted(by_reason.items()))
