"""Addresses from which a telephone's calendar fetches somebody's turns: which is in force, not the address itself."""

import sqlalchemy as sa
from alembic import op

revision = "0025_calendar_feeds"
down_revision = "0024_ways"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_calendar_feed_community_id_community")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_calendar_feed_community_id_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_calendar_feed_community_id_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feed_person_id")),
    )
    op.create_index(op.f("ix_calendar_feed_community_id"), "calendar_feed", ["community_id"])


def downgrade() -> None:
    op.drop_table("calendar_feed")
