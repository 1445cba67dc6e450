"""Products, prices, deliveries, counts. Pieces themselves stand in the ledger."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.core.language import Text
from volunteer_app.people.models import person_key
from volunteer_app.store import keys

KINDS = ("goods", "service", "lending")
SOURCES = ("purchase", "donated", "partner", "community")


class Product(InCommunity, Base):
    """Something on the price list. `sign` is the character on its cloth, `measure` its counter word (块 in 两块香皂).

    `name` and `pack` are translated when they are shown, as far as a catalogue knows them.
    `cost_fen` is what one piece costs the community. `most_each` pieces per person in `limit_months` months (1 or 12);
    None: as many as wanted. `is_counted` False: a service without stock. `fridays_only` goods spoil. A service with a
    `partner_id` is given by that partner shop, and an order of it is a voucher. What is lent comes back in `lend_days`.
    """

    __tablename__ = "store_product"
    __table_args__ = (key_in_community(), keys.partner_key(), UniqueConstraint("community_id", "code"))

    code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(8), default="goods")
    name: Mapped[str] = mapped_column(String(40))
    sign: Mapped[str] = mapped_column(String(1))
    measure: Mapped[str] = mapped_column(String(4), default="件")
    pack: Mapped[str] = mapped_column(String(20), default="")
    cost_fen: Mapped[int] = mapped_column(default=0)
    most_each: Mapped[int | None]
    limit_months: Mapped[int] = mapped_column(default=1)
    fridays_only: Mapped[bool] = mapped_column(default=False)
    is_counted: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(String(10), default="purchase")
    is_offered: Mapped[bool] = mapped_column(default=True)
    lend_days: Mapped[int] = mapped_column(default=14)
    partner_id: Mapped[int | None]

    @property
    def called(self) -> Text:
        """The name, to be translated inside a sentence."""
        return Text(self.name)

    @property
    def unit(self) -> str:
        """The product's unit in the ledger."""
        return f"sku:{self.code}"


class Price(InCommunity, Base):
    """Points for one piece from a date on, until the next price begins."""

    __tablename__ = "store_price"
    __table_args__ = (
        key_in_community(),
        keys.product_key(),
        UniqueConstraint("product_id", "from_on"),
        CheckConstraint("points >= 0", name="points"),
    )

    product_id: Mapped[int]
    from_on: Mapped[date]
    points: Mapped[int]


class Delivery(InCommunity, Base):
    """A batch that came in, bought or donated; `pieces_left` of it are on the shelf, kept ones included.

    `names_donor`: the donor agreed to be named where everybody can read it. `txn_id` is the ledger's entry.
    """

    __tablename__ = "store_delivery"
    __table_args__ = (
        key_in_community(),
        keys.product_key(),
        person_key("recorded_by_id"),
        CheckConstraint("pieces_left >= 0", name="pieces_left"),
        Index("ix_store_delivery_product_id_best_before", "product_id", "best_before"),
    )

    product_id: Mapped[int]
    pieces: Mapped[int]
    pieces_left: Mapped[int] = mapped_column(default=0)
    source: Mapped[str] = mapped_column(String(10))
    donor: Mapped[str] = mapped_column(String(60), default="")
    names_donor: Mapped[bool] = mapped_column(default=False)
    batch: Mapped[str] = mapped_column(String(30), default="")
    best_before: Mapped[date | None]
    came_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None]
    txn_id: Mapped[int]


class StockCount(InCommunity, Base):
    """A count of one product: `counted` on the shelf, `booked` in the ledger at that moment.

    A difference is booked when a second person has counted again; `state` matches, waiting, booked or dropped.
    """

    __tablename__ = "store_count"
    __table_args__ = (
        key_in_community(),
        keys.product_key(),
        person_key("counted_by_id"),
        person_key("checked_by_id"),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> counted_by_id", name="two_people"),
    )

    product_id: Mapped[int]
    counted: Mapped[int]
    booked: Mapped[int]
    reason: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(8))
    counted_at: Mapped[datetime]
    counted_by_id: Mapped[int]
    checked_by_id: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    txn_id: Mapped[int | None]

    product: Mapped[Product] = relationship(viewonly=True)
