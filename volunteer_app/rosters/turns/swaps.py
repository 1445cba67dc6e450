"""Two volunteers exchange turns: one asks for somebody's turn, the other says yes or no. A no costs nothing.

Nothing moves before the yes; then both turns change hands in one new version, with all legs of both. Until then either
of them may still say that he can't come, staff may change the roster, a need may move: a question whose turns aren't
both held any more is over, whatever its row says (`is_standing`).
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.legs import first_of_task, lock_task, seats_of_task, turns_known
from volunteer_app.rosters.locks import lock_roster
from volunteer_app.rosters.models import Assignment, Roster, Swap
from volunteer_app.rosters.rules import SwapAsked, SwapOver, is_standing, takes_answer, takes_swap
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.turns.replies import acting_for, own_seats
from volunteer_app.rosters.turns.sign_ups import given_seat
from volunteer_app.rosters.versions import publishing
from volunteer_app.rosters.words import turn_words

PATIENCE = timedelta(days=2)
ASKED = N_(
    "%(name)s想和您换个班：您去%(others)s，%(name)s去%(own)s。愿意就在“我的班”里点一下，不愿意也没关系。"
    "有事找%(contact)s，电话%(phone)s。"
)
AGREED = N_("换好了：您去%(others)s，%(name)s去%(own)s。有事找%(contact)s，电话%(phone)s。")
REFUSED = N_("%(name)s这次不方便换，%(own)s还是您的班。去不了没关系，告诉%(contact)s，电话%(phone)s。")
LAPSED = N_("换班的事没等到%(name)s回话，%(own)s还是您的班。去不了没关系，告诉%(contact)s，电话%(phone)s。")


def ask(session: Session, assignment_id: int, other_id: int, *, actor: Actor, now: datetime) -> Swap:
    """The holder of the first seat asks the holder of the other for an exchange; staff may do it for him.

    Refuses NotYours, TurnBegan, SwapOver when the other turn can't be had, SwapAsked when one of the two waits for an
    answer already or this one was answered with a no, and as `judge` does where a rule forbids the exchange.
    """
    roster = lock_roster(session, queries.assignment(session, assignment_id).roster_id)
    seat = turns_known(own_seats(session, assignment_id, actor=actor, now=now))[0]
    other = locked_first(session, other_id, now=now)
    if other.roster_id != roster.id or other.person_id == seat.person_id or other.shift.task == seat.shift.task:
        raise NotFound
    if not takes_swap(other, now=now):
        raise SwapOver
    ids = (seat.id, other.id)
    end_over(session, turns.swaps(session, seat_ids=ids), now=now)
    if turns.swaps(session, seat_ids=ids) or ids in turns.refused_swaps(session, seat.id):
        raise SwapAsked
    judge(session, roster, seat, other, actor=actor, now=now)
    until = min(now + PATIENCE, seat.shift.starts_at, other.shift.starts_at)
    made = Swap(community_id=seat.community_id, seat_id=seat.id, other_id=other.id, at=now, until=until)
    session.add(made)
    session.flush()
    tell(session, made, ASKED, to=other, about=seat, cause=cause_of(made), now=now)
    audit.record(session, "ask_swap", f"swap:{made.id}", actor=actor, now=now, acting_for=acting_for(seat, actor))
    return made


def judge(
    session: Session, roster: Roster, seat: Assignment, other: Assignment, *, actor: Actor, now: datetime
) -> None:
    """Refuses BreaksRule, in the rule's words, to staff and to whom it is about, and SwapUnsuited to the other one: a
    colleague's age, limits or consent are not his business.
    """
    asker_id = None if actor.has("coordinator") else actor.person_id
    judging.judge_exchange(judging.case_of(session, roster, now=now), seat, other, asker_id=asker_id)


def locked_first(session: Session, assignment_id: int, *, now: datetime) -> Assignment:
    """The first of the task's seats to come, with all of them locked."""
    lock_task(session, assignment_id)
    return first_of_task(session, queries.assignment(session, assignment_id), now=now)


def agree(session: Session, swap_id: int, *, actor: Actor, now: datetime) -> Swap:
    """The other one is willing: both turns change hands, accepted, in a new version; both are told.

    Refuses SwapOver when the question or one of the turns is gone, and as `judge` does where a rule forbids it by now.
    """
    row, roster = asked(session, swap_id)
    own_answer(row.other, actor)
    if not is_standing(row, now=now):
        raise SwapOver
    judge(session, roster, row.seat, row.other, actor=actor, now=now)
    close(session, row, "agreed", now=now)
    for own, others in ((row.seat, row.other), (row.other, row.seat)):
        tell(session, row, AGREED, to=own, about=others, cause=f"{cause_of(row)}:agreed:{own.id}", now=now)
    change_hands(session, roster, row, actor=actor, now=now)
    audit.record(session, "agree_swap", f"swap:{row.id}", actor=actor, now=now, acting_for=acting_for(row.other, actor))
    return row


def settle(session: Session, assignment_id: int, other_id: int, *, actor: Actor, now: datetime) -> Swap:
    """The exchange at once: staff has asked both, on the telephone say. Where one of the two has asked the other for
    just this already, that is what is agreed to. Refuses what `ask` and `agree` refuse.
    """
    lock_roster(session, queries.assignment(session, assignment_id).roster_id)
    ids = {locked_first(session, one, now=now).id for one in (assignment_id, other_id)}
    rows = turns.swaps(session, seat_ids=ids)
    for row in rows:
        if row.seat_id in ids and not is_standing(row, now=now):
            close(session, row, "lapsed", now=now)  # in silence: the turn won't be the asker's any more
    between = [row for row in rows if {row.seat_id, row.other_id} == ids and row.state == "waiting"]
    row = between[0] if between else ask(session, assignment_id, other_id, actor=actor, now=now)
    return agree(session, row.id, actor=actor, now=now)


def change_hands(session: Session, roster: Roster, row: Swap, *, actor: Actor, now: datetime) -> None:
    """Each gets accepted seats on the other's legs to come. Whoever comes instead of an on-site leader leads."""
    given, taken = (seats_of_task(session, seat, now=now) for seat in (row.seat, row.other))
    led = {old.shift_id: old.leads for old in (*given, *taken)}
    for old in (*given, *taken):
        publishing.leave(session, old)
    session.flush()
    added = [
        given_seat(session, roster, old.shift_id, person_id, now=now)
        for seats, person_id in ((given, row.other.person_id), (taken, row.seat.person_id))
        for old in seats
    ]
    for seat in added:
        seat.leads = led[seat.shift_id]
    publishing.next_version(session, roster, added=added, removed=[*given, *taken], actor=actor, now=now)


def refuse(session: Session, swap_id: int, *, actor: Actor, now: datetime) -> Swap:
    """Not this time; whoever asked is told that he keeps his turn, and doesn't ask for the same again.

    Refuses SwapOver.
    """
    row, _roster = asked(session, swap_id)
    own_answer(row.other, actor)
    close(session, row, "refused", now=now)
    tell_holder(session, row, REFUSED, now=now)
    audit.record(
        session, "refuse_swap", f"swap:{row.id}", actor=actor, now=now, acting_for=acting_for(row.other, actor)
    )
    return row


def withdraw(session: Session, swap_id: int, *, actor: Actor, now: datetime) -> Swap:
    """Whoever asked takes the question back; who has been told of it sees that it's gone. Refuses SwapOver."""
    row, _roster = asked(session, swap_id)
    own_answer(row.seat, actor)
    close(session, row, "withdrawn", now=now)
    audit.record(
        session, "withdraw_swap", f"swap:{row.id}", actor=actor, now=now, acting_for=acting_for(row.seat, actor)
    )
    return row


def asked(session: Session, swap_id: int) -> tuple[Swap, Roster]:
    """The question and its roster, it and both seats read under the locks; refuses SwapOver when it's answered."""
    roster = lock_roster(session, turns.swap(session, swap_id).seat.roster_id)
    session.scalars(select(Swap.id).where(Swap.id == swap_id).with_for_update()).all()
    row = turns.swap(session, swap_id)
    session.refresh(row)
    for seat_id in sorted((row.seat_id, row.other_id)):
        lock_task(session, seat_id)
        session.refresh(queries.assignment(session, seat_id))
    if row.state != "waiting":
        raise SwapOver
    return row, roster


def own_answer(seat: Assignment, actor: Actor) -> None:
    """NotFound for whoever isn't the seat's holder or staff."""
    if seat.person_id != actor.person_id and not actor.has("coordinator"):
        raise NotFound


def close(session: Session, row: Swap, state: str, *, now: datetime) -> None:
    """The question is over; a message that nobody has been told yet needn't be told."""
    row.state, row.answered_at = state, now
    messages.void(session, cause_of(row), community_id=row.community_id)


def lapse(session: Session, *, community_id: int, now: datetime) -> int:
    """Ends questions that got no answer, or whose turns aren't both held any more; returns how many. Safe to repeat.

    Each is looked at again under its locks: an answer that comes meanwhile counts.
    """
    ended = 0
    for row in turns.swaps(session, community_id=community_id):
        if not is_standing(row, now=now):
            with suppress(SwapOver):
                asked(session, row.id)
                ended += end_over(session, [row], now=now)
    return ended


def end_over(session: Session, rows: Iterable[Swap], *, now: datetime) -> int:
    """Ends those that don't stand; who asked and still has the turn is told."""
    over = [row for row in rows if not is_standing(row, now=now)]
    for row in over:
        close(session, row, "lapsed", now=now)
        tell_holder(session, row, LAPSED, now=now)
    session.flush()
    return len(over)


def tell_holder(session: Session, row: Swap, sentence: str, *, now: datetime) -> None:
    """A message to whoever asked that the turn is still his; none when it isn't."""
    if takes_answer(row.seat, now=now):
        tell(session, row, sentence, to=row.seat, about=row.other, cause=f"{cause_of(row)}:over", now=now)


def cause_of(row: Swap) -> str:
    return f"swap:{row.id}"


def tell(
    session: Session, row: Swap, sentence: str, *, to: Assignment, about: Assignment, cause: str, now: datetime
) -> None:
    """A message to the holder of `to`: his own turn, and the turn of the holder of `about`."""
    community = session.get_one(Community, row.community_id)
    values: dict[str, object] = {
        "name": about.person.name,
        "own": turn_words(to.shift, community.zone),
        "others": turn_words(about.shift, community.zone),
        **community.whom_to_ring,
    }
    messages.put(
        session,
        community_id=row.community_id,
        person_id=to.person_id,
        kind="swap",
        text=Text(sentence, values),
        cause=cause,
        now=now,
    )
