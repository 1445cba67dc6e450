"""Partner shops: services as vouchers, their claims settled month by month under two persons."""

import sqlalchemy as sa
from alembic import op

revision = "0011_partners"
down_revision = "0010_credentials"
branch_labels = None
depends_on = None

POINTERS = ("store_product", "store_order")
"""Tables that now may point at a partner shop."""


def upgrade() -> None:
    op.create_table(
        "store_partner",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("open_words", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        *business_columns("store_partner"),
        in_community("store_partner", "person_id", "person"),
        sa.UniqueConstraint("community_id", "name", name="uq_store_partner_community_id_name"),
        sa.UniqueConstraint("person_id", name="uq_store_partner_person_id"),
    )
    op.create_index("ix_store_partner_community_id", "store_partner", ["community_id"])
    op.create_table(
        "store_settlement",
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("vouchers", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by_id", sa.Integer(), nullable=True),
        sa.Column("txn_id", sa.Integer(), nullable=True),
        *business_columns("store_settlement"),
        in_community("store_settlement", "partner_id", "store_partner"),
        in_community("store_settlement", "closed_by_id", "person"),
        in_community("store_settlement", "paid_by_id", "person"),
        sa.UniqueConstraint("partner_id", "month", name="uq_store_settlement_partner_id_month"),
        sa.CheckConstraint("paid_by_id IS NULL OR paid_by_id <> closed_by_id", name="ck_store_settlement_two_people"),
        sa.CheckConstraint("(paid_by_id IS NULL) = (txn_id IS NULL)", name="ck_store_settlement_paid"),
    )
    op.create_index("ix_store_settlement_community_id", "store_settlement", ["community_id"])
    op.add_column("store_rule", sa.Column("voucher_days", sa.Integer(), nullable=False, server_default="30"))
    for table in POINTERS:
        add_pointer(table)


def business_columns(table: str) -> list[sa.schema.SchemaItem]:
    """Id, community, and the key that children point at."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=f"fk_{table}_community_id_community"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("community_id", "id", name=f"uq_{table}_community_id_id"),
    ]


def in_community(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    """A foreign key that can't leave the community."""
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{parent}.community_id", f"{parent}.id"],
        name=f"fk_{table}_community_id_{column}_{parent}",
    )


def add_pointer(table: str) -> None:
    """A nullable `partner_id` of the same community. SQLite can't add a composite key to a table that others point at,
    so there a trigger says the same.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(table, sa.Column("partner_id", sa.Integer(), nullable=True))
        keys = (["community_id", "partner_id"], ["community_id", "id"])
        op.create_foreign_key(f"fk_{table}_community_id_partner_id_store_partner", table, "store_partner", *keys)
        return
    op.execute(f"ALTER TABLE {table} ADD COLUMN partner_id INTEGER REFERENCES store_partner (id)")
    foreign = (
        "NEW.partner_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM store_partner p"
        " WHERE p.id = NEW.partner_id AND p.community_id = NEW.community_id)"
    )
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {table}_partner_{verb.lower()} BEFORE {verb} ON {table} WHEN {foreign}"
            f" BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: {table}.partner_id'); END"
        )


def downgrade() -> None:
    for table in POINTERS:
        if op.get_bind().dialect.name == "postgresql":
            op.drop_constraint(f"fk_{table}_community_id_partner_id_store_partner", table, type_="foreignkey")
        else:
            for verb in ("insert", "update"):
                op.execute(f"DROP TRIGGER {table}_partner_{verb}")
        op.drop_column(table, "partner_id")
    op.drop_column("store_rule", "voucher_days")
    op.drop_table("store_settlement")
    op.drop_table("store_partner")
