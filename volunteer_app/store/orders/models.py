"""Orders, the basket before them, the limits they count against. Pieces and points themselves stand in the ledger.

The two halves of an order across communities are the only rows that point from one to another, and their keys say so.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.people.models import Person, person_key
from volunteer_app.store import keys
from volunteer_app.store.partners.models import Partner
from volunteer_app.store.shelf.models import Product

STATES = ("reserved", "ready", "picked_up", "cancelled", "expired")
WAITING = ("reserved", "ready")


class StoreRule(InCommunity, Base):
    """From a date on: points that a person may use in a calendar month, days that an order or a voucher is kept."""

    __tablename__ = "store_rule"
    __table_args__ = (key_in_community(), UniqueConstraint("community_id", "from_on"))

    from_on: Mapped[date]
    month_points: Mapped[int] = mapped_column(default=400)
    keep_days: Mapped[int] = mapped_column(default=7)
    voucher_days: Mapped[int] = mapped_column(default=30)


class Waits:
    """What an order and either half of one across communities have in common."""

    state: Mapped[str] = mapped_column(String(10), default="reserved")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    hold_id: Mapped[int | None]
    closed_at: Mapped[datetime | None]

    def state_at(self, now: datetime) -> str:
        """The state as it is, whether or not the expiry has been written down yet."""
        return "expired" if self.state in WAITING and self.expires_at <= now else self.state


class Coded(Waits):
    """What is collected with a pick-up code, which itself is not stored: `code_hash` finds the order, `code_turn` tells
    its owner the code again.
    """

    code_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    code_turn: Mapped[int] = mapped_column(default=0)


class Order(Coded, InCommunity, Base):
    """What somebody wants to collect. `made_on` is the local date that the monthly limits count by.

    `recorded_by_id` is set when staff reserved for the person; `proxy_name` when somebody else collected. With a
    `partner_id` it is a voucher: that partner shop takes it in.
    """

    __tablename__ = "store_order"
    __table_args__ = (
        key_in_community(),
        person_key(),
        person_key("recorded_by_id"),
        person_key("handed_by_id"),
        keys.partner_key(),
        CheckConstraint("handed_by_id IS NULL OR handed_by_id <> person_id", name="not_oneself"),
        keys.hold_key(),
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
    made_on: Mapped[date]
    partner_id: Mapped[int | None]
    recorded_by_id: Mapped[int | None]
    handed_by_id: Mapped[int | None]
    proxy_name: Mapped[str] = mapped_column(String(40), default="")
    is_extended: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(
        viewonly=True, foreign_keys="Order.person_id", primaryjoin="Order.person_id == Person.id"
    )
    lines: Mapped[list["OrderLine"]] = relationship(viewonly=True, order_by="OrderLine.id")
    partner: Mapped[Partner | None] = relationship(
        viewonly=True, foreign_keys="Order.partner_id", primaryjoin="Order.partner_id == Partner.id"
    )

    @property
    def points(self) -> int:
        """What the order costs: pieces that are back on the shelf cost nothing."""
        return sum(line.points for line in self.lines)

    @property
    def kept_lines(self) -> list["OrderLine"]:
        """Lines of which pieces aren't back on the shelf; all of them once everything is."""
        return [line for line in self.lines if line.kept] or self.lines


class OrderLine(InCommunity, Base):
    """Pieces of one product at the price of the day. `points_line` and `stock_line` number the lines of the hold.

    `returned` pieces are back on the shelf: left at the counter when the rest was collected, or brought back later.
    """

    __tablename__ = "store_order_line"
    __table_args__ = (
        key_in_community(),
        keys.product_key(),
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
        return self.kept * self.points_each

    @property
    def kept(self) -> int:
        """Pieces that are not back on the shelf."""
        return self.quantity - self.returned


class AwayOrder(Waits, InCommunity, Base):
    """The half of the person's own community: the points. `other_id` is where the goods are.

    `made_on` is the local date that the monthly limit counts by; `goods` a sentence as the ledger keeps them.
    """

    __tablename__ = "store_away_order"
    __table_args__ = (
        key_in_community(),
        person_key(),
        keys.hold_key(),
        CheckConstraint("points > 0", name="points"),
        Index("ix_store_away_order_person_id_made_on", "person_id", "made_on"),
        Index("ix_store_away_order_state_expires_at", "community_id", "state", "expires_at"),
    )

    person_id: Mapped[int]
    other_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    made_on: Mapped[date]
    points: Mapped[int]
    goods: Mapped[str] = mapped_column(Text)


class GuestOrder(Coded, InCommunity, Base):
    """The half of the community that has the goods. `guest_id` is a person of `home_id`, known here by nothing else."""

    __tablename__ = "store_guest_order"
    __table_args__ = (
        key_in_community(),
        keys.hold_key(),
        person_key("handed_by_id"),
        ForeignKeyConstraint(["home_id", "away_id"], ["store_away_order.community_id", "store_away_order.id"]),
        ForeignKeyConstraint(["home_id", "guest_id"], ["person.community_id", "person.id"]),
        UniqueConstraint("home_id", "away_id"),
        CheckConstraint("home_id <> community_id", name="another"),
        Index("ix_store_guest_order_guest_id", "guest_id"),
    )

    home_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    away_id: Mapped[int]
    guest_id: Mapped[int]
    points: Mapped[int]
    handed_by_id: Mapped[int | None]

    lines: Mapped[list["GuestLine"]] = relationship(viewonly=True, order_by="GuestLine.id")


class GuestLine(InCommunity, Base):
    """Pieces of one product at the price of the day."""

    __tablename__ = "store_guest_line"
    __table_args__ = (
        key_in_community(),
        keys.product_key(),
        ForeignKeyConstraint(["community_id", "order_id"], ["store_guest_order.community_id", "store_guest_order.id"]),
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    order_id: Mapped[int]
    product_id: Mapped[int]
    quantity: Mapped[int]
    points_each: Mapped[int]

    product: Mapped[Product] = relationship(viewonly=True)


class BasketLine(InCommunity, Base):
    """Something that a person has put into the basket and not reserved yet: it keeps neither points nor pieces."""

    __tablename__ = "store_basket_line"
    __table_args__ = (
        key_in_community(),
        person_key(),
        keys.product_key(),
        UniqueConstraint("person_id", "product_id"),
        CheckConstraint("pieces > 0", name="pieces"),
    )

    person_id: Mapped[int]
    product_id: Mapped[int]
    pieces: Mapped[int]

    product: Mapped[Product] = relationship(viewonly=True)
