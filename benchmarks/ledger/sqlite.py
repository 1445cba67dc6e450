"""G5: one posting on SQLite through the ledger's own action, beside the same rows by hand on the bare driver.

Both wait for the disk (WAL, synchronous=FULL) at each commit; both files have every trigger of the migrations.
"""

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from benchmarks.ledger.databases import COMMUNITIES, sqlite
from benchmarks.ledger.tables import Rounds, gate, ratio, show
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.ledger import actions, rules
from volunteer_app.ledger.rules import Key

UNIT = "sku:K01"
FROM, TO = Key("store:north", "on_hand", UNIT), Key("store:south", "on_hand", UNIT)
STOCKED = Key("supplier", "purchase", UNIT)


def measure(rounds: Rounds) -> None:
    with sqlite() as ours, sqlite() as bare:
        arms = {"the ledger's action": by_action(ours, rounds.seconds), "by hand": by_hand(bare, rounds.seconds)}
        found = rounds.of(arms)
    show("SQLite, one process, synchronous=FULL", found, "per second")
    gate("G5 the action over the same rows by hand", ratio(found, "the ledger's action", "by hand"), 0.8)


def stocked(url: str) -> Session:
    """A session on books with a full shelf."""
    session = Session(create_engine(url))
    session.execute(text(COMMUNITIES.format(1)))
    session.commit()
    post(session, "in", [(STOCKED, FROM, 10**9), (STOCKED, TO, 1)])
    return session


def post(session: Session, cause: str, moves: list[tuple[Key, Key, int]]) -> None:
    now = datetime.now(UTC)
    in_transaction(
        session,
        lambda: actions.move(session, "move", moves, cause=cause, reason="移库", actor=Actor(1, 7, "web"), now=now),
    )


def timed(step: Callable[[int], None], seconds: float) -> Callable[[], float]:
    numbers = iter(range(1, 10**9))

    def run() -> float:
        started, done = time.perf_counter(), 0
        while time.perf_counter() - started < seconds:
            step(next(numbers))
            done += 1
        return done / (time.perf_counter() - started)

    return run


def by_action(url: str, seconds: float) -> Callable[[], float]:
    session = stocked(url)
    return timed(lambda number: post(session, f"m:{number}", [(FROM, TO, 1)]), seconds)


PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "trusted_schema=OFF")
ACCOUNT = "SELECT id, posted, version FROM ledger_account WHERE community_id = 1 AND owner = ? AND kind = 'on_hand'"
REASON = rules.dump_text("移库")


def by_hand(url: str, seconds: float) -> Callable[[], float]:
    """What somebody would write who knew only these two accounts: the least that makes the same rows."""
    stocked(url).close()
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return timed(lambda number: write(connection, f"m:{number}"), seconds)


def write(connection: sqlite3.Connection, cause: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    rows = [(*connection.execute(ACCOUNT, (key.owner,)).fetchone(), amount) for key, amount in ((FROM, -1), (TO, 1))]
    assert (
        connection.execute("SELECT id FROM ledger_txn WHERE community_id = 1 AND cause = ?", (cause,)).fetchone()
        is None
    )
    last, before = connection.execute("SELECT seq, hash FROM ledger_chain WHERE community_id = 1").fetchone()
    seq, at, before = last + 1, datetime.now(UTC), before.hex()
    legs = []
    for leg, (id_, posted, version, amount) in enumerate(rows, 1):
        assert posted + amount >= 0
        moved = "UPDATE ledger_account SET posted = posted + ?, version = version + 1 WHERE id = ?"
        connection.execute(moved, (amount, id_))
        legs.append([leg, id_, UNIT, amount, posted + amount, version + 1])
    connection.executemany(
        "INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit, amount, balance_after,"
        " account_version) VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        [(seq, *leg) for leg in legs],
    )
    content = rules.content_of("move", [(FROM, TO, 1)])
    row = {"community_id": 1, "seq": seq, "kind": "move", "cause": cause, "content": content, "reason": REASON}
    row |= {"recorded_at": rules.iso(at), "actor_id": 7, "checker_id": None, "reverses_seq": None}
    row |= {"continues_seq": None, "prev_hash": before}
    accounts: list[list[object]] = [[leg[1], *key] for leg, key in zip(legs, (FROM, TO), strict=True)]
    parts = {"postings": legs, "lots": [], "lot_uses": [], "keeps": [], "accounts": accounts}
    sealed = rules.seal(row, parts)
    stored = at.replace(tzinfo=None).isoformat(" ", "microseconds")
    kept = {"recorded_at": stored, "content": bytes.fromhex(content), "prev_hash": bytes.fromhex(before)}
    values = [*(row | kept).values(), bytes.fromhex(sealed)]
    connection.execute(f"INSERT INTO ledger_txn ({', '.join(row)}, hash) VALUES ({'?, ' * len(row)}?)", values)
    connection.execute(
        "UPDATE ledger_chain SET seq = ?, hash = ?, at = ? WHERE community_id = 1", (seq, bytes.fromhex(sealed), stored)
    )
    connection.execute("COMMIT")
