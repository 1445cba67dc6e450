"""Workdays: tables."""

import sqlalchemy as sa
from alembic import op

revision = "0002_calendar"
down_revision = "0001_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('statutory_holiday', 'holiday_rest', 'makeup_workday')", name=op.f("ck_calendar_day_kind")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_calendar_day_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("community_id", "day", name=op.f("uq_calendar_day_community_id_day")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_calendar_day_community_id_id")),
    )
    op.create_index(op.f("ix_calendar_day_community_id"), "calendar_day", ["community_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("once", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('complaint', 'suggestion', 'thanks')", name=op.f("ck_feedback_kind")),
        sa.CheckConstraint("state IN ('open', 'answered')", name=op.f("ck_feedback_state")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_feedback_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_feedback_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_feedback_community_id_id")),
        sa.UniqueConstraint("community_id", "once", name=op.f("uq_feedback_community_id_once")),
    )
    op.create_index(op.f("ix_feedback_community_id"), "feedback", ["community_id"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('wechat', 'phone', 'paper', 'board')", name=op.f("ck_outbox_message_channel")),
        sa.CheckConstraint("state IN ('waiting', 'told', 'void')", name=op.f("ck_outbox_message_state")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_outbox_message_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_outbox_message_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("community_id", "cause", name=op.f("uq_outbox_message_community_id_cause")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_outbox_message_community_id_id")),
    )
    op.create_index(op.f("ix_outbox_message_community_id"), "outbox_message", ["community_id"], unique=False)
    op.create_index(op.f("ix_outbox_message_person_id"), "outbox_message", ["person_id"], unique=False)
    op.create_index("ix_outbox_message_waiting", "outbox_message", ["community_id", "state", "channel"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_outbox_message_waiting", table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_person_id"), table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_community_id"), table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_feedback_community_id"), table_name="feedback")
    op.drop_table("feedback")
    op.drop_index(op.f("ix_calendar_day_community_id"), table_name="calendar_day")
    op.drop_table("calendar_day")
