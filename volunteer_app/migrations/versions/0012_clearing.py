"""Redeeming in another community: an order's two halves, and what one community owes another for a month."""

import sqlalchemy as sa
from alembic import op

revision = "0012_clearing"
down_revision = "0011_partners"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "store_neighbour",
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        *business_columns("store_neighbour"),
        another("store_neighbour", "other_id"),
        key("store_neighbour", "community_id", "added_by_id", "person"),
        sa.UniqueConstraint("community_id", "other_id", name="uq_store_neighbour_community_id_other_id"),
        sa.CheckConstraint("other_id <> community_id", name="ck_store_neighbour_another"),
    )
    op.create_table(
        "store_away_order",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("goods", sa.Text(), nullable=False),
        *waiting_columns(),
        *business_columns("store_away_order"),
        another("store_away_order", "other_id"),
        key("store_away_order", "community_id", "person_id", "person"),
        key("store_away_order", "community_id", "hold_id", "ledger_hold"),
        sa.CheckConstraint("points > 0", name="ck_store_away_order_points"),
    )
    op.create_index("ix_store_away_order_person_id_made_on", "store_away_order", ["person_id", "made_on"])
    op.create_index("ix_store_away_order_state_expires_at", "store_away_order", ["community_id", "state", "expires_at"])
    op.create_table(
        "store_guest_order",
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("away_id", sa.Integer(), nullable=False),
        sa.Column("guest_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_turn", sa.Integer(), nullable=False),
        sa.Column("handed_by_id", sa.Integer(), nullable=True),
        *waiting_columns(),
        *business_columns("store_guest_order"),
        another("store_guest_order", "home_id"),
        key("store_guest_order", "community_id", "hold_id", "ledger_hold"),
        key("store_guest_order", "community_id", "handed_by_id", "person"),
        key("store_guest_order", "home_id", "away_id", "store_away_order"),
        key("store_guest_order", "home_id", "guest_id", "person"),
        sa.UniqueConstraint("home_id", "away_id", name="uq_store_guest_order_home_id_away_id"),
        sa.CheckConstraint("home_id <> community_id", name="ck_store_guest_order_another"),
    )
    op.create_index("ix_store_guest_order_code_hash", "store_guest_order", ["code_hash"])
    op.create_index("ix_store_guest_order_guest_id", "store_guest_order", ["guest_id"])
    op.create_table(
        "store_guest_line",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("points_each", sa.Integer(), nullable=False),
        *business_columns("store_guest_line"),
        key("store_guest_line", "community_id", "order_id", "store_guest_order"),
        key("store_guest_line", "community_id", "product_id", "store_product"),
        sa.UniqueConstraint("order_id", "product_id", name="uq_store_guest_line_order_id_product_id"),
        sa.CheckConstraint("quantity > 0", name="ck_store_guest_line_quantity"),
    )
    op.create_table(
        "store_clearing",
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("txn_id", sa.Integer(), nullable=True),
        *business_columns("store_clearing"),
        another("store_clearing", "other_id"),
        key("store_clearing", "community_id", "closed_by_id", "person"),
        key("store_clearing", "other_id", "received_by_id", "person"),
        sa.UniqueConstraint("community_id", "other_id", "month", name="uq_store_clearing_community_id_other_id_month"),
        sa.CheckConstraint("other_id <> community_id", name="ck_store_clearing_another"),
        sa.CheckConstraint("(received_by_id IS NULL) = (txn_id IS NULL)", name="ck_store_clearing_received"),
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_community_id", table, ["community_id"])


TABLES = ("store_neighbour", "store_away_order", "store_guest_order", "store_guest_line", "store_clearing")


def business_columns(table: str) -> list[sa.schema.SchemaItem]:
    """Id, community, and the key that children point at."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        another(table, "community_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("community_id", "id", name=f"uq_{table}_community_id_id"),
    ]


def waiting_columns() -> list[sa.schema.SchemaItem]:
    """What both halves of an order have in common."""
    return [
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
    ]


def another(table: str, column: str) -> sa.ForeignKeyConstraint:
    """A foreign key to a community."""
    return sa.ForeignKeyConstraint([column], ["community.id"], name=f"fk_{table}_{column}_community")


def key(table: str, community: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    """A foreign key to a row of the community that `community` names."""
    return sa.ForeignKeyConstraint(
        [community, column],
        [f"{parent}.community_id", f"{parent}.id"],
        name=f"fk_{table}_{community}_{column}_{parent}",
    )


def downgrade() -> None:
    for table in ("store_clearing", "store_guest_line", "store_guest_order", "store_away_order", "store_neighbour"):
        op.drop_table(table)
