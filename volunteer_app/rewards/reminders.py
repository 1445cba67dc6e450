"""Tells people in time that points run out. The points themselves lapse without any job having run."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import last_day
from volunteer_app.core.database import scoped
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as ledger
from volunteer_app.ledger.queries import Expiry
from volunteer_app.messages import actions as messages
from volunteer_app.people.models import PRESENT, Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community

REMIND_DAYS = (30, 60)  # Source: domain.md 2.9, rule 6


def remind_of_expiry(session: Session, community_id: int, *, now: datetime) -> int:
    """For each day on which points of somebody present run out, one message 60 days before and one 30 days before;
    late or repeated, each is sent once.

    Returns how many people are within one of the two spans.
    """
    reminded = 0
    with scoped(session, community_id):
        zone = session.get_one(Community, community_id).zone
        due = ledger.expiries(session, community_id, now=now, until=now + timedelta(max(REMIND_DAYS)))
        for person_id in session.scalars(select(Person.id).where(Person.state.in_(PRESENT)).order_by(Person.id)):
            mine = due.get(owner_of(person_id), [])
            for last, lots in by_last_day(mine, zone).items():
                remind(session, community_id, person_id, last, lots, now=now)
            reminded += bool(mine)
    return reminded


def by_last_day(found: Iterable[Expiry], zone: str) -> dict[date, list[Expiry]]:
    """The last local day on which the points can be used -> what runs out after it, earliest first."""
    days: dict[date, list[Expiry]] = defaultdict(list)
    for one in found:
        days[last_day(one.expires_at, zone)].append(one)
    return days


def remind(
    session: Session, community_id: int, person_id: int, last: date, lots: list[Expiry], *, now: datetime
) -> None:
    left = next(days for days in REMIND_DAYS if lots[0].expires_at - now <= timedelta(days))
    messages.put(
        session,
        community_id=community_id,
        person_id=person_id,
        kind="expiry",
        text=Text(
            N_("您有%(points)d分到%(month)d月%(day)d日作废，可以去超市换东西。先得的先用。"),
            {"points": sum(one.points for one in lots), "month": last.month, "day": last.day},
        ),
        cause=f"expiry:{person_id}:{last}:{left}",
        now=now,
    )
