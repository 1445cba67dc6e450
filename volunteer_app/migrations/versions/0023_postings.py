"""Ledger: postings without a number of their own, and on PostgreSQL laws that are asked by triggers alone.

A posting is known by its transaction and its leg; its own number and the key on its account's version said nothing
that the chain and the checks of the books don't say, and cost two of four index entries. PostgreSQL reads the text of
a CHECK anew for each statement (80 of 380 µs a posting), and a key to an account locks a row that is locked or never
changes: the triggers that run anyway ask the same there. SQLite keeps its CHECKs and keys, where they cost nothing.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0023_postings"
down_revision = "0022_legs"
branch_labels = None
depends_on = None

COLUMNS = "community_id, txn_seq, leg, account_id, unit, amount, balance_after, account_version"
TO_TXN = (
    "CONSTRAINT fk_ledger_posting_community_id_txn_seq_ledger_txn FOREIGN KEY(community_id, txn_seq)"
    " REFERENCES ledger_txn (community_id, seq) DEFERRABLE INITIALLY DEFERRED"
)
TO_ACCOUNT = (
    "CONSTRAINT fk_ledger_posting_community_id_account_id_unit_ledger_account FOREIGN KEY(community_id, account_id,"
    " unit) REFERENCES ledger_account (community_id, id, unit)"
)
AMOUNT = "CONSTRAINT ck_ledger_posting_amount CHECK (amount <> 0)"
LEGS_ONCE = "CONSTRAINT {}_ledger_posting{} (community_id, txn_seq, leg)"
BY_TXN_AND_LEG = LEGS_ONCE.format("pk", " PRIMARY KEY")
ON_POSTGRESQL = f"""CREATE TABLE made_anew (
  amount bigint NOT NULL, balance_after bigint, community_id integer NOT NULL, txn_seq integer NOT NULL,
  account_id integer NOT NULL, account_version integer, leg smallint NOT NULL, unit varchar(32) NOT NULL,
  {BY_TXN_AND_LEG}, {TO_TXN})"""
ON_SQLITE = f"""CREATE TABLE made_anew (
  community_id INTEGER NOT NULL, txn_seq INTEGER NOT NULL, leg SMALLINT NOT NULL, account_id INTEGER NOT NULL,
  unit VARCHAR(32) NOT NULL, amount BIGINT NOT NULL, balance_after BIGINT, account_version INTEGER,
  {BY_TXN_AND_LEG}, {TO_TXN}, {TO_ACCOUNT}, {AMOUNT})"""
OLDER_TABLE = (
    "txn_seq BIGINT NOT NULL",
    "leg INTEGER NOT NULL",
    "account_id INTEGER NOT NULL",
    "unit VARCHAR(32) NOT NULL",
    "amount BIGINT NOT NULL",
    "balance_after BIGINT",
    "account_version BIGINT",
    "id {number} NOT NULL",
    "community_id INTEGER NOT NULL",
    AMOUNT,
    TO_ACCOUNT,
    TO_TXN,
    "CONSTRAINT pk_ledger_posting PRIMARY KEY (id)",
    "CONSTRAINT uq_ledger_posting_account_id_account_version UNIQUE (account_id, account_version)",
    LEGS_ONCE.format("uq", "_community_id_txn_seq_leg UNIQUE"),
)
BY_ACCOUNT = "CREATE INDEX ix_ledger_posting_account_id_txn_seq ON ledger_posting (account_id, txn_seq)"
SPARE_TRIGGERS = {
    "ledger_posting_insert_1": ("replaced", "p.id = NEW.id"),
    "ledger_posting_insert_2": (
        "version replaced",
        "p.account_id = NEW.account_id AND p.account_version = NEW.account_version",
    ),
}
"""SQLite's, which kept INSERT OR REPLACE from keys that are gone; the one that is left is asked for with the seal."""

POSTING_ADDED = """
CREATE OR REPLACE FUNCTION ledger_posting_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount = 0 THEN CALL ledger_refuse('ledger_posting: of nothing'); END IF;
  IF EXISTS (SELECT 1 FROM ledger_txn t WHERE t.community_id = NEW.community_id AND t.seq = NEW.txn_seq) THEN
    CALL ledger_refuse('ledger_posting: sealed'); END IF;
  IF NOT EXISTS (SELECT 1 FROM ledger_account a
    WHERE a.id = NEW.account_id AND a.community_id = NEW.community_id AND a.unit = NEW.unit) THEN
    CALL ledger_refuse('ledger_posting: no such account'); END IF;
  RETURN NEW;
END $$
"""
BEYOND = (
    "IF NEW.posted < NEW.least OR NEW.posted > NEW.most THEN CALL ledger_refuse('ledger_account: beyond its limit');"
    " END IF;"
)
ACCOUNT_CHANGED = f"""
CREATE OR REPLACE FUNCTION ledger_account_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> OLD.version + 1 AND (NEW.version, NEW.posted, NEW.earned, NEW.spent, NEW.expired)
    <> (OLD.version, OLD.posted, OLD.earned, OLD.spent, OLD.expired) THEN
    CALL ledger_refuse('ledger_account: sums move with a posting, not in this order'); END IF;
  {BEYOND}
  RETURN NEW;
END $$
"""
ACCOUNT_ADDED = f"""
CREATE FUNCTION ledger_account_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {BEYOND} RETURN NEW; END $$
"""
ONE_PERSON = """  IF NEW.checker_id = NEW.actor_id THEN
    CALL ledger_refuse('ledger_txn: needs a second person, not its maker'); END IF;
"""
CHECKS = {
    ("ledger_account", "least"): "least IS NULL OR posted >= least",
    ("ledger_account", "most"): "most IS NULL OR posted <= most",
    ("ledger_txn", "two_people"): "checker_id IS NULL OR checker_id <> actor_id",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        rebuild_on_sqlite(ON_SQLITE, COLUMNS, upwards=True)
        return
    rebuild_on_postgresql(ON_POSTGRESQL)
    for table, name in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
    for statement in (POSTING_ADDED, ACCOUNT_CHANGED, ACCOUNT_ADDED, txn_added(asks_for_two=True)):
        op.execute(statement)
    created = module("0016_ledger_posting").CREATED
    op.execute(
        created.format(
            name="ledger_account_added_row", event="INSERT", table="ledger_account", function="ledger_account_added()"
        )
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        older = f"CREATE TABLE made_anew (\n{older_table('INTEGER')}\n)"
        rebuild_on_sqlite(older, f"{COLUMNS}, rowid", upwards=False)
        return
    rebuild_on_postgresql(f"CREATE TABLE made_anew ({older_table('SERIAL')})")
    for (table, name), condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    before = module("0016_ledger_posting")
    condition, words = before.ORDER["ledger_account"]
    op.execute("DROP FUNCTION ledger_account_added() CASCADE")
    for statement in (
        before.PART_ADDED.format(table="ledger_posting", seq="txn_seq"),
        before.CHANGED.format(table="ledger_account", condition=condition, words=words),
        txn_added(asks_for_two=False),
    ):
        op.execute(statement)


def older_table(number: str) -> str:
    return ", \n".join(OLDER_TABLE).format(number=number)


def txn_added(*, asks_for_two: bool) -> str:
    """The checks of a new transaction, with or without that of the CHECK that goes."""
    before = module("0021_fingerprints").TXN_ADDED.format(two_people=module("0016_ledger_posting").TWO_PEOPLE)
    return str(before.replace("BEGIN\n", f"BEGIN\n{ONE_PERSON}", 1) if asks_for_two else before)


def module(revision_id: str) -> Any:
    """The migration that wrote the functions before."""
    return context.script.get_revision(revision_id).module


def rebuild_on_postgresql(made_anew: str) -> None:
    """The table anew with what refuses changes of it; env.py puts up the walls of communities again."""
    created = module("0016_ledger_posting").CREATED
    op.execute("ALTER TABLE ledger_posting DROP CONSTRAINT pk_ledger_posting")
    op.execute(made_anew)
    op.execute(f"INSERT INTO made_anew ({COLUMNS}) SELECT {COLUMNS} FROM ledger_posting ORDER BY txn_seq, leg")
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute("DROP TABLE ledger_posting")
    op.execute("ALTER TABLE made_anew RENAME TO ledger_posting")
    op.execute("ALTER SEQUENCE IF EXISTS made_anew_id_seq RENAME TO ledger_posting_id_seq")
    op.execute(BY_ACCOUNT)
    for name, event in (("kept", "UPDATE OR DELETE"), ("added", "INSERT")):
        function = f"ledger_posting_{name}"
        op.execute(
            created.format(name=f"{function}_row", event=event, table="ledger_posting", function=f"{function}()")
        )
    op.execute(
        "CREATE TRIGGER ledger_posting_kept_statement BEFORE TRUNCATE ON ledger_posting"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_kept()"
    )


def rebuild_on_sqlite(made_anew: str, of_old: str, *, upwards: bool) -> None:
    """Every trigger goes for the while and comes back word for word, but for those of keys that go."""
    told = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql IS NOT NULL"
    triggers = {row.name: row.sql for row in op.get_bind().execute(sa.text(told))}
    for name in triggers:
        op.execute(f"DROP TRIGGER {name}")
    op.execute(made_anew)
    into = COLUMNS if upwards else f"{COLUMNS}, id"
    op.execute(f"INSERT INTO made_anew ({into}) SELECT {of_old} FROM ledger_posting ORDER BY txn_seq, leg")
    op.execute("DROP TABLE ledger_posting")
    op.execute("ALTER TABLE made_anew RENAME TO ledger_posting")
    op.execute(BY_ACCOUNT)
    for name, statement in triggers.items():
        if name not in SPARE_TRIGGERS:
            op.execute(sa.text(statement.replace(":", "\\:")))
    for name, (words, condition) in () if upwards else SPARE_TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON ledger_posting WHEN EXISTS (SELECT 1 FROM ledger_posting p"
            f" WHERE {condition}) BEGIN SELECT RAISE(ABORT, 'ledger_posting\\: {words}'); END"
        )
