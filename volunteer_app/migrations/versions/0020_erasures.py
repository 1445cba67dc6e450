"""Erasures: who asked to be forgotten, and which second person confirmed; so far only the command line could erase."""

import sqlalchemy as sa
from alembic import op

revision = "0020_erasures"
down_revision = "0019_effort"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
WAITING = sa.text("state = 'waiting'")


def person_key(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        ["person.community_id", "person.id"],
        name=op.f(f"fk_erasure_community_id_{column}_person"),
    )


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=5), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", WHEN, nullable=True),
        sa.Column("left_in", sa.JSON(), nullable=False),
        *(person_key(column) for column in ("person_id", "asked_by_id", "decided_by_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_erasure_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_erasure_community_id_id")),
        sa.CheckConstraint("how IN ('self', 'phone', 'paper', 'visit')", name=op.f("ck_erasure_how")),
        sa.CheckConstraint("state IN ('waiting', 'dropped', 'done')", name=op.f("ck_erasure_state")),
        sa.CheckConstraint(
            "state <> 'done' OR decided_by_id NOT IN (asked_by_id, person_id)", name=op.f("ck_erasure_two_people")
        ),
    )
    op.create_index(op.f("ix_erasure_community_id"), "erasure", ["community_id"])
    op.create_index(
        "uq_erasure_waiting", "erasure", ["person_id"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING
    )


def downgrade() -> None:
    op.drop_table("erasure")
