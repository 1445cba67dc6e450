"""Who is asked to come to a turn that lacks people, until when, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0029_cover_asks"
down_revision = "0028_swaps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cover_ask",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'agreed', 'refused', 'lapsed')", name=op.f("ck_cover_ask_state")),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", f"{table}_id"],
                [f"{table}.community_id", f"{table}.id"],
                name=op.f(f"fk_cover_ask_community_id_{table}_id_{table}"),
            )
            for table in ("shift", "person")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_cover_ask_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_ask")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_cover_ask_community_id_id")),
        sa.UniqueConstraint("shift_id", "person_id", name=op.f("uq_cover_ask_shift_id_person_id")),
    )
    for column in ("community_id", "shift_id", "person_id"):
        op.create_index(op.f(f"ix_cover_ask_{column}"), "cover_ask", [column])


def downgrade() -> None:
    op.drop_table("cover_ask")
