"""What goods are called and how many were counted, as the books page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from volunteer_app.ledger.month import StockMonth
from volunteer_app.sheets.months import Month


@dataclass(frozen=True, slots=True)
class StockLine:
    """One product's month on the shelf. `counted` is None while nobody has counted in the month."""

    name: str
    opening: int
    came_in: int
    went_out: int
    closing: int
    counted: int | None

    @property
    def short(self) -> int | None:
        """How many are missing; negative when there are more than the books say."""
        return None if self.counted is None else self.closing - self.counted


def names(session: Session, community_id: int) -> dict[str, str]:
    """Ledger unit -> 大米 5公斤."""
    return {}


def against_count(session: Session, community_id: int, stock: Sequence[StockMonth], month: Month) -> list[StockLine]:
    """The month's stock beside the last count in it."""
    return [
        StockLine(line.unit.removeprefix("sku:"), line.opening, line.came_in, line.went_out, line.closing, None)
        for line in stock
    ]
