"""How far posts are apart: minutes between two of them, so that nobody is seated where the way takes too long."""

import sqlalchemy as sa
from alembic import op

revision = "0024_ways"
down_revision = "0023_postings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "way",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("post_id < other_id", name=op.f("ck_way_order")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f("ck_way_minutes")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_way_community_id_community")),
        sa.ForeignKeyConstraint(
            ["community_id", "post_id"], ["post.community_id", "post.id"], name=op.f("fk_way_community_id_post")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "other_id"], ["post.community_id", "post.id"], name=op.f("fk_way_community_id_other_post")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_way")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_way_community_id_id")),
        sa.UniqueConstraint("community_id", "post_id", "other_id", name=op.f("uq_way_community_id_post_id_other_id")),
    )
    op.create_index(op.f("ix_way_community_id"), "way", ["community_id"])


def downgrade() -> None:
    op.drop_table("way")
