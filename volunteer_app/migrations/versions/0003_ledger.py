"""Ledger: tables, and triggers that keep written rows as they are on both databases."""

import sqlalchemy as sa
from alembic import op

revision = "0003_ledger"
down_revision = "0002_calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=True),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("least IS NULL OR posted >= least", name=op.f("ck_ledger_account_least")),
        sa.CheckConstraint("most IS NULL OR posted <= most", name=op.f("ck_ledger_account_most")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_account_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("community_id", "id", "unit", name=op.f("uq_ledger_account_community_id_id_unit")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_account_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "owner", "kind", "unit", name=op.f("uq_ledger_account_community_id_owner_kind_unit")
        ),
    )
    op.create_index(op.f("ix_ledger_account_community_id"), "ledger_account", ["community_id"], unique=False)
    op.create_table(
        "ledger_chain",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_chain_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_ledger_chain")),
    )
    op.create_table(
        "ledger_txn",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("checker_id", sa.Integer(), nullable=True),
        sa.Column("reverses_seq", sa.BigInteger(), nullable=True),
        sa.Column("continues_seq", sa.BigInteger(), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("checker_id IS NULL OR checker_id <> actor_id", name=op.f("ck_ledger_txn_two_people")),
        sa.ForeignKeyConstraint(
            ["community_id", "continues_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_txn_community_id_continues_seq_ledger_txn"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "reverses_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_txn_community_id_reverses_seq_ledger_txn"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_txn_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_txn")),
        sa.UniqueConstraint("community_id", "cause", name=op.f("uq_ledger_txn_community_id_cause")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_txn_community_id_id")),
        sa.UniqueConstraint("community_id", "reverses_seq", name=op.f("uq_ledger_txn_community_id_reverses_seq")),
        sa.UniqueConstraint("community_id", "seq", name=op.f("uq_ledger_txn_community_id_seq")),
    )
    op.create_index(op.f("ix_ledger_txn_community_id"), "ledger_txn", ["community_id"], unique=False)
    op.create_index("ix_ledger_txn_continues_seq", "ledger_txn", ["community_id", "continues_seq"], unique=False)
    op.create_index("ix_ledger_txn_recorded_at", "ledger_txn", ["community_id", "recorded_at"], unique=False)
    op.create_table(
        "ledger_hold",
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_seq", sa.BigInteger(), nullable=False),
        sa.Column("closed_seq", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (closed_seq IS NULL)", name=op.f("ck_ledger_hold_closed")),
        sa.ForeignKeyConstraint(
            ["community_id", "closed_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_hold_community_id_closed_seq_ledger_txn"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "opened_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_hold_community_id_opened_seq_ledger_txn"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_hold_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_hold")),
        sa.UniqueConstraint("community_id", "cause", name=op.f("uq_ledger_hold_community_id_cause")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_hold_community_id_id")),
    )
    op.create_index(op.f("ix_ledger_hold_community_id"), "ledger_hold", ["community_id"], unique=False)
    op.create_index(
        "ix_ledger_hold_state_expires_at", "ledger_hold", ["community_id", "state", "expires_at"], unique=False
    )
    op.create_table(
        "ledger_lot",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("origin_seq", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("remaining >= 0 AND remaining <= amount", name=op.f("ck_ledger_lot_remaining")),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["ledger_account.community_id", "ledger_account.id"],
            name=op.f("fk_ledger_lot_community_id_account_id_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "origin_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_lot_community_id_origin_seq_ledger_txn"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_lot_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lot")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_lot_community_id_id")),
    )
    op.create_index("ix_ledger_lot_account_id_expires_at", "ledger_lot", ["account_id", "expires_at"], unique=False)
    op.create_index(op.f("ix_ledger_lot_community_id"), "ledger_lot", ["community_id"], unique=False)
    op.create_table(
        "ledger_posting",
        sa.Column("txn_seq", sa.BigInteger(), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance_after", sa.BigInteger(), nullable=True),
        sa.Column("account_version", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_posting_amount")),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id", "unit"],
            ["ledger_account.community_id", "ledger_account.id", "ledger_account.unit"],
            name=op.f("fk_ledger_posting_community_id_account_id_unit_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "txn_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_posting_community_id_txn_seq_ledger_txn"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_posting_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
        sa.UniqueConstraint("account_id", "account_version", name=op.f("uq_ledger_posting_account_id_account_version")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_posting_community_id_id")),
        sa.UniqueConstraint("community_id", "txn_seq", "leg", name=op.f("uq_ledger_posting_community_id_txn_seq_leg")),
    )
    op.create_index("ix_ledger_posting_account_id_txn_seq", "ledger_posting", ["account_id", "txn_seq"], unique=False)
    op.create_index(op.f("ix_ledger_posting_community_id"), "ledger_posting", ["community_id"], unique=False)
    op.create_table(
        "ledger_hold_line",
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("collected", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND collected >= 0 AND collected <= amount AND refunded >= 0 AND refunded <= collected",
            name=op.f("ck_ledger_hold_line_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "from_id", "unit"],
            ["ledger_account.community_id", "ledger_account.id", "ledger_account.unit"],
            name=op.f("fk_ledger_hold_line_community_id_from_id_unit_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "hold_id"],
            ["ledger_hold.community_id", "ledger_hold.id"],
            name=op.f("fk_ledger_hold_line_community_id_hold_id_ledger_hold"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "kept_id", "unit"],
            ["ledger_account.community_id", "ledger_account.id", "ledger_account.unit"],
            name=op.f("fk_ledger_hold_line_community_id_kept_id_unit_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "to_id", "unit"],
            ["ledger_account.community_id", "ledger_account.id", "ledger_account.unit"],
            name=op.f("fk_ledger_hold_line_community_id_to_id_unit_ledger_account"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_hold_line_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_hold_line")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_hold_line_community_id_id")),
        sa.UniqueConstraint("hold_id", "line", name=op.f("uq_ledger_hold_line_hold_id_line")),
    )
    op.create_index(op.f("ix_ledger_hold_line_community_id"), "ledger_hold_line", ["community_id"], unique=False)
    op.create_index("ix_ledger_hold_line_from_id", "ledger_hold_line", ["from_id"], unique=False)
    op.create_table(
        "ledger_lot_use",
        sa.Column("txn_seq", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_lot_use_amount")),
        sa.ForeignKeyConstraint(
            ["community_id", "lot_id"],
            ["ledger_lot.community_id", "ledger_lot.id"],
            name=op.f("fk_ledger_lot_use_community_id_lot_id_ledger_lot"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "txn_seq"],
            ["ledger_txn.community_id", "ledger_txn.seq"],
            name=op.f("fk_ledger_lot_use_community_id_txn_seq_ledger_txn"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ledger_lot_use_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lot_use")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_lot_use_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "txn_seq", "lot_id", name=op.f("uq_ledger_lot_use_community_id_txn_seq_lot_id")
        ),
    )
    op.create_index(op.f("ix_ledger_lot_use_community_id"), "ledger_lot_use", ["community_id"], unique=False)
    op.create_index("ix_ledger_lot_use_lot_id", "ledger_lot_use", ["lot_id"], unique=False)
    guard()


def downgrade() -> None:
    unguard()
    op.drop_index("ix_ledger_lot_use_lot_id", table_name="ledger_lot_use")
    op.drop_index(op.f("ix_ledger_lot_use_community_id"), table_name="ledger_lot_use")
    op.drop_table("ledger_lot_use")
    op.drop_index("ix_ledger_hold_line_from_id", table_name="ledger_hold_line")
    op.drop_index(op.f("ix_ledger_hold_line_community_id"), table_name="ledger_hold_line")
    op.drop_table("ledger_hold_line")
    op.drop_index(op.f("ix_ledger_posting_community_id"), table_name="ledger_posting")
    op.drop_index("ix_ledger_posting_account_id_txn_seq", table_name="ledger_posting")
    op.drop_table("ledger_posting")
    op.drop_index(op.f("ix_ledger_lot_community_id"), table_name="ledger_lot")
    op.drop_index("ix_ledger_lot_account_id_expires_at", table_name="ledger_lot")
    op.drop_table("ledger_lot")
    op.drop_index("ix_ledger_hold_state_expires_at", table_name="ledger_hold")
    op.drop_index(op.f("ix_ledger_hold_community_id"), table_name="ledger_hold")
    op.drop_table("ledger_hold")
    op.drop_index("ix_ledger_txn_recorded_at", table_name="ledger_txn")
    op.drop_index("ix_ledger_txn_continues_seq", table_name="ledger_txn")
    op.drop_index(op.f("ix_ledger_txn_community_id"), table_name="ledger_txn")
    op.drop_table("ledger_txn")
    op.drop_table("ledger_chain")
    op.drop_index(op.f("ix_ledger_account_community_id"), table_name="ledger_account")
    op.drop_table("ledger_account")


APPEND_ONLY = ("ledger_txn", "ledger_posting", "ledger_lot_use", "audit_event")
KEPT = ("ledger_account", "ledger_lot", "ledger_hold", "ledger_hold_line", "ledger_chain")
FROZEN = {
    "ledger_account": ("id", "community_id", "owner", "kind", "unit", "least", "most"),
    "ledger_lot": ("id", "community_id", "account_id", "origin_seq", "amount", "expires_at"),
    "ledger_hold": ("id", "community_id", "cause", "expires_at", "opened_seq"),
    "ledger_hold_line": ("id", "community_id", "hold_id", "line", "unit", "from_id", "kept_id", "to_id", "amount"),
    "ledger_chain": ("community_id",),
}
ALLOWED_CHANGES = {
    "ledger_account": "(NEW.posted = OLD.posted AND NEW.version = OLD.version) OR NEW.version = OLD.version + 1",
    "ledger_lot": "NEW.remaining >= 0",
    "ledger_hold": "OLD.state = 'open' AND NEW.state <> 'open'",
    "ledger_hold_line": "NEW.collected >= OLD.collected AND NEW.refunded >= OLD.refunded",
    "ledger_chain": "NEW.seq = OLD.seq + 1",
}
"""What may change in rows that do change: everything else of them stays as it was written."""

SEALED = "EXISTS (SELECT 1 FROM ledger_txn t WHERE t.community_id = NEW.community_id AND t.seq = NEW.{seq})"
LAST = "FROM ledger_txn t WHERE t.community_id = NEW.community_id ORDER BY t.seq DESC LIMIT 1"
LEGS = "FROM ledger_posting p WHERE p.community_id = NEW.community_id AND p.txn_seq = NEW.seq"
INSERTS = {
    # a sealed transaction takes no further leg; the last two keep INSERT OR REPLACE from deleting a row unseen
    "ledger_posting": {
        "sealed": SEALED.format(seq="txn_seq"),
        "replaced": "EXISTS (SELECT 1 FROM ledger_posting p WHERE p.id = NEW.id)",
        "version replaced": "EXISTS (SELECT 1 FROM ledger_posting p WHERE p.account_id = NEW.account_id"
        " AND p.account_version = NEW.account_version)",
    },
    "ledger_lot_use": {
        "sealed": SEALED.format(seq="txn_seq"),
        "replaced": "EXISTS (SELECT 1 FROM ledger_lot_use u WHERE u.id = NEW.id)",
    },
    "ledger_lot": {
        "sealed": SEALED.format(seq="origin_seq"),
        "replaced": "EXISTS (SELECT 1 FROM ledger_lot l WHERE l.id = NEW.id)",
    },
    "ledger_txn": {
        "replaced": "EXISTS (SELECT 1 FROM ledger_txn t WHERE t.id = NEW.id"
        " OR (t.community_id = NEW.community_id AND t.cause = NEW.cause))",
        "not the next of its chain": f"NEW.seq <> COALESCE((SELECT t.seq {LAST}), 0) + 1",
        "not linked to the one before": f"NEW.prev_hash <> COALESCE((SELECT t.hash {LAST}), '{'0' * 64}')",
        "earlier than the one before": f"NEW.recorded_at < (SELECT t.recorded_at {LAST})",
        "of fewer than two legs": f"(SELECT COUNT(*) {LEGS}) < 2",
        "not balanced": f"EXISTS (SELECT 1 {LEGS} GROUP BY p.unit HAVING SUM(p.amount) <> 0)",
    },
}
"""Conditions under which the database refuses a new row, by the words of the refusal."""


def guard() -> None:
    """Triggers that refuse what the ledger never does, so that no client of the database can do it by mistake."""
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def guard_sqlite() -> None:
    for table in APPEND_ONLY + KEPT:
        verbs = ("UPDATE", "DELETE") if table in APPEND_ONLY else ("DELETE",)
        for verb in verbs:
            refuse_sqlite(table, verb, f"{verb.lower()}d", "1", f"{table} is append-only")
    for table, columns in FROZEN.items():
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        refuse_sqlite(table, "UPDATE", "frozen", changed, f"{table}: these columns never change")
        refuse_sqlite(table, "UPDATE", "order", f"NOT ({ALLOWED_CHANGES[table]})", f"{table}: not in this order")
    for table, conditions in INSERTS.items():
        for number, (words, condition) in enumerate(conditions.items()):
            refuse_sqlite(table, "INSERT", f"insert_{number}", condition, f"{table}: {words}")


def refuse_sqlite(table: str, verb: str, name: str, condition: str, words: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def guard_postgresql() -> None:
    for table in APPEND_ONLY + KEPT:
        verbs = "UPDATE OR DELETE" if table in APPEND_ONLY else "DELETE"
        function_postgresql(f"{table}_kept", {f"{table} is append-only": "true"})
        op.execute(trigger(table, f"BEFORE {verbs}", "ROW", f"{table}_kept"))
        op.execute(trigger(table, "BEFORE TRUNCATE", "STATEMENT", f"{table}_kept"))
    for table, columns in FROZEN.items():
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
        refusals = {
            f"{table}: these columns never change": changed,
            f"{table}: not in this order": f"NOT ({ALLOWED_CHANGES[table]})",
        }
        function_postgresql(f"{table}_changed", refusals)
        op.execute(trigger(table, "BEFORE UPDATE", "ROW", f"{table}_changed"))
    for table, conditions in INSERTS.items():
        refusals = {f"{table}: {words}": condition for words, condition in conditions.items()}
        function_postgresql(f"{table}_added", refusals)
        op.execute(trigger(table, "BEFORE INSERT", "ROW", f"{table}_added"))


def function_postgresql(name: str, refusals: dict[str, str]) -> None:
    checks = "".join(
        f" IF {condition} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for words, condition in refusals.items()
    )
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN{checks} RETURN NEW; END $$")


def trigger(table: str, moment: str, each: str, function: str) -> str:
    name = f"{function}_{each.lower()}"
    return f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"


def unguard() -> None:
    """Takes the triggers off again; those of dropped tables go with them."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY + KEPT:
            op.execute(f"DROP FUNCTION {table}_kept() CASCADE")
        for table in FROZEN:
            op.execute(f"DROP FUNCTION {table}_changed() CASCADE")
        for table in INSERTS:
            op.execute(f"DROP FUNCTION {table}_added() CASCADE")
        return
    for verb in ("updated", "deleted"):
        op.execute(f"DROP TRIGGER audit_event_{verb}")
