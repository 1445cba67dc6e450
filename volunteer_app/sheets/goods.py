"""What goods are called, and the shelf's month beside the last count of each product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.language import Text
from volunteer_app.ledger.month import StockMonth
from volunteer_app.sheets.months import Month
from volunteer_app.sheets.words import joined
from volunteer_app.store.shelf.models import Product, StockCount


@dataclass(frozen=True, slots=True)
class StockLine:
    """One product's month on the shelf, and the last count in it: `counted` pieces on `counted_on`, when the books said
    `booked`. None of the three while nobody has counted, or while a second person has yet to (`is_waiting`).
    """

    name: Text | str
    measure: str
    opening: int
    came_in: int
    went_out: int
    closing: int
    counted: int | None = None
    booked: int | None = None
    counted_on: date | None = None
    is_waiting: bool = False

    @property
    def short(self) -> int | None:
        """How many were missing at the count; negative when there were more than the books said."""
        return None if self.counted is None or self.booked is None else self.booked - self.counted


def products(session: Session, community_id: int) -> dict[str, Product]:
    """Ledger unit -> product."""
    found = session.scalars(select(Product).where(Product.community_id == community_id))
    return {product.unit: product for product in found}


def names(session: Session, community_id: int) -> dict[str, Text | str]:
    """Ledger unit -> 大米 5公斤."""
    return {unit: name_of(product) for unit, product in products(session, community_id).items()}


def name_of(product: Product) -> Text | str:
    """Name and pack, each translated as far as a catalogue knows it."""
    return joined([Text(words) for words in (product.name, product.pack) if words], " ")


def against_count(
    session: Session, community_id: int, stock: Sequence[StockMonth], month: Month, *, zone: str
) -> list[StockLine]:
    """The month's stock with the last count of each product in it."""
    known = products(session, community_id)
    counts = last_counts(session, community_id, month)
    return [stock_line(line, known.get(line.unit), counts, ZoneInfo(zone)) for line in stock]


def stock_line(line: StockMonth, product: Product | None, counts: dict[int, StockCount], zone: ZoneInfo) -> StockLine:
    numbers = (line.opening, line.came_in, line.went_out, line.closing)
    if product is None:
        return StockLine(line.unit.removeprefix("sku:"), "", *numbers)
    name, count = name_of(product), counts.get(product.id)
    if count is None:
        return StockLine(name, product.measure, *numbers)
    if count.state == "waiting":
        return StockLine(name, product.measure, *numbers, is_waiting=True)
    counted_on = count.counted_at.astimezone(zone).date()
    return StockLine(name, product.measure, *numbers, count.counted, count.booked, counted_on)


def last_counts(session: Session, community_id: int, month: Month) -> dict[int, StockCount]:
    """Product id -> its last count in the month; dropped ones don't count."""
    statement = select(StockCount).where(
        StockCount.community_id == community_id,
        StockCount.state != "dropped",
        StockCount.counted_at >= month.from_at,
        StockCount.counted_at < month.to_at,
    )
    return {count.product_id: count for count in session.scalars(statement.order_by(StockCount.counted_at))}
