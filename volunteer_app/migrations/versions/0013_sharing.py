"""Sharing: households that pool points, collectives on the wall, people who have left."""

import sqlalchemy as sa
from alembic import op

revision = "0013_sharing"
down_revision = "0012_clearing"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def person_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        ["person.community_id", "person.id"],
        name=op.f(f"fk_{table}_community_id_{column}_person"),
    )


def create(table: str, *parts: sa.Column[object] | sa.Constraint) -> None:
    """A table of a community, with the keys that all of them have."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("community_id", "id", name=op.f(f"uq_{table}_community_id_id")),
    )
    op.create_index(op.f(f"ix_{table}_community_id"), table, ["community_id"])


def upgrade() -> None:
    create(
        "household_pool",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=False),
        sa.Column("consented_at", WHEN, nullable=False),
        sa.Column("ended_at", WHEN, nullable=True),
        person_key("household_pool", "head_id"),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["household.community_id", "household.id"],
            name=op.f("fk_household_pool_community_id_household_id_household"),
        ),
        sa.UniqueConstraint("household_id", name=op.f("uq_household_pool_household_id")),
    )
    create(
        "collective",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.CheckConstraint("kind IN ('stairwell', 'team', 'neighbourhood')", name=op.f("ck_collective_kind")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_collective_community_id_name")),
    )
    create(
        "departure",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", WHEN, nullable=False),
        sa.CheckConstraint("kind IN ('moved', 'deceased')", name=op.f("ck_departure_kind")),
        sa.UniqueConstraint("person_id", name=op.f("uq_departure_person_id")),
        person_key("departure", "person_id"),
        person_key("departure", "recorded_by_id"),
    )


def downgrade() -> None:
    for table in ("departure", "collective", "household_pool"):
        op.drop_table(table)
