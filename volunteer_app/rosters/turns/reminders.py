"""What the timetable does to rosters: remind the evening before, forget reasons.

Each is a sweep over the present state: running it late or twice does nothing more.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.messages.queries import causes_known
from volunteer_app.needs.models import Shift
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.legs import turns_known
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.words import turn_words

REMINDED = ("notified", "accepted")
ASK = N_("%(turn)s是您的班，您能去吗？去不了没关系，打个电话给%(contact)s %(phone)s。")
REMIND = N_("提醒您：%(turn)s是您的班。去%(where)s，有事找%(contact)s %(phone)s。")


def remind(session: Session, *, community_id: int, on: date, now: datetime) -> int:
    """Reminds of the turns on the day after `on` that haven't begun; who hasn't answered is asked once more.

    An unanswered turn becomes `no_answer`, so that the coordinator can ring. An answer that comes meanwhile stands.
    One message per turn and day, legs of a task are one; returns how many are new.
    """
    community = session.get_one(Community, community_id)
    rows = locked_seats(
        session,
        Assignment.community_id == community_id,
        Assignment.state.in_(REMINDED),
        Assignment.leaving.is_(False),
        Shift.state == "open",
        Shift.starts_on == on + timedelta(days=1),
        Shift.starts_at > now,
    )
    asked = {(seat.person_id, *seat.shift.task) for seat in rows if seat.state == "notified"}
    turns = {cause_of(seat): seat for seat in turns_known(rows)}
    new = turns.keys() - causes_known(session, community_id, turns)
    for cause, seat in turns.items():
        if cause in new:
            asks = (seat.person_id, *seat.shift.task) in asked
            text = Text(ASK if asks else REMIND, spoken(seat, community))
            put(session, seat, kind="reminder", text=text, cause=cause, now=now)
    for seat in rows:
        if seat.state == "notified":
            seat.state = "no_answer"
    return len(new)


def locked_seats(session: Session, *wanted: ColumnElement[bool]) -> Sequence[Assignment]:
    """The seats in time order, read under their locks: what was answered in between is no longer wanted."""
    ids = select(Assignment.id).join(Shift, Shift.id == Assignment.shift_id).where(*wanted).order_by(Assignment.id)
    locked = session.scalars(ids.with_for_update(of=Assignment)).all()
    return session.scalars(queries.seats().where(Assignment.id.in_(locked), *wanted)).all()


def cause_of(seat: Assignment) -> str:
    """A turn that is moved to another day is reminded of again."""
    return f"remind:{seat.id}:{seat.shift.starts_on.isoformat()}"


def spoken(seat: Assignment, community: Community) -> dict[str, object]:
    """The values of a message about one seat."""
    post = seat.shift.post
    return {
        "turn": turn_words(seat.shift, community.zone),
        "where": post.meet or post.name if post else Text(N_("老地方")),
        **community.whom_to_ring,
    }


def put(session: Session, seat: Assignment, *, kind: str, text: Text, cause: str, now: datetime) -> None:
    messages.put(
        session,
        community_id=seat.community_id,
        person_id=seat.person_id,
        kind=kind,
        text=text,
        cause=cause,
        now=now,
    )


def forget_reasons(session: Session, *, community_id: int, now: datetime) -> int:
    """Wipes why people couldn't come, once the month of the turn is over; health is nobody's archive."""
    zone = session.get_one(Community, community_id).zone
    first = local_date(now, zone).replace(day=1)
    rows = session.scalars(
        select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.community_id == community_id, Assignment.reason != "", Shift.starts_on < first)
    ).all()
    for seat in rows:
        seat.reason = ""
    return len(rows)
