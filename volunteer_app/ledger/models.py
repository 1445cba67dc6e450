"""Accounts, transactions, postings, lots and holds. Triggers of the migration keep written rows as they are.

A transaction is known by its number in the community's chain (`seq`, from 1 without gaps). Its postings, lots and lot
uses are written first and the transaction last: from then on it is sealed, and the database has checked its balance.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from volunteer_app.core.database import Base, Fingerprint, InCommunity, key_in_community, table_of


def txn_key(column: str) -> ForeignKeyConstraint:
    """Foreign key to a transaction of the same community; checked at commit, because the transaction comes last."""
    return ForeignKeyConstraint(
        ["community_id", column], ["ledger_txn.community_id", "ledger_txn.seq"], deferrable=True, initially="DEFERRED"
    )


def account_key(column: str) -> ForeignKeyConstraint:
    """Foreign key to an account of the same community and unit; checked at once."""
    return ForeignKeyConstraint(
        ["community_id", column, "unit"], ["ledger_account.community_id", "ledger_account.id", "ledger_account.unit"]
    )


def where_there(name: str, column: str, *, unique: bool) -> Index:
    """An index of the few rows that have a value there."""
    where = text(f"{column} IS NOT NULL")
    return Index(name, "community_id", column, unique=unique, postgresql_where=where, sqlite_where=where)


class InBooks(InCommunity):
    """A row of which there are many. Its other indexes begin with the community, and its key to an account or a
    transaction of that community says that there is one: an index and a key of its own would be in vain.
    """

    @declared_attr
    def community_id(cls) -> Mapped[int]:
        return mapped_column()


class Account(InCommunity, Base):
    """One owner's account of one kind in one unit (`points` or `sku:<code>`).

    `posted` is the sum of its postings and `version` their number, kept only where a limit is set (`least`, `most`):
    an account without limits is never locked and its balance is summed when somebody asks. `earned`, `spent` and
    `expired` add up the postings of a member's account by what they mean (rules.sum_of).
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "id", "unit"),
        UniqueConstraint("community_id", "owner", "kind", "unit"),
        CheckConstraint("least IS NULL OR posted >= least", name="least"),
        CheckConstraint("most IS NULL OR posted <= most", name="most"),
    )

    @declared_attr
    def community_id(cls) -> Mapped[int]:
        """Its own index would be the beginning of three others."""
        return mapped_column(ForeignKey("community.id"))

    owner: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(32))
    least: Mapped[int | None] = mapped_column(BigInteger)
    most: Mapped[int | None] = mapped_column(BigInteger)
    posted: Mapped[int] = mapped_column(BigInteger, default=0)
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    earned: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    spent: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    expired: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class Txn(InBooks, Base):
    """A sealed transaction. `cause` is posted at most once; `content` fingerprints what was asked for.

    `reason` is a sentence for people as JSON {"text", "values"} and holds no names. `recorded_at` never goes back
    along the chain. `reverses_seq` undoes an earlier transaction, once; `continues_seq` closes or refunds what an
    earlier one held. `hash` covers the row, its postings, lots and lot uses and the hash before it.
    """

    __tablename__ = "ledger_txn"
    __table_args__ = (
        UniqueConstraint("community_id", "seq"),
        UniqueConstraint("community_id", "cause"),
        ForeignKeyConstraint(["community_id", "reverses_seq"], ["ledger_txn.community_id", "ledger_txn.seq"]),
        ForeignKeyConstraint(["community_id", "continues_seq"], ["ledger_txn.community_id", "ledger_txn.seq"]),
        CheckConstraint("checker_id IS NULL OR checker_id <> actor_id", name="two_people"),
        Index("ix_ledger_txn_recorded_at", "community_id", "recorded_at"),
        where_there("uq_ledger_txn_community_id_reverses_seq", "reverses_seq", unique=True),
        where_there("ix_ledger_txn_continues_seq", "continues_seq", unique=False),
    )

    seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str] = mapped_column(String(80))
    content: Mapped[str] = mapped_column(Fingerprint)
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None]
    checker_id: Mapped[int | None]
    reverses_seq: Mapped[int | None] = mapped_column(BigInteger)
    continues_seq: Mapped[int | None] = mapped_column(BigInteger)
    prev_hash: Mapped[str] = mapped_column(Fingerprint)
    hash: Mapped[str] = mapped_column(Fingerprint)


class Posting(Base):
    """One leg. `balance_after` and `account_version` are set where the account keeps a balance.

    That there is such an account and such a transaction, and that an amount is never nothing, SQLite holds by keys and
    PostgreSQL by triggers.
    """

    __tablename__ = "ledger_posting"
    __table_args__ = (Index("ix_ledger_posting_account_id_txn_seq", "account_id", "txn_seq"),)

    community_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    txn_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leg: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    account_id: Mapped[int]
    unit: Mapped[str] = mapped_column(String(32))
    amount: Mapped[int] = mapped_column(BigInteger)
    balance_after: Mapped[int | None] = mapped_column(BigInteger)
    account_version: Mapped[int | None]


class Lot(InBooks, Base):
    """Points that came in together and run out together; spent in order of `expires_at` (None: never), then id."""

    __tablename__ = "ledger_lot"
    __table_args__ = (
        key_in_community(),
        txn_key("origin_seq"),
        ForeignKeyConstraint(["community_id", "account_id"], ["ledger_account.community_id", "ledger_account.id"]),
        CheckConstraint("remaining >= 0 AND remaining <= amount", name="remaining"),
        Index("ix_ledger_lot_account_id_expires_at", "account_id", "expires_at"),
        Index(
            "ix_ledger_lot_left",
            "account_id",
            "expires_at",
            postgresql_where=text("remaining > 0"),
            sqlite_where=text("remaining > 0"),
        ),
    )

    account_id: Mapped[int]
    origin_seq: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    remaining: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None]


class LotUse(InBooks, Base):
    """Points that a transaction took out of a lot (positive) or gave back to it (negative)."""

    __tablename__ = "ledger_lot_use"
    __table_args__ = (
        UniqueConstraint("community_id", "txn_seq", "lot_id"),
        txn_key("txn_seq"),
        ForeignKeyConstraint(["community_id", "lot_id"], ["ledger_lot.community_id", "ledger_lot.id"]),
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_ledger_lot_use_lot_id", "lot_id"),
    )

    txn_seq: Mapped[int] = mapped_column(BigInteger)
    lot_id: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)


class Hold(InCommunity, Base):
    """Points and goods kept for somebody until `expires_at`; closed exactly once, by the transaction `closed_seq`."""

    __tablename__ = "ledger_hold"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "cause"),
        txn_key("opened_seq"),
        txn_key("closed_seq"),
        CheckConstraint("(state = 'open') = (closed_seq IS NULL)", name="closed"),
        Index("ix_ledger_hold_state_expires_at", "community_id", "state", "expires_at"),
    )

    cause: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="open")
    expires_at: Mapped[datetime]
    opened_seq: Mapped[int] = mapped_column(BigInteger)
    closed_seq: Mapped[int | None] = mapped_column(BigInteger)


class HoldLine(InBooks, Base):
    """`amount` taken from one account into its holding account, meant for a third; `collected` of it went there."""

    __tablename__ = "ledger_hold_line"
    __table_args__ = (
        UniqueConstraint("hold_id", "line"),
        ForeignKeyConstraint(["community_id", "hold_id"], ["ledger_hold.community_id", "ledger_hold.id"]),
        account_key("from_id"),
        account_key("kept_id"),
        account_key("to_id"),
        CheckConstraint(
            "amount > 0 AND collected >= 0 AND collected <= amount AND refunded >= 0 AND refunded <= collected",
            name="amounts",
        ),
        Index("ix_ledger_hold_line_from_id", "from_id"),
    )

    hold_id: Mapped[int]
    line: Mapped[int]
    unit: Mapped[str] = mapped_column(String(32))
    from_id: Mapped[int]
    kept_id: Mapped[int]
    to_id: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    collected: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)


class Chain(Base):
    """The end of a community's chain; the one row that every posting locks, last."""

    __tablename__ = "ledger_chain"

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(Fingerprint)
    at: Mapped[datetime | None]


class Period(InCommunity, Base):
    """A span [starts_at, ends_at) of the books that takes no further transaction until two people open it again.

    `last_seq` and `last_hash` are the end of the chain when it was closed. Closing it anew makes a new row.
    """

    __tablename__ = "ledger_period"
    __table_args__ = (
        key_in_community(),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint(
            "(reopened_at IS NULL AND asked_by_id IS NULL AND reopened_by_id IS NULL)"
            " OR (reopened_at IS NOT NULL AND asked_by_id IS NOT NULL AND reopened_by_id IS NOT NULL"
            " AND asked_by_id <> reopened_by_id)",
            name="two_people",
        ),
        Index(
            "ix_ledger_period_closed",
            "community_id",
            "starts_at",
            unique=True,
            postgresql_where=text("reopened_at IS NULL"),
            sqlite_where=text("reopened_at IS NULL"),
        ),
    )

    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int]
    last_seq: Mapped[int] = mapped_column(BigInteger)
    last_hash: Mapped[str] = mapped_column(Fingerprint)
    reopened_at: Mapped[datetime | None]
    asked_by_id: Mapped[int | None]
    reopened_by_id: Mapped[int | None]


class Proposal(InCommunity, Base):
    """What one person asks for and another must approve; `asked` is JSON, `txn_seq` what it became."""

    __tablename__ = "ledger_proposal"
    __table_args__ = (
        key_in_community(),
        txn_key("txn_seq"),
        CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL) AND (state = 'waiting') = (decided_by_id IS NULL)",
            name="decided",
        ),
        CheckConstraint("state <> 'approved' OR decided_by_id <> proposed_by_id", name="two_people"),
        Index("ix_ledger_proposal_state", "community_id", "state"),
    )

    kind: Mapped[str] = mapped_column(String(16))
    asked: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]
    txn_seq: Mapped[int | None] = mapped_column(BigInteger)


ACCOUNTS, CHAINS = table_of(Account), table_of(Chain)
TXNS, POSTINGS = table_of(Txn), table_of(Posting)
LOTS, LOT_USES = table_of(Lot), table_of(LotUse)
HOLDS, HOLD_LINES = table_of(Hold), table_of(HoldLine)
PERIODS, PROPOSALS = table_of(Period), table_of(Proposal)
