"""A person's turns as iCalendar text (RFC 5545), which telephones fetch again by themselves.

A calendar is often copied to somebody else's computers: it says when, what and where to meet, and no visited person's
name or home.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vDuration

from volunteer_app.core.language import N_
from volunteer_app.places.models import Community
from volunteer_app.rosters.drawing import kind_name, place_name
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.turns.drawing import CARD_STATES, meeting
from volunteer_app.web.language import gettext, language
from volunteer_app.web.names import person_name

KEPT = timedelta(days=60)
"""How long a turn stays in the calendar after its end."""
FETCHED_EVERY = timedelta(hours=1)
REMINDED_AT = time(19)
"""By the community's clock, on the evening before."""
ASKS, SEEKING = "ask", "seeking"


def feed_text(turns: Iterable[Assignment], *, community: Community, host: str, now: datetime) -> bytes:
    """UTF-8 text of the calendar in the request's language; `host` makes the events' ids the world's own."""
    made = Calendar()
    made.add("prodid", "-//Youlin//Volunteer turns//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", gettext(N_("友邻：我的班")))
    made.add("refresh-interval", FETCHED_EVERY, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(FETCHED_EVERY))
    for seat in turns:
        made.add_component(event_of(seat, community=community, host=host, now=now))
    return bytes(made.to_ical())


def event_of(seat: Assignment, *, community: Community, host: str, now: datetime) -> Event:
    shift, state = seat.shift, CARD_STATES[seat.state]
    event = Event()
    event.add("uid", f"turn-{shift.id}-{seat.person_id}@{host}")
    event.add("dtstamp", now)
    event.add("dtstart", shift.starts_at)
    event.add("dtend", shift.ends_at)
    event.add("summary", title_of(seat))
    event.add("location", meeting(shift))
    event.add("description", words_of(seat, community))
    event.add("status", "TENTATIVE" if state in (ASKS, SEEKING) else "CONFIRMED")
    if state != SEEKING:
        event.add_component(alarm(title_of(seat), evening_before(shift.starts_at, community.zone)))
    return event


def title_of(seat: Assignment) -> str:
    """日巡逻 · 南站; with 等您回话 or 正在找人接 before it while that is so."""
    shift, state = seat.shift, CARD_STATES[seat.state]
    title = " · ".join(filter(None, (kind_name(shift), place_name(shift))))
    before = {ASKS: N_("等您回话：%(turn)s"), SEEKING: N_("正在找人接：%(turn)s")}.get(state)
    return gettext(before) % {"turn": title} if before else title


def words_of(seat: Assignment, community: Community) -> str:
    """What to do and bring, in Chinese as the community wrote it; whom to ring."""
    kind = seat.shift.kind
    own = (kind.what, kind.bring) if language() == "zh" else ()
    who = {"name": person_name(community.contact_name, language()), "phone": community.contact_phone}
    return "\n".join(filter(None, (*own, gettext(N_("去不了或者找不到，打电话给%(name)s %(phone)s")) % who)))


def evening_before(starts_at: datetime, zone: str) -> datetime:
    local = ZoneInfo(zone)
    day = starts_at.astimezone(local).date() - timedelta(days=1)
    return datetime.combine(day, REMINDED_AT, local).astimezone(UTC)


def alarm(title: str, at: datetime) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", title)
    made.add("trigger", at, parameters={"VALUE": "DATE-TIME"})
    return made
