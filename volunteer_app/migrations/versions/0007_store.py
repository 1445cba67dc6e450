"""Store: products, prices, orders, deliveries, counts."""

import sqlalchemy as sa
from alembic import op

revision = "0007_store"
down_revision = "0006_attendance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store_opening",
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("month_day", sa.Integer(), nullable=True),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(weekday IS NULL) <> (month_day IS NULL)", name=op.f("ck_store_opening_one_rhythm")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_store_opening_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_opening")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_opening_community_id_id")),
    )
    op.create_index(op.f("ix_store_opening_community_id"), "store_opening", ["community_id"], unique=False)
    op.create_table(
        "store_product",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sign", sa.String(length=1), nullable=False),
        sa.Column("measure", sa.String(length=4), nullable=False),
        sa.Column("pack", sa.String(length=20), nullable=False),
        sa.Column("cost_fen", sa.Integer(), nullable=False),
        sa.Column("most_each", sa.Integer(), nullable=True),
        sa.Column("limit_months", sa.Integer(), nullable=False),
        sa.Column("fridays_only", sa.Boolean(), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_store_product_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_product")),
        sa.UniqueConstraint("community_id", "code", name=op.f("uq_store_product_community_id_code")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_product_community_id_id")),
    )
    op.create_index(op.f("ix_store_product_community_id"), "store_product", ["community_id"], unique=False)
    op.create_table(
        "store_rule",
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("month_points", sa.Integer(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_store_rule_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_rule")),
        sa.UniqueConstraint("community_id", "from_on", name=op.f("uq_store_rule_community_id_from_on")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_rule_community_id_id")),
    )
    op.create_index(op.f("ix_store_rule_community_id"), "store_rule", ["community_id"], unique=False)
    op.create_table(
        "store_price",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_store_price_points")),
        sa.ForeignKeyConstraint(
            ["community_id", "product_id"],
            ["store_product.community_id", "store_product.id"],
            name=op.f("fk_store_price_community_id_product_id_store_product"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_store_price_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_price")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_price_community_id_id")),
        sa.UniqueConstraint("product_id", "from_on", name=op.f("uq_store_price_product_id_from_on")),
    )
    op.create_index(op.f("ix_store_price_community_id"), "store_price", ["community_id"], unique=False)
    op.create_table(
        "store_code_attempt",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_store_code_attempt_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_store_code_attempt_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_code_attempt")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_code_attempt_community_id_id")),
    )
    op.create_index(op.f("ix_store_code_attempt_community_id"), "store_code_attempt", ["community_id"], unique=False)
    op.create_index("ix_store_code_attempt_person_id_at", "store_code_attempt", ["person_id", "at"], unique=False)
    op.create_table(
        "store_count",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_by_id", sa.Integer(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("txn_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> counted_by_id", name=op.f("ck_store_count_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "checked_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_store_count_community_id_checked_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "counted_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_store_count_community_id_counted_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "product_id"],
            ["store_product.community_id", "store_product.id"],
            name=op.f("fk_store_count_community_id_product_id_store_product"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_store_count_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_count")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_count_community_id_id")),
    )
    op.create_index(op.f("ix_store_count_community_id"), "store_count", ["community_id"], unique=False)
    op.create_table(
        "store_delivery",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("donor", sa.String(length=60), nullable=False),
        sa.Column("batch", sa.String(length=30), nullable=False),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("txn_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "product_id"],
            ["store_product.community_id", "store_product.id"],
            name=op.f("fk_store_delivery_community_id_product_id_store_product"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recorded_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_store_delivery_community_id_recorded_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_store_delivery_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_delivery")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_delivery_community_id_id")),
    )
    op.create_index(op.f("ix_store_delivery_community_id"), "store_delivery", ["community_id"], unique=False)
    op.create_table(
        "store_order",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_turn", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("handed_by_id", sa.Integer(), nullable=True),
        sa.Column("proxy_name", sa.String(length=40), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "handed_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_store_order_community_id_handed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "hold_id"],
            ["ledger_hold.community_id", "ledger_hold.id"],
            name=op.f("fk_store_order_community_id_hold_id_ledger_hold"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_store_order_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recorded_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_store_order_community_id_recorded_by_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_store_order_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_order")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_order_community_id_id")),
    )
    op.create_index(op.f("ix_store_order_code_hash"), "store_order", ["code_hash"], unique=False)
    op.create_index(op.f("ix_store_order_community_id"), "store_order", ["community_id"], unique=False)
    op.create_index("ix_store_order_person_id_made_on", "store_order", ["person_id", "made_on"], unique=False)
    op.create_index(
        "ix_store_order_state_expires_at", "store_order", ["community_id", "state", "expires_at"], unique=False
    )
    op.create_index(
        "uq_store_order_code",
        "store_order",
        ["community_id", "code_hash"],
        unique=True,
        sqlite_where=sa.text("state IN ('reserved', 'ready')"),
        postgresql_where=sa.text("state IN ('reserved', 'ready')"),
    )
    op.create_table(
        "store_order_line",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("points_each", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("points_line", sa.Integer(), nullable=True),
        sa.Column("stock_line", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND returned >= 0 AND returned <= quantity", name=op.f("ck_store_order_line_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "order_id"],
            ["store_order.community_id", "store_order.id"],
            name=op.f("fk_store_order_line_community_id_order_id_store_order"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "product_id"],
            ["store_product.community_id", "store_product.id"],
            name=op.f("fk_store_order_line_community_id_product_id_store_product"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_store_order_line_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_order_line")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_store_order_line_community_id_id")),
        sa.UniqueConstraint("order_id", "product_id", name=op.f("uq_store_order_line_order_id_product_id")),
    )
    op.create_index(op.f("ix_store_order_line_community_id"), "store_order_line", ["community_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_store_order_line_community_id"), table_name="store_order_line")
    op.drop_table("store_order_line")
    op.drop_index(
        "uq_store_order_code",
        table_name="store_order",
        sqlite_where=sa.text("state IN ('reserved', 'ready')"),
        postgresql_where=sa.text("state IN ('reserved', 'ready')"),
    )
    op.drop_index("ix_store_order_state_expires_at", table_name="store_order")
    op.drop_index("ix_store_order_person_id_made_on", table_name="store_order")
    op.drop_index(op.f("ix_store_order_community_id"), table_name="store_order")
    op.drop_index(op.f("ix_store_order_code_hash"), table_name="store_order")
    op.drop_table("store_order")
    op.drop_index(op.f("ix_store_delivery_community_id"), table_name="store_delivery")
    op.drop_table("store_delivery")
    op.drop_index(op.f("ix_store_count_community_id"), table_name="store_count")
    op.drop_table("store_count")
    op.drop_index("ix_store_code_attempt_person_id_at", table_name="store_code_attempt")
    op.drop_index(op.f("ix_store_code_attempt_community_id"), table_name="store_code_attempt")
    op.drop_table("store_code_attempt")
    op.drop_index(op.f("ix_store_price_community_id"), table_name="store_price")
    op.drop_table("store_price")
    op.drop_index(op.f("ix_store_rule_community_id"), table_name="store_rule")
    op.drop_table("store_rule")
    op.drop_index(op.f("ix_store_product_community_id"), table_name="store_product")
    op.drop_table("store_product")
    op.drop_index(op.f("ix_store_opening_community_id"), table_name="store_opening")
    op.drop_table("store_opening")
