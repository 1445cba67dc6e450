"""Products, prices, opening times, orders, deliveries, counts. Pieces and points themselves stand in the ledger."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.core.language import Text
from volunteer_app.people.models import Person, person_key

KINDS = ("goods", "service", "lending")
SOURCES = ("purchase", "donated", "partner", "community")
STATES = ("reserved", "ready", "picked_up", "cancelled", "expired")
WAITING = ("reserved", "ready")
SHELF = "store:main"
"""The word that names the community's own store in the ledger."""


def product_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "product_id"], ["store_product.community_id", "store_product.id"])


def partner_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "partner_id"], ["store_partner.community_id", "store_partner.id"])


class Product(InCommunity, Base):
    """Something on the price list. `sign` is the character on its cloth, `measure` its counter word (块 in 两块香皂).

    `name` and `pack` are translated when they are shown, as far as a catalogue knows them.
    `cost_fen` is what one piece costs the community. `most_each` pieces per person in `limit_months` months (1 or 12);
    None: as many as wanted. `is_counted` False: a service without stock. `fridays_only` goods spoil. A service with a
    `partner_id` is given by that partner shop, and an order of it is a voucher. What is lent comes back in `lend_days`.
    """

    __tablename__ = "store_product"
    __table_args__ = (key_in_community(), partner_key(), UniqueConstraint("community_id", "code"))

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


class Partner(InCommunity, Base):
    """A shop of the neighbourhood (爱心商户) that takes vouchers. `person_id` is who signs in there."""

    __tablename__ = "store_partner"
    __table_args__ = (
        key_in_community(),
        person_key(),
        UniqueConstraint("community_id", "name"),
        UniqueConstraint("person_id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    open_words: Mapped[str] = mapped_column(String(60), default="")
    person_id: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def owner(self) -> str:
        """The word that names the shop in the ledger."""
        return f"partner:{self.id}"


class Settlement(InCommunity, Base):
    """What a partner shop is owed for the vouchers of a calendar month; `month` is its first day.

    `closed_by_id` wrote it down, `paid_by_id` is the second person who saw it paid. `amount_fen` is what the services
    cost the community.
    """

    __tablename__ = "store_settlement"
    __table_args__ = (
        key_in_community(),
        partner_key(),
        person_key("closed_by_id"),
        person_key("paid_by_id"),
        UniqueConstraint("partner_id", "month"),
        CheckConstraint("paid_by_id IS NULL OR paid_by_id <> closed_by_id", name="two_people"),
        CheckConstraint("(paid_by_id IS NULL) = (txn_id IS NULL)", name="paid"),
    )

    partner_id: Mapped[int]
    month: Mapped[date]
    vouchers: Mapped[int]
    points: Mapped[int]
    amount_fen: Mapped[int]
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int]
    paid_at: Mapped[datetime | None]
    paid_by_id: Mapped[int | None]
    txn_id: Mapped[int | None]


class Price(InCommunity, Base):
    """Points for one piece from a date on, until the next price begins."""

    __tablename__ = "store_price"
    __table_args__ = (
        key_in_community(),
        product_key(),
        UniqueConstraint("product_id", "from_on"),
        CheckConstraint("points >= 0", name="points"),
    )

    product_id: Mapped[int]
    from_on: Mapped[date]
    points: Mapped[int]


class Opening(InCommunity, Base):
    """When the store is open: every `weekday` (0 Monday) or every `month_day`, in local minutes of the day."""

    __tablename__ = "store_opening"
    __table_args__ = (
        key_in_community(),
        CheckConstraint("(weekday IS NULL) <> (month_day IS NULL)", name="one_rhythm"),
    )

    weekday: Mapped[int | None]
    month_day: Mapped[int | None]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    place: Mapped[str] = mapped_column(String(40), default="")


class StoreRule(InCommunity, Base):
    """From a date on: points that a person may use in a calendar month, days that an order or a voucher is kept."""

    __tablename__ = "store_rule"
    __table_args__ = (key_in_community(), UniqueConstraint("community_id", "from_on"))

    from_on: Mapped[date]
    month_points: Mapped[int] = mapped_column(default=400)
    keep_days: Mapped[int] = mapped_column(default=7)
    voucher_days: Mapped[int] = mapped_column(default=30)


class Order(InCommunity, Base):
    """What somebody wants to collect. `made_on` is the local date that the monthly limits count by.

    The pick-up code itself is not stored: `code_hash` finds the order, `code_turn` tells its owner the code again.
    `recorded_by_id` is set when staff reserved for the person; `proxy_name` when somebody else collected. With a
    `partner_id` it is a voucher: that partner shop takes it in.
    """

    __tablename__ = "store_order"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("recorded_by_id"),
        person_key("handed_by_id"),
        partner_key(),
        CheckConstraint("handed_by_id IS NULL OR handed_by_id <> person_id", name="not_oneself"),
        ForeignKeyConstraint(["community_id", "hold_id"], ["ledger_hold.community_id", "ledger_hold.id"]),
        Index("ix_store_order_person_id_made_on", "person_id", "made_on"),
        Index("ix_store_order_state_expires_at", "community_id", "state", "expires_at"),
        Index(
            "uq_store_order_code",
            "community_id",
            "code_hash",
            unique=True,
            sqlite_where=text("state IN ('reserved', 'ready')"),
            postgresql_where=text("state IN ('reserved', 'ready')"),
        ),
    )

    person_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="reserved")
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    code_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    code_turn: Mapped[int] = mapped_column(default=0)
    hold_id: Mapped[int | None]
    partner_id: Mapped[int | None]
    recorded_by_id: Mapped[int | None]
    handed_by_id: Mapped[int | None]
    proxy_name: Mapped[str] = mapped_column(String(40), default="")
    is_extended: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(
        viewonly=True, foreign_keys="Order.person_id", primaryjoin="Order.person_id == Person.id"
    )
    lines: Mapped[list["OrderLine"]] = relationship(viewonly=True, order_by="OrderLine.id")
    partner: Mapped["Partner | None"] = relationship(
        viewonly=True, foreign_keys="Order.partner_id", primaryjoin="Order.partner_id == Partner.id"
    )

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    def state_at(self, now: datetime) -> str:
        """The state as it is, whether or not the expiry has been written down yet."""
        return "expired" if self.state in WAITING and self.expires_at <= now else self.state


class OrderLine(InCommunity, Base):
    """Pieces of one product at the price of the day. `points_line` and `stock_line` number the lines of the hold.

    `returned` pieces are back on the shelf: left at the counter when the rest was collected, or brought back later.
    """

    __tablename__ = "store_order_line"
    __table_args__ = (
        key_in_community(),
        product_key(),
        ForeignKeyConstraint(["community_id", "order_id"], ["store_order.community_id", "store_order.id"]),
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0 AND returned >= 0 AND returned <= quantity", name="quantity"),
    )

    order_id: Mapped[int]
    product_id: Mapped[int]
    quantity: Mapped[int]
    points_each: Mapped[int]
    returned: Mapped[int] = mapped_column(default=0)
    points_line: Mapped[int | None]
    stock_line: Mapped[int | None]

    product: Mapped[Product] = relationship(viewonly=True)

    @property
    def points(self) -> int:
        return self.quantity * self.points_each

    @property
    def kept(self) -> int:
        """Pieces that are not back on the shelf."""
        return self.quantity - self.returned


class Delivery(InCommunity, Base):
    """A batch that came in, bought or donated; `pieces_left` of it are on the shelf, kept ones included.

    `names_donor`: the donor agreed to be named where everybody can read it. `txn_id` is the ledger's entry.
    """

    __tablename__ = "store_delivery"
    __table_args__ = (
        key_in_community(),
        product_key(),
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
        product_key(),
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


class CodeAttempt(InCommunity, Base):
    """A pick-up code that was looked up and doesn't exist; too many of them stop the counter for a while."""

    __tablename__ = "store_code_attempt"
    __table_args__ = (key_in_community(), person_key(), Index("ix_store_code_attempt_person_id_at", "person_id", "at"))

    person_id: Mapped[int]
    at: Mapped[datetime]
