"""What the books page shows of a month, read once for page, print and API."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.sheets import goods
from volunteer_app.sheets.checking import Check, last_check
from volunteer_app.sheets.goods import StockLine
from volunteer_app.sheets.months import Month, month_with, months_between, read_month
from volunteer_app.sheets.totals import Totals, first_entry_at, totals


@dataclass(frozen=True, slots=True)
class Books:
    """A community's books in one month. `months` are the months that have books, newest first."""

    month: Month
    months: list[date]
    check: Check | None
    totals: Totals
    stock: list[StockLine]

    @property
    def since_check(self) -> int:
        """Entries written after the last check."""
        return max(0, self.totals.sheet.head[0] - self.check.seq) if self.check else 0


def books(session: Session, community_id: int, *, month: str, zone: str, now: datetime) -> Books:
    """The books in `month` (2026-10); the present month for anything that isn't one."""
    found = read_month(month, zone) or month_with(local_date(now, zone), zone)
    first = first_entry_at(session, community_id)
    present = local_date(now, zone)
    months = months_between(local_date(first, zone) if first else present, present)
    numbers = totals(session, community_id, found)
    return Books(
        month=found,
        months=months if found.first in months else [found.first, *months],
        check=last_check(session, community_id),
        totals=numbers,
        stock=goods.against_count(session, community_id, numbers.sheet.stock, found, zone=zone),
    )
