"""Availability: tables."""

import sqlalchemy as sa
from alembic import op

revision = "0004_needs"
down_revision = "0003_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_kind",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("theme", sa.String(length=6), nullable=False),
        sa.Column("points_level", sa.String(length=2), nullable=False),
        sa.Column("risk", sa.String(length=8), nullable=False),
        sa.Column("least_age", sa.Integer(), nullable=True),
        sa.Column("most_age", sa.Integer(), nullable=True),
        sa.Column("needs_insurance", sa.Boolean(), nullable=False),
        sa.Column("own_grid_only", sa.Boolean(), nullable=False),
        sa.Column("minors_welcome", sa.Boolean(), nullable=False),
        sa.Column("does_visit", sa.Boolean(), nullable=False),
        sa.Column("weather_cancellable", sa.Boolean(), nullable=False),
        sa.Column("heaviness_pct", sa.Integer(), nullable=False),
        sa.Column("requires", sa.JSON(), nullable=False),
        sa.Column("bars", sa.JSON(), nullable=False),
        sa.Column("mixes", sa.JSON(), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("bring", sa.String(length=120), nullable=False),
        sa.Column("risk_note", sa.String(length=120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("points_level IN ('L1', 'L2', 'L3')", name=op.f("ck_activity_kind_points_level")),
        sa.CheckConstraint("risk IN ('ordinary', 'high')", name=op.f("ck_activity_kind_risk")),
        sa.CheckConstraint("theme IN ('red', 'green', 'blue')", name=op.f("ck_activity_kind_theme")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_activity_kind_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_kind")),
        sa.UniqueConstraint("community_id", "code", name=op.f("uq_activity_kind_community_id_code")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_activity_kind_community_id_id")),
    )
    op.create_index(op.f("ix_activity_kind_community_id"), "activity_kind", ["community_id"], unique=False)
    op.create_table(
        "need_import",
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("good", sa.JSON(), nullable=False),
        sa.Column("bad", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('preview', 'done', 'undone')", name=op.f("ck_need_import_state")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_need_import_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_import")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_need_import_community_id_id")),
    )
    op.create_index(op.f("ix_need_import_community_id"), "need_import", ["community_id"], unique=False)
    op.create_table(
        "availability_sheet",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("squares", sa.Integer(), nullable=False),
        sa.Column("follows_rest_days", sa.Boolean(), nullable=False),
        sa.Column("resting", sa.Boolean(), nullable=False),
        sa.Column("turns_week", sa.Integer(), nullable=True),
        sa.Column("filled_by_id", sa.Integer(), nullable=True),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("squares >= 0 AND squares < 2097152", name=op.f("ck_availability_sheet_squares")),
        sa.CheckConstraint(
            "turns_week IS NULL OR turns_week BETWEEN 1 AND 7", name=op.f("ck_availability_sheet_turns_week")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_availability_sheet_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_availability_sheet_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_sheet")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_availability_sheet_community_id_id")),
        sa.UniqueConstraint("person_id", "month", name=op.f("uq_availability_sheet_person_id_month")),
    )
    op.create_index(op.f("ix_availability_sheet_community_id"), "availability_sheet", ["community_id"], unique=False)
    op.create_index(op.f("ix_availability_sheet_person_id"), "availability_sheet", ["person_id"], unique=False)
    op.create_table(
        "away",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("filled_by_id", sa.Integer(), nullable=True),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_away_order")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_away_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_away_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_away_community_id_id")),
    )
    op.create_index(op.f("ix_away_community_id"), "away", ["community_id"], unique=False)
    op.create_index(op.f("ix_away_person_id"), "away", ["person_id"], unique=False)
    op.create_table(
        "need",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.String(length=6), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("starts_minute", sa.Integer(), nullable=True),
        sa.Column("ends_minute", sa.Integer(), nullable=True),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("evaluation", sa.Text(), nullable=False),
        sa.Column("cancelled_reason", sa.String(length=120), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'cancelled' OR cancelled_reason <> ''", name=op.f("ck_need_cancelled_reason")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'verified', 'scheduled', 'done', 'evaluated', 'cancelled')",
            name=op.f("ck_need_state"),
        ),
        sa.CheckConstraint("urgency IS NULL OR urgency IN ('urgent', 'hard', 'worry')", name=op.f("ck_need_urgency")),
        sa.CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name=op.f("ck_need_stars")),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_need_community_id_grid_id_area"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "handler_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_need_community_id_handler_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "import_id"],
            ["need_import.community_id", "need_import.id"],
            name=op.f("fk_need_community_id_import_id_need_import"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "kind_id"],
            ["activity_kind.community_id", "activity_kind.id"],
            name=op.f("fk_need_community_id_kind_id_activity_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "post_id"],
            ["post.community_id", "post.id"],
            name=op.f("fk_need_community_id_post_id_post"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recipient_id"],
            ["recipient.community_id", "recipient.id"],
            name=op.f("fk_need_community_id_recipient_id_recipient"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_need_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_need_community_id_id")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_need_community_id_number")),
    )
    op.create_index(op.f("ix_need_community_id"), "need", ["community_id"], unique=False)
    op.create_index("ix_need_state", "need", ["community_id", "state"], unique=False)
    op.create_table(
        "partner_wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("person_id <> partner_id", name=op.f("ck_partner_wish_two_people")),
        sa.ForeignKeyConstraint(
            ["community_id", "partner_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_partner_wish_community_id_partner_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_partner_wish_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_partner_wish_community_id_community")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_wish")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_partner_wish_community_id_id")),
        sa.UniqueConstraint("person_id", "partner_id", name=op.f("uq_partner_wish_person_id_partner_id")),
    )
    op.create_index(op.f("ix_partner_wish_community_id"), "partner_wish", ["community_id"], unique=False)
    op.create_index(op.f("ix_partner_wish_person_id"), "partner_wish", ["person_id"], unique=False)
    op.create_table(
        "wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("level IN ('prefer', 'if_needed')", name=op.f("ck_wish_level")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_wish_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_wish_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_wish_community_id_id")),
        sa.UniqueConstraint("person_id", "about", name=op.f("uq_wish_person_id_about")),
    )
    op.create_index(op.f("ix_wish_community_id"), "wish", ["community_id"], unique=False)
    op.create_index(op.f("ix_wish_person_id"), "wish", ["person_id"], unique=False)
    op.create_table(
        "finer_time",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("day_class", sa.String(length=8), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("day_class IN ('any', 'workday', 'rest')", name=op.f("ck_finer_time_day_class")),
        sa.CheckConstraint(
            "starts_minute >= 0 AND starts_minute < ends_minute AND ends_minute <= 1440",
            name=op.f("ck_finer_time_minutes"),
        ),
        sa.CheckConstraint("weekday IS NULL OR weekday BETWEEN 0 AND 6", name=op.f("ck_finer_time_weekday")),
        sa.ForeignKeyConstraint(
            ["community_id", "sheet_id"],
            ["availability_sheet.community_id", "availability_sheet.id"],
            name=op.f("fk_finer_time_community_id_sheet_id_availability_sheet"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_finer_time_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finer_time")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_finer_time_community_id_id")),
    )
    op.create_index(op.f("ix_finer_time_community_id"), "finer_time", ["community_id"], unique=False)
    op.create_index(op.f("ix_finer_time_sheet_id"), "finer_time", ["sheet_id"], unique=False)
    op.create_table(
        "series",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("rrule", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("mixes", sa.JSON(), nullable=False),
        sa.Column("on_makeup", sa.String(length=8), nullable=False),
        sa.Column("on_holiday", sa.String(length=8), nullable=False),
        sa.Column("extended_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_holiday IN ('keep', 'skip', 'next_day')", name=op.f("ck_series_on_holiday")),
        sa.CheckConstraint("on_makeup IN ('keep', 'skip', 'next_day')", name=op.f("ck_series_on_makeup")),
        sa.CheckConstraint(
            "least >= 0 AND least <= target AND target <= most AND most >= 1", name=op.f("ck_series_seats")
        ),
        sa.CheckConstraint(
            "starts_minute >= 0 AND starts_minute < 1440 AND ends_minute > starts_minute",
            name=op.f("ck_series_minutes"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_series_community_id_grid_id_area"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "kind_id"],
            ["activity_kind.community_id", "activity_kind.id"],
            name=op.f("fk_series_community_id_kind_id_activity_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "need_id"],
            ["need.community_id", "need.id"],
            name=op.f("fk_series_community_id_need_id_need"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "post_id"],
            ["post.community_id", "post.id"],
            name=op.f("fk_series_community_id_post_id_post"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recipient_id"],
            ["recipient.community_id", "recipient.id"],
            name=op.f("fk_series_community_id_recipient_id_recipient"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_series_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_series_community_id_id")),
    )
    op.create_index(op.f("ix_series_community_id"), "series", ["community_id"], unique=False)
    op.create_index(op.f("ix_series_need_id"), "series", ["need_id"], unique=False)
    op.create_table(
        "shift",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("occurs_on", sa.Date(), nullable=True),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("requires", sa.JSON(), nullable=False),
        sa.Column("bars", sa.JSON(), nullable=False),
        sa.Column("mixes", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("cancelled_reason", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'cancelled' OR cancelled_reason <> ''", name=op.f("ck_shift_cancelled_reason")),
        sa.CheckConstraint("state IN ('open', 'cancelled')", name=op.f("ck_shift_state")),
        sa.CheckConstraint(
            "least >= 0 AND least <= target AND target <= most AND most >= 1", name=op.f("ck_shift_seats")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shift_order")),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_shift_community_id_grid_id_area"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "kind_id"],
            ["activity_kind.community_id", "activity_kind.id"],
            name=op.f("fk_shift_community_id_kind_id_activity_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "need_id"],
            ["need.community_id", "need.id"],
            name=op.f("fk_shift_community_id_need_id_need"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "post_id"],
            ["post.community_id", "post.id"],
            name=op.f("fk_shift_community_id_post_id_post"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recipient_id"],
            ["recipient.community_id", "recipient.id"],
            name=op.f("fk_shift_community_id_recipient_id_recipient"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "series_id"],
            ["series.community_id", "series.id"],
            name=op.f("fk_shift_community_id_series_id_series"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_shift_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_shift_community_id_id")),
        sa.UniqueConstraint("series_id", "occurs_on", name=op.f("uq_shift_series_id_occurs_on")),
    )
    op.create_index(op.f("ix_shift_community_id"), "shift", ["community_id"], unique=False)
    op.create_index("ix_shift_day", "shift", ["community_id", "starts_on"], unique=False)
    op.create_index(op.f("ix_shift_need_id"), "shift", ["need_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_shift_need_id"), table_name="shift")
    op.drop_index("ix_shift_day", table_name="shift")
    op.drop_index(op.f("ix_shift_community_id"), table_name="shift")
    op.drop_table("shift")
    op.drop_index(op.f("ix_series_need_id"), table_name="series")
    op.drop_index(op.f("ix_series_community_id"), table_name="series")
    op.drop_table("series")
    op.drop_index(op.f("ix_finer_time_sheet_id"), table_name="finer_time")
    op.drop_index(op.f("ix_finer_time_community_id"), table_name="finer_time")
    op.drop_table("finer_time")
    op.drop_index(op.f("ix_wish_person_id"), table_name="wish")
    op.drop_index(op.f("ix_wish_community_id"), table_name="wish")
    op.drop_table("wish")
    op.drop_index(op.f("ix_partner_wish_person_id"), table_name="partner_wish")
    op.drop_index(op.f("ix_partner_wish_community_id"), table_name="partner_wish")
    op.drop_table("partner_wish")
    op.drop_index("ix_need_state", table_name="need")
    op.drop_index(op.f("ix_need_community_id"), table_name="need")
    op.drop_table("need")
    op.drop_index(op.f("ix_away_person_id"), table_name="away")
    op.drop_index(op.f("ix_away_community_id"), table_name="away")
    op.drop_table("away")
    op.drop_index(op.f("ix_availability_sheet_person_id"), table_name="availability_sheet")
    op.drop_index(op.f("ix_availability_sheet_community_id"), table_name="availability_sheet")
    op.drop_table("availability_sheet")
    op.drop_index(op.f("ix_need_import_community_id"), table_name="need_import")
    op.drop_table("need_import")
    op.drop_index(op.f("ix_activity_kind_community_id"), table_name="activity_kind")
    op.drop_table("activity_kind")
