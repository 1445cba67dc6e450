"""Ledger: closed periods, acts that need two people, and an account's own sums of what was earned, spent and expired.

A month that has been closed takes no further transaction until two people open it again; some kinds of transaction
exist only with a second person's name. Both are refused by the database itself. The sums stand beside the balance, so
that reading them doesn't grow with the number of postings; those of the books so far are added up here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_ledger_laws"
down_revision = "0008_jobs"
branch_labels = None
depends_on = None

TWO_PEOPLE = ("adjust", "reinstate", "stock_count", "write_off")
SUMS = {
    "earned": "CASE WHEN t.kind IN ('issue', 'reverse') THEN p.amount ELSE 0 END",
    "spent": "CASE WHEN t.kind IN ('collect', 'refund') THEN -p.amount ELSE 0 END",
    "expired": "CASE WHEN t.kind = 'expire' THEN -p.amount ELSE 0 END",
}
LAWS = {
    "needs a second person": "NEW.kind IN (" + ", ".join(f"'{kind}'" for kind in TWO_PEOPLE) + ")"
    " AND (NEW.actor_id IS NULL OR NEW.checker_id IS NULL OR NEW.actor_id = NEW.checker_id)",
    "in a closed period": "EXISTS (SELECT 1 FROM ledger_period p WHERE p.community_id = NEW.community_id"
    " AND p.reopened_at IS NULL AND p.starts_at <= NEW.recorded_at AND p.ends_at > NEW.recorded_at)",
}
FROZEN = {
    "ledger_period": (
        ("id", "community_id", "starts_at", "ends_at", "closed_at", "closed_by_id", "last_seq", "last_hash"),
        "OLD.reopened_at IS NULL AND NEW.reopened_at IS NOT NULL",
    ),
    "ledger_proposal": (
        ("id", "community_id", "kind", "asked", "reason", "proposed_at", "proposed_by_id"),
        "OLD.state = 'waiting' AND NEW.state <> 'waiting'",
    ),
}
"""Columns that never change, and the one change that the row allows."""


def upgrade() -> None:
    for name, amount in SUMS.items():
        op.add_column("ledger_account", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        op.execute(
            f"UPDATE ledger_account SET {name} = (SELECT COALESCE(SUM({amount}), 0) FROM ledger_posting p"
            " JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.txn_seq"
            " WHERE p.account_id = ledger_account.id)"
            " WHERE kind IN ('points', 'held', 'debt')"
        )
    create_period()
    create_proposal()
    guard()


def create_period() -> None:
    op.create_table(
        "ledger_period",
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("reopened_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_ledger_period_span")),
        sa.CheckConstraint(
            "(reopened_at IS NULL AND asked_by_id IS NULL AND reopened_by_id IS NULL)"
            " OR (reopened_at IS NOT NULL AND asked_by_id IS NOT NULL AND reopened_by_id IS NOT NULL"
            " AND asked_by_id <> reopened_by_id)",
            name=op.f("ck_ledger_period_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_period_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_period")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_period_community_id_id")),
    )
    op.create_index(op.f("ix_ledger_period_community_id"), "ledger_period", ["community_id"], unique=False)
    op.create_index(
        "ix_ledger_period_closed",
        "ledger_period",
        ["community_id", "starts_at"],
        unique=True,
        postgresql_where=sa.text("reopened_at IS NULL"),
        sqlite_where=sa.text("reopened_at IS NULL"),
    )


def create_proposal() -> None:
    op.create_table(
        "ledger_proposal",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("txn_seq", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL) AND (state = 'waiting') = (decided_by_id IS NULL)",
            name=op.f("ck_ledger_proposal_decided"),
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR decided_by_id <> proposed_by_id", name=op.f("ck_ledger_proposal_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "txn_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_proposal_community_id_txn_seq_ledger_txn"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_proposal_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_proposal")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_proposal_community_id_id")),
    )
    op.create_index(op.f("ix_ledger_proposal_community_id"), "ledger_proposal", ["community_id"], unique=False)
    op.create_index("ix_ledger_proposal_state", "ledger_proposal", ["community_id", "state"], unique=False)


def guard() -> None:
    refuse("ledger_txn", "INSERT", "laws", LAWS)
    moved = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in SUMS)
    refuse("ledger_account", "UPDATE", "sums", {"sums move with a posting": f"NEW.version = OLD.version AND ({moved})"})
    for table, (columns, change) in FROZEN.items():
        refuse(table, "DELETE", "kept", {"is append-only": "1 = 1"})
        differ = "IS DISTINCT FROM" if on_postgresql() else "IS NOT"
        changed = " OR ".join(f"NEW.{column} {differ} OLD.{column}" for column in columns)
        refuse(
            table, "UPDATE", "changed", {"these columns never change": changed, "not in this order": f"NOT ({change})"}
        )
        if on_postgresql():
            op.execute(
                f"CREATE TRIGGER {table}_kept_statement BEFORE TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept()"
            )


def refuse(table: str, verb: str, name: str, refusals: dict[str, str]) -> None:
    """Triggers on `table` that refuse rows under the conditions, with the words."""
    if not on_postgresql():
        for number, (words, condition) in enumerate(refusals.items()):
            op.execute(
                f"CREATE TRIGGER {table}_{name}_{number} BEFORE {verb} ON {table} WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{table}: {words}'); END"
            )
        return
    checks = "".join(
        f" IF {condition} THEN RAISE EXCEPTION '{table}: {words}' USING ERRCODE = 'integrity_constraint_violation';"
        " END IF;"
        for words, condition in refusals.items()
    )
    function = f"{table}_{name}"
    op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN{checks} RETURN NEW; END $$")
    op.execute(f"CREATE TRIGGER {function}_row BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def downgrade() -> None:
    """Refuses while books hold what the older ones can't say: gifts and corrections."""
    new = ("give", "adjust", "reinstate")
    kinds = ", ".join(f"'{kind}'" for kind in new)
    if op.get_bind().execute(sa.text(f"SELECT COUNT(*) FROM ledger_txn WHERE kind IN ({kinds})")).scalar_one():
        raise RuntimeError("the books hold gifts, adjustments or reinstatements; they can't go back")
    if on_postgresql():
        op.execute("DROP FUNCTION ledger_txn_laws() CASCADE")
        op.execute("DROP FUNCTION ledger_account_sums() CASCADE")
        for table in FROZEN:
            op.execute(f"DROP FUNCTION {table}_kept() CASCADE")
            op.execute(f"DROP FUNCTION {table}_changed() CASCADE")
    else:
        for number in range(len(LAWS)):
            op.execute(f"DROP TRIGGER ledger_txn_laws_{number}")
        op.execute("DROP TRIGGER ledger_account_sums_0")
    op.drop_table("ledger_proposal")
    op.drop_table("ledger_period")
    for name in reversed(SUMS):
        op.drop_column("ledger_account", name)
