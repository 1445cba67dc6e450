"""Balance, statement and month sheet with 10,000 and with 1,000,000 postings in the books: they should cost the same.

200 members; a month has 5,000 transactions of two postings, so 10,000 postings are a month and 1,000,000 are 100
months. What is read is the last month but one member's share of it. The rows are made by SQL: they add up and have
their lots, but are not sealed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.ledger.databases import COMMUNITIES, postgresql, sqlite
from benchmarks.ledger.tables import Rounds, gate, ratio, show
from volunteer_app.core.database import Moment
from volunteer_app.ledger.month import month_sheet
from volunteer_app.ledger.queries import balance, statement

MEMBERS, IN_MONTH = 200, 5_000
MONTH = timedelta(days=30)
BEGIN = datetime(2018, 1, 1, tzinfo=UTC)
SMALL, LARGE = 10_000, 1_000_000
CHUNK = 50_000


def measure(rounds: Rounds) -> None:
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with ExitStack() as stack:
            sessions = {size: filled(stack.enter_context(database()), size) for size in (SMALL, LARGE)}
            arms = {
                f"{what}, {size:,}": timed(session, reads(session, size)[what])
                for what in ("balance", "statement", "month sheet")
                for size, session in sessions.items()
            }
            found = rounds.of(arms)
            show(f"{name}: reading with so many postings", found, "ms")
            for what in ("balance", "statement", "month sheet"):
                gate(f"{name}, {what}", ratio(found, f"{what}, {LARGE:,}", f"{what}, {SMALL:,}"), 1.3, most=True)
            for session in sessions.values():
                session.close()


def reads(session: Session, size: int) -> dict[str, Callable[[], object]]:
    ends = BEGIN + MONTH * (size // 2 // IN_MONTH)
    month = {"from_at": ends - MONTH, "to_at": ends}
    return {
        "balance": lambda: balance(session, 1, "person:7", now=ends),
        "statement": lambda: statement(session, 1, "person:7", **month),
        "month sheet": lambda: month_sheet(session, 1, **month),
    }


def timed(session: Session, read: Callable[[], object]) -> Callable[[], float]:
    """Milliseconds of one read, the mean of as many as fit into a fifth of a second."""

    def run() -> float:
        read()
        started, done = time.perf_counter(), 0
        while time.perf_counter() - started < 0.2:
            read()
            done += 1
        session.rollback()
        return (time.perf_counter() - started) / done * 1000

    return run


def filled(url: str, size: int) -> Session:
    """A session on books with `size` postings: credits to members in turn, each with a lot that is all but spent."""
    session = Session(create_engine(url))
    session.execute(text(COMMUNITIES.format(1)))
    for statement_ in accounts():
        session.execute(text(statement_))
    asleep(session)
    for first in range(1, size // 2 + 1, CHUNK):
        fill(session, first, min(first + CHUNK - 1, size // 2))
    total = "(SELECT COALESCE(SUM(p.amount), 0) FROM ledger_posting p WHERE p.account_id = ledger_account.id)"
    session.execute(
        text(f"UPDATE ledger_account SET posted = {total}, earned = {total}, version = {size // 2} / {MEMBERS}")
    )
    session.execute(
        text(f"INSERT INTO ledger_chain (community_id, seq, hash) VALUES (1, {size // 2}, :noughts)"),
        {"noughts": NOUGHTS},
    )
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    return session


def accounts() -> Iterator[str]:
    insert = "INSERT INTO ledger_account (id, community_id, owner, kind, unit, least, posted, version) VALUES"
    yield f"{insert} (1, 1, 'programme', 'budget', 'points', NULL, 0, 0)"
    for number in range(MEMBERS):
        yield f"{insert} ({number + 2}, 1, 'person:{number}', 'points', 'points', 0, 0, 0)"


def asleep(session: Session) -> None:
    """The triggers of this database sleep while rows are made that no ledger action has made."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
        return
    session.commit()
    session.execute(text("PRAGMA foreign_keys=OFF"))
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))
    session.commit()


def fill(session: Session, first: int, last: int) -> None:
    """Transactions `first` to `last`, each with two postings and a lot."""
    txns, postings, lots = [], [], []
    for seq in range(first, last + 1):
        at = BEGIN + MONTH * ((seq - 1) / IN_MONTH)
        member, place = (seq - 1) % MEMBERS + 2, (seq - 1) // MEMBERS + 1
        txns.append({"seq": seq, "at": at, "cause": f"record:{seq}", "noughts": NOUGHTS})
        postings.append({"seq": seq, "leg": 1, "account": 1, "amount": -10, "after": None, "version": None})
        postings.append({"seq": seq, "leg": 2, "account": member, "amount": 10, "after": 10 * place, "version": place})
        lots.append({"seq": seq, "account": member, "left": 10 if last - seq < MEMBERS else 0})
    session.execute(text(TXN).bindparams(bindparam("at", type_=Moment())), txns)
    session.execute(text(POSTING), postings)
    session.execute(text(LOT), lots)


NOUGHTS = bytes(32)
TXN = """INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason, recorded_at, prev_hash, hash)
    VALUES (1, :seq, 'issue', :cause, :noughts, '{"text"\\:"日巡逻","values"\\:{}}', :at, :noughts, :noughts)"""
"""`at` is written as the application writes moments: SQLite compares them as texts, all with microseconds."""
POSTING = """INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit, amount, balance_after,
    account_version) VALUES (1, :seq, :leg, :account, 'points', :amount, :after, :version)"""
LOT = """INSERT INTO ledger_lot (community_id, account_id, origin_seq, amount, remaining)
    VALUES (1, :account, :seq, 10, :left)"""
