"""A volunteer signs in and out with the four digits that stand at the post. Wrong codes are counted and kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from volunteer_app.attendance import queries, rules
from volunteer_app.attendance.models import Attendance, CodeMiss
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_
from volunteer_app.places.models import Community
from volunteer_app.rosters import actions as rosters
from volunteer_app.rosters import queries as seats
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.turns import queries as turns

MOST_MISSES = 5
REST = timedelta(minutes=10)
CAN_SIGN_IN = ("notified", "accepted", "no_answer", "seeking")


class WrongCode(Refused):
    """The digits are not those of this post today."""

    status = 422
    sentence = N_("签到码不对，看看墙上的四个数字，再试一次。")


class TooManyTries(Refused):
    status = 429
    sentence = N_("试了好几次了，歇10分钟，或者请现场的工作人员代签。")


class NoTurnNow(Refused):
    """Nothing of his begins or runs now."""

    sentence = N_("这会儿没有您的班。要是记错了，请打电话问一问。")


@dataclass(frozen=True, slots=True)
class Tried:
    """Either the written row or the refusal; not raised, because the miss itself must be kept."""

    attendance: Attendance | None = None
    refusal: Refused | None = None


def turn_now(session: Session, person_id: int, *, now: datetime) -> Assignment:
    """The person's turn that is running or opens for sign-in; the earliest not signed in. Refuses NoTurnNow, NotYet."""
    awaited = [seat for seat in turns.turns_of(session, person_id, since=now) if seat.state in CAN_SIGN_IN]
    if not awaited:
        raise NoTurnNow
    opens = rules.sign_in_opens(awaited[0].shift.starts_at)
    if opens - now > timedelta(hours=12):
        raise NoTurnNow
    return awaited[0]


def own_turn(session: Session, person_id: int, assignment_id: int) -> Assignment:
    """The person's own turn; NotFound for anybody else's."""
    found = seats.assignment(session, assignment_id)
    if found.person_id != person_id:
        raise NotFound
    return found


def sign_in(session: Session, turn: Assignment, code: str, *, secret: str, actor: Actor, now: datetime) -> Tried:
    """Writes the time of arrival; repeated, it keeps the first. The code must be that of the shift's day and post."""
    assert actor.person_id == turn.person_id
    if queries.misses_since(session, turn.person_id, now - REST) >= MOST_MISSES:
        return Tried(refusal=TooManyTries())
    refusal = outside_hours(session, turn, now)
    if refusal:
        return Tried(refusal=refusal)
    shift = turn.shift
    if code.replace(" ", "") != rules.code_of(secret, shift.community_id, shift.starts_on, shift.post_id):
        session.add(CodeMiss(community_id=shift.community_id, person_id=turn.person_id, at=now))
        return Tried(refusal=WrongCode())
    return Tried(attendance=arrive(session, turn, actor=actor, now=now))


def outside_hours(session: Session, turn: Assignment, now: datetime) -> Refused | None:
    """Sign-in is open from 30 minutes before the turn until its end."""
    opens = rules.sign_in_opens(turn.shift.starts_at)
    if now < opens:
        return rules.NotYet(opens=clock_of(session, turn, opens))
    return rules.TurnOver() if now >= turn.shift.ends_at else None


def clock_of(session: Session, turn: Assignment, moment: datetime) -> str:
    """8:00 on the community's own clock."""
    local = moment.astimezone(ZoneInfo(session.get_one(Community, turn.community_id).zone))
    return f"{local.hour}:{local.minute:02d}"


def arrive(session: Session, turn: Assignment, *, actor: Actor, now: datetime) -> Attendance:
    queries.lock_shift(session, turn.shift_id)
    found = queries.attendances(session, [turn.shift_id]).get((turn.shift_id, turn.person_id))
    if found is not None and found.signed_in_at is not None:
        return found
    made = found or Attendance(
        community_id=turn.community_id, assignment_id=turn.id, shift_id=turn.shift_id, person_id=turn.person_id
    )
    made.signed_in_at, made.how, made.state, made.recorded_by_id = now, "own_code", "to_check", turn.person_id
    session.add(made)
    session.flush()
    rosters.mark(session, turn.id, state="signed_in", actor=actor, now=now)
    record(session, "sign_in", f"attendance:{made.id}", actor=actor, now=now)
    return made


def sign_out(session: Session, turn: Assignment, *, actor: Actor, now: datetime) -> Attendance:
    """Writes the time of leaving; repeated, it keeps the first. No code: whoever signed in has it already, so that it
    would prove nothing. Open until an hour after the end; later the staff write it down.
    """
    assert actor.person_id == turn.person_id
    found = queries.attendances(session, [turn.shift_id]).get((turn.shift_id, turn.person_id))
    if found is None or found.signed_in_at is None:
        raise rules.NotSignedInYet
    if found.signed_out_at is not None:
        return found
    if now > rules.sign_out_closes(turn.shift.ends_at):
        raise rules.TooLateToSignOut
    found.signed_out_at = now
    judged = rules.judge(turn.shift.starts_at, turn.shift.ends_at, arrived=found.signed_in_at, left=now)
    found.state = "to_check" if judged.check else "open"
    rosters.mark(session, turn.id, state="signed_out", actor=actor, now=now)
    record(session, "sign_out", f"attendance:{found.id}", actor=actor, now=now)
    return found


def signed_in_turn(session: Session, person_id: int) -> Assignment | None:
    """The turn that the person has signed in to and not out of, the latest one."""
    return session.scalars(
        select(Assignment)
        .where(Assignment.person_id == person_id, Assignment.state == "signed_in")
        .order_by(Assignment.id.desc())
    ).first()


def forget_misses(session: Session, *, before: datetime) -> int:
    """Sweeps old misses; harmless when run twice. Returns how many went."""
    done = session.execute(delete(CodeMiss).where(CodeMiss.at < before))
    return int(getattr(done, "rowcount", 0))
