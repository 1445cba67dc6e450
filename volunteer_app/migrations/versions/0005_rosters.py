"""Rosters: tables."""

import sqlalchemy as sa
from alembic import op

revision = "0005_rosters"
down_revision = "0004_needs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f("ck_roster_state")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_roster_period")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roster_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint("community_id", "from_on", name=op.f("uq_roster_community_id_from_on")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_community_id_id")),
    )
    op.create_index(op.f("ix_roster_community_id"), "roster", ["community_id"], unique=False)
    op.create_table(
        "roster_run",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=True),
        sa.Column("stop_asked", sa.String(length=8), nullable=False),
        sa.Column("changes_meanwhile", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'finished', 'failed', 'stopped', 'stale')", name=op.f("ck_roster_run_state")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "roster_id"],
            ["roster.community_id", "roster.id"],
            name=op.f("fk_roster_run_community_id_roster_id_roster"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roster_run_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_run")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_run_community_id_id")),
    )
    op.create_index(op.f("ix_roster_run_community_id"), "roster_run", ["community_id"], unique=False)
    op.create_index(op.f("ix_roster_run_roster_id"), "roster_run", ["roster_id"], unique=False)
    op.create_index("ix_roster_run_state", "roster_run", ["state"], unique=False)
    op.create_index(
        "uq_roster_run_open",
        "roster_run",
        ["roster_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "roster_version",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("seats", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "roster_id"],
            ["roster.community_id", "roster.id"],
            name=op.f("fk_roster_version_community_id_roster_id_roster"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_roster_version_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_version")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_version_community_id_id")),
        sa.UniqueConstraint("roster_id", "version", name=op.f("uq_roster_version_roster_id_version")),
    )
    op.create_index(op.f("ix_roster_version_community_id"), "roster_version", ["community_id"], unique=False)
    op.create_index(op.f("ix_roster_version_roster_id"), "roster_version", ["roster_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("leaving", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("origin IN ('solver', 'hand', 'sign_up')", name=op.f("ck_assignment_origin")),
        sa.CheckConstraint(
            "state IN ('proposed', 'notified', 'accepted', 'declined', 'no_answer', 'seeking', "
            "'signed_in', 'signed_out', 'confirmed', 'absent_excused', 'absent', 'withdrawn')",
            name=op.f("ck_assignment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_assignment_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "roster_id"],
            ["roster.community_id", "roster.id"],
            name=op.f("fk_assignment_community_id_roster_id_roster"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_assignment_community_id_shift_id_shift"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_assignment_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_assignment_community_id_id")),
    )
    op.create_index(op.f("ix_assignment_community_id"), "assignment", ["community_id"], unique=False)
    op.create_index(op.f("ix_assignment_person_id"), "assignment", ["person_id"], unique=False)
    op.create_index(op.f("ix_assignment_roster_id"), "assignment", ["roster_id"], unique=False)
    op.create_index(op.f("ix_assignment_shift_id"), "assignment", ["shift_id"], unique=False)
    op.create_index(
        "uq_assignment_live",
        "assignment",
        ["shift_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('declined', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('declined', 'withdrawn')"),
    )
    op.create_table(
        "sign_up",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'confirmed', 'refused', 'withdrawn')", name=op.f("ck_sign_up_state")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_sign_up_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_sign_up_community_id_shift_id_shift"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_sign_up_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_sign_up_community_id_id")),
    )
    op.create_index(op.f("ix_sign_up_community_id"), "sign_up", ["community_id"], unique=False)
    op.create_index(op.f("ix_sign_up_person_id"), "sign_up", ["person_id"], unique=False)
    op.create_index(op.f("ix_sign_up_shift_id"), "sign_up", ["shift_id"], unique=False)
    op.create_index(
        "uq_sign_up_waiting",
        "sign_up",
        ["shift_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_sign_up_waiting",
        table_name="sign_up",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_sign_up_shift_id"), table_name="sign_up")
    op.drop_index(op.f("ix_sign_up_person_id"), table_name="sign_up")
    op.drop_index(op.f("ix_sign_up_community_id"), table_name="sign_up")
    op.drop_table("sign_up")
    op.drop_index(
        "uq_assignment_live",
        table_name="assignment",
        sqlite_where=sa.text("state NOT IN ('declined', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('declined', 'withdrawn')"),
    )
    op.drop_index(op.f("ix_assignment_shift_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_roster_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_person_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_community_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_roster_version_roster_id"), table_name="roster_version")
    op.drop_index(op.f("ix_roster_version_community_id"), table_name="roster_version")
    op.drop_table("roster_version")
    op.drop_index(
        "uq_roster_run_open",
        table_name="roster_run",
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.drop_index("ix_roster_run_state", table_name="roster_run")
    op.drop_index(op.f("ix_roster_run_roster_id"), table_name="roster_run")
    op.drop_index(op.f("ix_roster_run_community_id"), table_name="roster_run")
    op.drop_table("roster_run")
    op.drop_index(op.f("ix_roster_community_id"), table_name="roster")
    op.drop_table("roster")
