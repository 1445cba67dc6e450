"""Ledger: on PostgreSQL the checks of a new row are one question when all is well.

PL/pgSQL makes each of its expressions ready anew in every transaction, which costs more than what most of them ask:
those of a sealed transaction were a quarter of a posting's processor time. Now one expression asks all of it and lets
the row in; only a row that it doesn't let in meets the checks one by one, which name what is wrong, as before.
"""

from typing import Any

from alembic import context, op

revision = "0027_one_question"
down_revision = "0026_series_legs"
branch_labels = None
depends_on = None

LEGS = "FROM ledger_posting p WHERE p.community_id = NEW.community_id AND p.txn_seq = NEW.seq"
TXN = f"""COALESCE(NEW.checker_id <> NEW.actor_id, NEW.kind NOT IN {{two_people}})
    AND (SELECT NEW.seq = t.seq + 1 AND NEW.prev_hash = t.hash AND NEW.recorded_at >= t.recorded_at
      FROM ledger_txn t WHERE t.community_id = NEW.community_id ORDER BY t.seq DESC LIMIT 1)
    AND (SELECT COUNT(*) >= 2 AND SUM(p.amount) = 0 AND (MIN(p.unit) = MAX(p.unit)
      OR NOT EXISTS (SELECT 1 {LEGS} GROUP BY p.unit HAVING SUM(p.amount) <> 0)) {LEGS})
    AND NOT EXISTS (SELECT 1 FROM ledger_period p WHERE p.community_id = NEW.community_id
      AND p.reopened_at IS NULL AND p.starts_at <= NEW.recorded_at AND p.ends_at > NEW.recorded_at)"""
POSTING = """NEW.amount <> 0
    AND NOT EXISTS (SELECT 1 FROM ledger_txn t WHERE t.community_id = NEW.community_id AND t.seq = NEW.txn_seq)
    AND EXISTS (SELECT 1 FROM ledger_account a
      WHERE a.id = NEW.account_id AND a.community_id = NEW.community_id AND a.unit = NEW.unit)"""
ACCOUNT = """NEW.version = OLD.version + 1
    AND (NEW.posted < NEW.least OR NEW.posted > NEW.most) IS NOT TRUE"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for function in at_once():
        op.execute(function)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for function in one_by_one():
            op.execute(function)


def at_once() -> list[str]:
    """The same checks, asked one by one only of a row that isn't let in."""
    wells = (TXN.format(two_people=module("0016_ledger_posting").TWO_PEOPLE), POSTING, ACCOUNT)
    return [
        function.replace("BEGIN\n", f"BEGIN\n  IF {well}\n    THEN RETURN NEW; END IF;\n", 1)
        for function, well in zip(one_by_one(), wells, strict=True)
    ]


def one_by_one() -> tuple[str, str, str]:
    """The checks of a transaction, of a posting and of a change of an account, as they were written before."""
    before = module("0023_postings")
    return before.txn_added(asks_for_two=True), before.POSTING_ADDED, before.ACCOUNT_CHANGED


def module(revision_id: str) -> Any:
    """The migration that wrote the functions before."""
    return context.script.get_revision(revision_id).module
