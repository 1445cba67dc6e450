"""Shelf: batches with what is left of them, loans with a day to come back, write-offs by two people, closed days and
baskets.

What is on the shelf now is counted to the newest batches, what went out before to the first one; what is lent gets a
fortnight from the day it was lent.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0014_shelf"
down_revision = "0013_sharing"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("store_batch_use", "store_loan", "store_write_off", "store_closed_day", "store_basket_line")
COLUMNS = {
    "store_delivery": (
        "pieces_left INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_store_delivery_pieces_left CHECK (pieces_left >= 0)",
        "names_donor BOOLEAN NOT NULL DEFAULT FALSE",
    ),
    "store_order": ("is_extended BOOLEAN NOT NULL DEFAULT FALSE",),
    "store_product": ("lend_days INTEGER NOT NULL DEFAULT 14",),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.create_index("ix_store_delivery_product_id_best_before", "store_delivery", ["product_id", "best_before"])
    create_batch_use()
    create_loan()
    create_write_off()
    op.create_table(
        "store_closed_day",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        *business_columns("store_closed_day"),
        sa.UniqueConstraint("community_id", "on", name="uq_store_closed_day_community_id_on"),
    )
    op.create_table(
        "store_basket_line",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        *business_columns("store_basket_line"),
        key("store_basket_line", "person_id", "person"),
        key("store_basket_line", "product_id", "store_product"),
        sa.UniqueConstraint("person_id", "product_id", name="uq_store_basket_line_person_id_product_id"),
        sa.CheckConstraint("pieces > 0", name="ck_store_basket_line_pieces"),
    )
    for table in TABLES:
        op.create_index(f"ix_{table}_community_id", table, ["community_id"])
    carry_over(op.get_bind())


def create_batch_use() -> None:
    op.create_table(
        "store_batch_use",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("guest_line_id", sa.Integer(), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        *business_columns("store_batch_use"),
        key("store_batch_use", "delivery_id", "store_delivery"),
        key("store_batch_use", "line_id", "store_order_line"),
        key("store_batch_use", "guest_line_id", "store_guest_line"),
        sa.CheckConstraint("(line_id IS NULL) <> (guest_line_id IS NULL)", name="ck_store_batch_use_one_line"),
        sa.CheckConstraint("pieces > 0 AND returned >= 0 AND returned <= pieces", name="ck_store_batch_use_pieces"),
    )
    op.create_index("ix_store_batch_use_line_id", "store_batch_use", ["line_id"])


def create_loan() -> None:
    op.create_table(
        "store_loan",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("note", sa.String(length=60), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        *business_columns("store_loan"),
        key("store_loan", "line_id", "store_order_line"),
        key("store_loan", "product_id", "store_product"),
        key("store_loan", "person_id", "person"),
        key("store_loan", "taken_by_id", "person"),
        sa.UniqueConstraint("line_id", name="uq_store_loan_line_id"),
        sa.CheckConstraint("(state = 'out') = (closed_at IS NULL)", name="ck_store_loan_closed"),
    )
    op.create_index("ix_store_loan_state_due_on", "store_loan", ["community_id", "state", "due_on"])


def create_write_off() -> None:
    op.create_table(
        "store_write_off",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("set_aside_at", MOMENT, nullable=False),
        sa.Column("set_aside_by_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("txn_id", sa.Integer(), nullable=True),
        *business_columns("store_write_off"),
        key("store_write_off", "product_id", "store_product"),
        key("store_write_off", "delivery_id", "store_delivery"),
        key("store_write_off", "set_aside_by_id", "person"),
        key("store_write_off", "checked_by_id", "person"),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> set_aside_by_id", name="ck_store_write_off_two_people"
        ),
        sa.CheckConstraint("(state = 'booked') = (txn_id IS NOT NULL)", name="ck_store_write_off_booked"),
        sa.CheckConstraint("(state = 'waiting') = (checked_by_id IS NULL)", name="ck_store_write_off_checked"),
        sa.CheckConstraint("pieces > 0", name="ck_store_write_off_pieces"),
    )


def business_columns(table: str) -> list[sa.schema.SchemaItem]:
    """Id, community, and the key that children point at."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=f"fk_{table}_community_id_community"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("community_id", "id", name=f"uq_{table}_community_id_id"),
    ]


def key(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    """A foreign key that can't leave the community."""
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{parent}.community_id", f"{parent}.id"],
        name=f"fk_{table}_community_id_{column}_{parent}",
    )


def carry_over(connection: sa.Connection) -> None:
    """Gives the books so far their batches and loans."""
    shelf = connection.execute(
        sa.text(
            "SELECT p.id AS product_id, SUM(a.posted) AS pieces FROM ledger_account a JOIN store_product p"
            " ON p.community_id = a.community_id AND a.unit = 'sku:' || p.code"
            " WHERE a.owner = 'store:main' AND a.kind IN ('on_hand', 'on_hold') GROUP BY p.id"
        )
    ).all()
    for product_id, pieces in shelf:
        keep_in_newest(connection, product_id, int(pieces))
    for line in connection.execute(sa.text(WENT_OUT)).all():
        values = {"c": line.community_id, "line": line.line_id, "n": line.pieces, "d": line.delivery_id}
        connection.execute(
            sa.text(
                "INSERT INTO store_batch_use (community_id, delivery_id, line_id, pieces, returned)"
                " VALUES (:c, :d, :line, :n, 0)"
            ),
            values,
        )
    lend(connection)


WENT_OUT = """SELECT l.community_id, l.id AS line_id, l.quantity - l.returned AS pieces,
  (SELECT MIN(d.id) FROM store_delivery d WHERE d.product_id = l.product_id) AS delivery_id
  FROM store_order_line l JOIN store_order o ON o.id = l.order_id
  WHERE o.state = 'picked_up' AND l.stock_line IS NOT NULL AND l.quantity > l.returned"""


def keep_in_newest(connection: sa.Connection, product_id: int, pieces: int) -> None:
    """Counts the pieces on the shelf to the newest batches; what none of them had (found at a count) to the newest."""
    batches = connection.execute(
        sa.text("SELECT id, pieces FROM store_delivery WHERE product_id = :p ORDER BY id DESC"), {"p": product_id}
    ).all()
    set_left = sa.text("UPDATE store_delivery SET pieces_left = pieces_left + :n WHERE id = :id")
    for batch_id, came in batches:
        part = min(pieces, came)
        connection.execute(set_left, {"n": part, "id": batch_id})
        pieces -= part
    if pieces and batches:
        connection.execute(set_left, {"n": pieces, "id": batches[0].id})


def lend(connection: sa.Connection) -> None:
    """Rows for what is lent."""
    statement = sa.text(
        "SELECT l.id, l.community_id, l.product_id, l.quantity - l.returned AS pieces, o.person_id, o.closed_at"
        " FROM store_order_line l JOIN store_order o ON o.id = l.order_id JOIN store_product p ON p.id = l.product_id"
        " WHERE o.state = 'picked_up' AND p.kind = 'lending' AND l.quantity > l.returned"
    ).columns(closed_at=MOMENT)
    loan = sa.table(
        "store_loan",
        *[
            sa.column(name)
            for name in ("line_id", "community_id", "product_id", "pieces", "person_id", "note", "state")
        ],
        sa.column("lent_on", sa.Date()),
        sa.column("due_on", sa.Date()),
        sa.column("is_extended", sa.Boolean()),
    )
    for line in connection.execute(statement).all():
        lent_on = line.closed_at.date()
        values = {"line_id": line.id, "community_id": line.community_id, "product_id": line.product_id}
        values |= {"pieces": line.pieces, "person_id": line.person_id, "note": "", "state": "out"}
        values |= {"lent_on": lent_on, "due_on": lent_on + timedelta(days=14), "is_extended": False}
        connection.execute(sa.insert(loan).values(values))


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_store_delivery_product_id_best_before", table_name="store_delivery")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.split()[0])
