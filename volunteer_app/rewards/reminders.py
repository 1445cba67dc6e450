"""Tells people in time that points run out. The points themselves lapse without any job having run."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.database import scoped
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as ledger
from volunteer_app.messages import actions as messages
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.rewards.models import Award, Bonus

REMIND_DAYS = (30, 60)  # Source: domain.md 2.9, rule 6


def remind_of_expiry(session: Session, community_id: int, *, now: datetime) -> int:
    """One message 60 days before points run out and one 30 days before; late or repeated, each is sent once.

    Returns how many people are within one of the two spans.
    """
    reminded = 0
    with scoped(session, community_id):
        zone = session.get_one(Community, community_id).zone
        for person_id in people_with_points(session, community_id):
            expiry = ledger.next_expiry(session, community_id, owner_of(person_id), now=now)
            left = next((days for days in REMIND_DAYS if expiry and expiry.expires_at - now <= timedelta(days)), None)
            if expiry is None or left is None:
                continue
            last = expiry.expires_at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
            messages.put(
                session,
                community_id=community_id,
                person_id=person_id,
                kind="expiry",
                text=Text(
                    N_("您有%(points)d分到%(month)d月%(day)d日作废，可以去超市换东西。先得的先用。"),
                    {"points": expiry.points, "month": last.month, "day": last.day},
                ),
                cause=f"expiry:{person_id}:{last}:{left}",
                now=now,
            )
            reminded += 1
    return reminded


def people_with_points(session: Session, community_id: int) -> list[int]:
    """Everybody who was ever credited here."""
    found: set[int] = set()
    for table in (Award, Bonus):
        found.update(session.scalars(select(table.person_id).where(table.community_id == community_id).distinct()))
    return sorted(found)
