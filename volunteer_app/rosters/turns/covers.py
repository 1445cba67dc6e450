"""A turn lacks people: a coordinator lets those be asked who may come, the least loaded first, a few at a time.

Whoever says yes has the seat at once, the first yes first; a no costs nothing. Who hasn't answered in time makes room
for the next few (`ask_next`, the timetable's). Nobody is asked twice for one turn.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_
from volunteer_app.messages import actions as messages
from volunteer_app.messages.rules import due_after
from volunteer_app.needs.models import Shift
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.locks import lock_roster
from volunteer_app.rosters.models import Assignment, CoverAsk
from volunteer_app.rosters.rules import CoverOver, NobodyToAsk
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.turns.replies import acting_for
from volunteer_app.rosters.turns.sign_ups import CAME, free_legs, give_free_seat, say

A_SEAT = 3
"""People who are asked at a time, for each seat that is free."""
PATIENCE = timedelta(hours=4)
"""From when he may be disturbed; an end in the night moves to the morning."""
ASKED = N_(
    "%(turn)s还缺人，您能来帮个忙吗？能来就在“我的班”里点一下，来不了没关系，会再问别人。有事找%(contact)s，电话%(phone)s。"
)


def ask(session: Session, shift_id: int, *, actor: Actor, now: datetime) -> list[CoverAsk]:
    """Asks the first few, or the next few while the others' answers are waited for; the timetable goes on from there
    until the turn has its people or nobody is left to ask.

    Refuses TurnBegan, ShiftCancelled, ShiftFull, and NobodyToAsk.
    """
    made = wave(session, shift_id, beside_waiting=True, now=now)
    if not made:
        raise NobodyToAsk
    audit.record(session, "ask_for_cover", f"shift:{shift_id}", actor=actor, now=now, note=f"{len(made)} people")
    return made


def wave(session: Session, shift_id: int, *, beside_waiting: bool = False, now: datetime) -> list[CoverAsk]:
    """The next few of those who may come and weren't asked yet: three for each free seat, less those whose answers are
    waited for, unless these are beside the point.
    """
    shift, *_others = free_legs(session, shift_id, now=now)
    asked = turns.cover_asks(session, shift_ids=[shift.id])
    free = shift.target - turns.coming(session, [shift.id]).get(shift.id, 0)
    waiting = 0 if beside_waiting else sum(is_standing(row, now=now) for row in asked)
    room = A_SEAT * free - waiting
    if room <= 0:
        return []
    roster = queries.roster_on(session, shift.community_id, shift.starts_on)
    assert roster is not None, "a free shift has a roster"
    case = judging.case_of(session, roster, now=now)
    if str(shift.id) not in case.problem.shift:
        return []
    known = {row.person_id for row in asked}
    fitting = (one.person_id for one in judging.candidates(case, shift.id) if one.against is None)
    chosen = list(islice((person_id for person_id in fitting if person_id not in known), room))
    return [put(session, shift, person_id, now=now) for person_id in chosen]


def put(session: Session, shift: Shift, person_id: int, *, now: datetime) -> CoverAsk:
    """Asks one person; the answer is waited for four hours from when he may be disturbed, never over night."""
    zone = session.get_one(Community, shift.community_id).zone
    until = min(due_after(due_after(now, zone) + PATIENCE, zone), shift.starts_at)
    made = CoverAsk(community_id=shift.community_id, shift_id=shift.id, person_id=person_id, at=now, until=until)
    session.add(made)
    session.flush()
    say(session, shift, person_id, ASKED, cause=cause_of(made), now=now)
    return made


def ask_next(session: Session, *, community_id: int, now: datetime) -> int:
    """Ends what got no answer in time or isn't needed any more and asks the next few, for every turn for which a
    coordinator has begun to ask; returns how many rows moved. Safe to repeat.
    """
    moved = 0
    for shift in turns.shifts_asked_for(session, community_id, now=now):
        roster = queries.published_on(session, community_id, shift.starts_on)
        if roster is not None:
            lock_roster(session, roster.id)
        moved += lapse(session, shift, now=now)
        with suppress(AppError):  # full, cancelled meanwhile, in no published roster: the other turns are asked for
            moved += len(wave(session, shift.id, now=now))
    return moved


def lapse(session: Session, shift: Shift, *, now: datetime) -> int:
    """Questions that are over: no answer in time, or the turn has its people, or it's in no published roster."""
    is_full = turns.coming(session, [shift.id]).get(shift.id, 0) >= shift.target
    is_published = queries.published_on(session, shift.community_id, shift.starts_on) is not None
    over = [
        row
        for row in turns.cover_asks(session, shift_ids=[shift.id])
        if row.state == "asked" and (is_full or not is_published or not is_standing(row, now=now))
    ]
    for row in over:
        close(session, row, "lapsed", now=now)
    session.flush()
    return len(over)


def agree(session: Session, ask_id: int, *, actor: Actor, now: datetime) -> Assignment:
    """He comes: an accepted seat on all legs to come, in a new version; others who are asked needn't answer any more.

    Refuses CoverOver, ShiftFull when others were sooner, and what a sign-up is refused for.
    """
    row = asked(session, ask_id, actor=actor)
    if not is_standing(row, now=now):
        raise CoverOver
    seat = give_free_seat(session, row.shift_id, row.person_id, actor=actor, now=now)
    close(session, row, "agreed", now=now)
    say(session, row.shift, row.person_id, CAME, cause=f"{cause_of(row)}:agreed", now=now)
    lapse(session, row.shift, now=now)
    audit.record(session, "agree_cover", f"cover_ask:{row.id}", actor=actor, now=now, acting_for=acting_for(row, actor))
    return seat


def refuse(session: Session, ask_id: int, *, actor: Actor, now: datetime) -> CoverAsk:
    """He can't this time; the timetable asks somebody else. Refuses CoverOver."""
    row = asked(session, ask_id, actor=actor)
    close(session, row, "refused", now=now)
    audit.record(
        session, "refuse_cover", f"cover_ask:{row.id}", actor=actor, now=now, acting_for=acting_for(row, actor)
    )
    return row


def asked(session: Session, ask_id: int, *, actor: Actor) -> CoverAsk:
    """The question under the roster's lock, if it's the actor's own or the actor is staff; refuses CoverOver."""
    row = turns.cover_ask(session, ask_id)
    if row.person_id != actor.person_id and not actor.has("coordinator"):
        raise NotFound
    lock(session, row.shift)
    session.refresh(row, with_for_update=True)
    if row.state != "asked":
        raise CoverOver
    return row


def lock(session: Session, shift: Shift) -> None:
    """Everything about a turn's cover happens under its roster's lock."""
    roster = queries.roster_on(session, shift.community_id, shift.starts_on)
    if roster is None:
        raise NotFound
    lock_roster(session, roster.id)


def open_to(session: Session, person_id: int, *, now: datetime) -> list[CoverAsk]:
    """What the person is asked and may still answer with a yes, the soonest turn first."""
    rows = [row for row in turns.cover_asks(session, person_id=person_id) if is_standing(row, now=now)]
    there = turns.coming(session, [row.shift_id for row in rows])
    free = [row for row in rows if there.get(row.shift_id, 0) < row.shift.target]
    return sorted(free, key=lambda row: (row.shift.starts_at, row.id))


def is_standing(row: CoverAsk, *, now: datetime) -> bool:
    """It can still be answered, as far as the row says."""
    return row.state == "asked" and now < row.until and row.shift.state == "open"


def lapse_all(session: Session, shift_ids: Collection[int], *, now: datetime) -> list[CoverAsk]:
    """Ends all questions about the shifts and returns those that somebody has been told of already."""
    unanswered = select(CoverAsk.id).where(CoverAsk.shift_id.in_(shift_ids), CoverAsk.state == "asked")
    session.scalars(unanswered.order_by(CoverAsk.id).with_for_update()).all()
    rows = [row for row in turns.cover_asks(session, shift_ids=shift_ids) if row.state == "asked"]
    return [row for row in rows if not close(session, row, "lapsed", now=now)]


def close(session: Session, row: CoverAsk, state: str, *, now: datetime) -> bool:
    """A message that nobody has been told yet needn't be told any more; False when it's too late for that."""
    row.state, row.answered_at = state, now
    return messages.void(session, cause_of(row), community_id=row.community_id)


def cause_of(row: CoverAsk) -> str:
    return f"cover:{row.id}"
