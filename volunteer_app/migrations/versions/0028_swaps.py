"""Two volunteers exchange turns: who asks whom, for which turns, until when, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0028_swaps"
down_revision = "0027_one_question"
branch_labels = None
depends_on = None

STATES = "state IN ('waiting', 'agreed', 'refused', 'withdrawn', 'lapsed')"
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "swap",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("seat_id <> other_id", name=op.f("ck_swap_two_seats")),
        sa.CheckConstraint(STATES, name=op.f("ck_swap_state")),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", column],
                ["assignment.community_id", "assignment.id"],
                name=op.f(f"fk_swap_community_id_{column}_assignment"),
            )
            for column in ("seat_id", "other_id")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_swap_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_swap_community_id_id")),
    )
    for column in ("community_id", "seat_id", "other_id"):
        op.create_index(op.f(f"ix_swap_{column}"), "swap", [column])
    for name in ("seat", "other"):
        op.create_index(
            f"uq_swap_{name}_waiting",
            "swap",
            [f"{name}_id"],
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )


def downgrade() -> None:
    op.drop_table("swap")
