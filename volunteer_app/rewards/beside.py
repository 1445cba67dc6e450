"""What stands beside turns on the volunteer's pages: served this month, points to spend, what an open turn is worth."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from volunteer_app.attendance import queries as attendance
from volunteer_app.core.clock import local_date, month_after
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as ledger
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.rewards import queries
from volunteer_app.rosters.beside import Figure
from volunteer_app.web import filters
from volunteer_app.web.language import gettext, language

NOBODY = 0
"""Nobody's caps: an open turn is worth the same to everybody."""


class PointsBesideTurns:
    """Registered with the rosters room when the app starts: see rosters/beside.py."""

    def figures(self, session: Session, person_id: int, *, now: datetime) -> list[Figure]:
        """这个月服务 and 能用的积分."""
        person = session.get_one(Person, person_id)
        first = local_date(now, session.get_one(Community, person.community_id).zone).replace(day=1)
        last = month_after(first) - timedelta(days=1)
        minutes = attendance.minutes_of(session, person_id, from_on=first, to_on=last)
        balance = ledger.balance(session, person.community_id, owner_of(person_id), now=now)
        return [
            Figure(gettext(N_("这个月服务")), filters.hours(minutes, language())),
            Figure(gettext(N_("能用的积分")), filters.points(balance.available, language())),
        ]

    def worth(self, session: Session, shifts: Iterable[Shift]) -> dict[int, Text]:
        """大约20分, before anybody's caps."""
        cases = [queries.Case(str(shift.id), NOBODY, shift, shift.minutes) for shift in shifts]
        if not cases:
            return {}
        found = queries.values(session, cases[0].shift.community_id, cases)
        return {
            int(key): Text(N_("大约%(points)s"), {"points": filters.points(one.uncapped, language())})
            for key, one in found.items()
            if one.uncapped
        }
