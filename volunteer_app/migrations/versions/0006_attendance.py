"""Attendance, service records, awards, notices.

A service record's minutes are what somebody gave: the database itself refuses another value and refuses deletion, so
that a correction can only be a new record.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_attendance"
down_revision = "0005_rosters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bonus",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("txn_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("given_by_id IS NULL OR given_by_id <> person_id", name=op.f("ck_bonus_not_to_oneself")),
        sa.ForeignKeyConstraint(
            ["community_id", "given_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_bonus_community_id_given_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_bonus_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_bonus_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bonus")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_bonus_community_id_id")),
        sa.UniqueConstraint("person_id", "kind", "occasion", name=op.f("uq_bonus_person_id_kind_occasion")),
    )
    op.create_index(op.f("ix_bonus_community_id"), "bonus", ["community_id"], unique=False)
    op.create_index(op.f("ix_bonus_person_id"), "bonus", ["person_id"], unique=False)
    op.create_table(
        "code_miss",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_code_miss_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_code_miss_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_miss")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_code_miss_community_id_id")),
    )
    op.create_index(op.f("ix_code_miss_community_id"), "code_miss", ["community_id"], unique=False)
    op.create_index(op.f("ix_code_miss_person_id"), "code_miss", ["person_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_notice_state")),
        sa.CheckConstraint("from_on <= to_on AND closes_on > published_on", name=op.f("ck_notice_days_in_order")),
        sa.ForeignKeyConstraint(
            ["community_id", "published_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_notice_community_id_published_by_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_notice_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_notice_community_id_id")),
    )
    op.create_index(op.f("ix_notice_community_id"), "notice", ["community_id"], unique=False)
    op.create_table(
        "points_rule",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "made_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_points_rule_community_id_made_by_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_points_rule_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_rule")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_points_rule_community_id_id")),
        sa.UniqueConstraint("community_id", "version", name=op.f("uq_points_rule_community_id_version")),
    )
    op.create_index(op.f("ix_points_rule_community_id"), "points_rule", ["community_id"], unique=False)
    op.create_table(
        "attendance",
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("remark", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("how IN ('own_code', 'staff', 'paper')", name=op.f("ck_attendance_how")),
        sa.CheckConstraint(
            "state IN ('open', 'to_check', 'confirmed', 'absent', 'absent_excused')", name=op.f("ck_attendance_state")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "assignment_id"],
            ["assignment.community_id", "assignment.id"],
            name=op.f("fk_attendance_community_id_assignment_id_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_attendance_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recorded_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_attendance_community_id_recorded_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_attendance_community_id_shift_id_shift"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_attendance_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_attendance_community_id_id")),
        sa.UniqueConstraint("shift_id", "person_id", name=op.f("uq_attendance_shift_id_person_id")),
    )
    op.create_index(op.f("ix_attendance_assignment_id"), "attendance", ["assignment_id"], unique=False)
    op.create_index(op.f("ix_attendance_community_id"), "attendance", ["community_id"], unique=False)
    op.create_index(op.f("ix_attendance_person_id"), "attendance", ["person_id"], unique=False)
    op.create_table(
        "service_record",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("credited_minutes", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "source IN ('own_code', 'staff', 'paper', 'backfill', 'correction')", name=op.f("ck_service_record_source")
        ),
        sa.CheckConstraint(
            "source NOT IN ('backfill', 'correction') OR recorded_by_id <> confirmed_by_id",
            name=op.f("ck_service_record_second_person"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'on_notice', 'final', 'objected', 'corrected')", name=op.f("ck_service_record_state")
        ),
        sa.CheckConstraint(
            "minutes >= 0 AND credited_minutes >= 0 AND credited_minutes <= minutes",
            name=op.f("ck_service_record_minutes_fit"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "attendance_id"],
            ["attendance.community_id", "attendance.id"],
            name=op.f("fk_service_record_community_id_attendance_id_attendance"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "confirmed_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_service_record_community_id_confirmed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "corrects_id"],
            ["service_record.community_id", "service_record.id"],
            name=op.f("fk_service_record_community_id_corrects_id_service_record"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_service_record_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recorded_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_service_record_community_id_recorded_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_service_record_community_id_shift_id_shift"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_service_record_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_service_record_community_id_id")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_service_record_corrects_id")),
    )
    op.create_index(op.f("ix_service_record_community_id"), "service_record", ["community_id"], unique=False)
    op.create_index(op.f("ix_service_record_person_id"), "service_record", ["person_id"], unique=False)
    op.create_index(op.f("ix_service_record_served_on"), "service_record", ["served_on"], unique=False)
    op.create_index(op.f("ix_service_record_state"), "service_record", ["state"], unique=False)
    op.create_index(
        "uq_service_record_live",
        "service_record",
        ["shift_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'corrected'"),
        postgresql_where=sa.text("state <> 'corrected'"),
    )
    op.create_table(
        "award",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("service_record_id", sa.Integer(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("coefficient_pct", sa.Integer(), nullable=False),
        sa.Column("uncapped", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("txn_id", sa.Integer(), nullable=True),
        sa.Column("credited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'credited', 'reversed')", name=op.f("ck_award_state")),
        sa.CheckConstraint("points >= 0 AND points <= uncapped", name=op.f("ck_award_points_fit")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_award_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "rule_id"],
            ["points_rule.community_id", "points_rule.id"],
            name=op.f("fk_award_community_id_rule_id_points_rule"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "service_record_id"],
            ["service_record.community_id", "service_record.id"],
            name=op.f("fk_award_community_id_service_record_id_service_record"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_award_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_award_community_id_id")),
        sa.UniqueConstraint("service_record_id", name=op.f("uq_award_service_record_id")),
    )
    op.create_index(op.f("ix_award_community_id"), "award", ["community_id"], unique=False)
    op.create_index(op.f("ix_award_person_id"), "award", ["person_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_full", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'refused')", name=op.f("ck_correction_state")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name=op.f("ck_correction_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "corrects_id"],
            ["service_record.community_id", "service_record.id"],
            name=op.f("fk_correction_community_id_corrects_id_service_record"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "decided_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_correction_community_id_decided_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_correction_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "proposed_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_correction_community_id_proposed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "record_id"],
            ["service_record.community_id", "service_record.id"],
            name=op.f("fk_correction_community_id_record_id_service_record"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_correction_community_id_shift_id_shift"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_correction_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_correction_community_id_id")),
    )
    op.create_index(op.f("ix_correction_community_id"), "correction", ["community_id"], unique=False)
    op.create_table(
        "notice_line",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("service_record_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "notice_id"],
            ["notice.community_id", "notice.id"],
            name=op.f("fk_notice_line_community_id_notice_id_notice"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "service_record_id"],
            ["service_record.community_id", "service_record.id"],
            name=op.f("fk_notice_line_community_id_service_record_id_service_record"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_notice_line_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_line")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_notice_line_community_id_id")),
        sa.UniqueConstraint("service_record_id", name=op.f("uq_notice_line_service_record_id")),
    )
    op.create_index(op.f("ix_notice_line_community_id"), "notice_line", ["community_id"], unique=False)
    op.create_index(op.f("ix_notice_line_notice_id"), "notice_line", ["notice_id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("about_on", sa.Date(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'proposed', 'upheld', 'stands')", name=op.f("ck_objection_state")),
        sa.CheckConstraint(
            "answered_by_id IS NULL OR answered_by_id <> person_id", name=op.f("ck_objection_not_by_oneself")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "answered_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_objection_community_id_answered_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "correction_id"],
            ["correction.community_id", "correction.id"],
            name=op.f("fk_objection_community_id_correction_id_correction"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_objection_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "record_id"],
            ["service_record.community_id", "service_record.id"],
            name=op.f("fk_objection_community_id_record_id_service_record"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "taken_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_objection_community_id_taken_by_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_objection_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_objection_community_id_id")),
    )
    op.create_index(op.f("ix_objection_community_id"), "objection", ["community_id"], unique=False)
    op.create_index(op.f("ix_objection_person_id"), "objection", ["person_id"], unique=False)
    op.create_index(op.f("ix_objection_record_id"), "objection", ["record_id"], unique=False)
    op.create_index(op.f("ix_objection_state"), "objection", ["state"], unique=False)
    protect_records()


def downgrade() -> None:
    unprotect_records()
    op.drop_index(op.f("ix_objection_state"), table_name="objection")
    op.drop_index(op.f("ix_objection_record_id"), table_name="objection")
    op.drop_index(op.f("ix_objection_person_id"), table_name="objection")
    op.drop_index(op.f("ix_objection_community_id"), table_name="objection")
    op.drop_table("objection")
    op.drop_index(op.f("ix_notice_line_notice_id"), table_name="notice_line")
    op.drop_index(op.f("ix_notice_line_community_id"), table_name="notice_line")
    op.drop_table("notice_line")
    op.drop_index(op.f("ix_correction_community_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_award_person_id"), table_name="award")
    op.drop_index(op.f("ix_award_community_id"), table_name="award")
    op.drop_table("award")
    op.drop_index(
        "uq_service_record_live",
        table_name="service_record",
        sqlite_where=sa.text("state <> 'corrected'"),
        postgresql_where=sa.text("state <> 'corrected'"),
    )
    op.drop_index(op.f("ix_service_record_state"), table_name="service_record")
    op.drop_index(op.f("ix_service_record_served_on"), table_name="service_record")
    op.drop_index(op.f("ix_service_record_person_id"), table_name="service_record")
    op.drop_index(op.f("ix_service_record_community_id"), table_name="service_record")
    op.drop_table("service_record")
    op.drop_index(op.f("ix_attendance_person_id"), table_name="attendance")
    op.drop_index(op.f("ix_attendance_community_id"), table_name="attendance")
    op.drop_index(op.f("ix_attendance_assignment_id"), table_name="attendance")
    op.drop_table("attendance")
    op.drop_index(op.f("ix_points_rule_community_id"), table_name="points_rule")
    op.drop_table("points_rule")
    op.drop_index(op.f("ix_notice_community_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_code_miss_person_id"), table_name="code_miss")
    op.drop_index(op.f("ix_code_miss_community_id"), table_name="code_miss")
    op.drop_table("code_miss")
    op.drop_index(op.f("ix_bonus_person_id"), table_name="bonus")
    op.drop_index(op.f("ix_bonus_community_id"), table_name="bonus")
    op.drop_table("bonus")


KEPT = ("community_id", "person_id", "shift_id", "served_on", "minutes", "credited_minutes", "source", "corrects_id")
REFUSAL = "a service record is never edited"


def protect_records() -> None:
    """Triggers on both back ends: no other value in the kept columns, no deletion."""
    if op.get_bind().dialect.name == "postgresql":
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in KEPT)
        op.execute(
            "CREATE FUNCTION keep_service_record() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'DELETE' OR {changed} THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER keep_service_record BEFORE UPDATE OR DELETE ON service_record "
            "FOR EACH ROW EXECUTE FUNCTION keep_service_record()"
        )
        return
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in KEPT)
    op.execute(
        f"CREATE TRIGGER keep_service_record BEFORE UPDATE ON service_record WHEN {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
    op.execute(
        "CREATE TRIGGER keep_service_record_row BEFORE DELETE ON service_record "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def unprotect_records() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER keep_service_record ON service_record")
        op.execute("DROP FUNCTION keep_service_record()")
        return
    op.execute("DROP TRIGGER keep_service_record")
    op.execute("DROP TRIGGER keep_service_record_row")
