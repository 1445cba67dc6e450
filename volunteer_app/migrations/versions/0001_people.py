"""Core: tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001_people"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "community",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("contact_name", sa.String(length=40), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("issuer", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("code", name=op.f("uq_community_code")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_name"), "sign_in_attempt", ["name"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("person_id", "key", name="uq_submission_key"),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_area_community_id_community")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_area_community_id_id")),
        sa.UniqueConstraint("parent_id", "code", name=op.f("uq_area_parent_id_code")),
    )
    op.create_index(op.f("ix_area_community_id"), "area", ["community_id"], unique=False)
    op.create_index(op.f("ix_area_parent_id"), "area", ["parent_id"], unique=False)
    op.create_index(op.f("ix_area_path"), "area", ["path"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=12), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_audit_event_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_community_id"), "audit_event", ["community_id"], unique=False)
    op.create_table(
        "household",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_household_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("community_id", "code", name=op.f("uq_household_community_id_code")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_household_community_id_id")),
    )
    op.create_index(op.f("ix_household_community_id"), "household", ["community_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=True),
        sa.Column("microgrid_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text_size", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=120), nullable=True),
        sa.Column("sign_in_epoch", sa.Integer(), nullable=False),
        sa.Column("code_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_person_community_id_grid_id_area"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "household_id"],
            ["household.community_id", "household.id"],
            name=op.f("fk_person_community_id_household_id_household"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "microgrid_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_person_community_id_microgrid_id_area"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "neighbourhood_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_person_community_id_neighbourhood_id_area"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_person_community_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_person_number")),
    )
    op.create_index(op.f("ix_person_community_id"), "person", ["community_id"], unique=False)
    op.create_index("ix_person_phone", "person", ["phone"], unique=False)
    op.create_table(
        "post",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("meet", sa.String(length=120), nullable=False),
        sa.Column("condition", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "area_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_post_community_id_area_id_area"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_post_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_post_community_id_id")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_post_community_id_name")),
    )
    op.create_index(op.f("ix_post_community_id"), "post", ["community_id"], unique=False)
    op.create_table(
        "recipient",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("alias", sa.String(length=40), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.Column("wants", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"],
            ["area.community_id", "area.id"],
            name=op.f("fk_recipient_community_id_grid_id_area"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_recipient_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_recipient_community_id_id")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_recipient_community_id_number")),
    )
    op.create_index(op.f("ix_recipient_community_id"), "recipient", ["community_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_api_token_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_api_token_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_api_token_community_id_id")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_api_token_fingerprint")),
    )
    op.create_index(op.f("ix_api_token_community_id"), "api_token", ["community_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_consent_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_consent_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_consent_community_id_id")),
    )
    op.create_index(op.f("ix_consent_community_id"), "consent", ["community_id"], unique=False)
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "person_tag",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_person_tag_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_tag_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_tag")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_person_tag_community_id_id")),
        sa.UniqueConstraint("person_id", "kind", "code", name=op.f("uq_person_tag_person_id_kind_code")),
    )
    op.create_index(op.f("ix_person_tag_community_id"), "person_tag", ["community_id"], unique=False)
    op.create_index(op.f("ix_person_tag_person_id"), "person_tag", ["person_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_role_grant_area_id_area")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_role_grant_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_role_grant_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_role_grant_community_id_id")),
        sa.UniqueConstraint("person_id", "role", "area_id", name=op.f("uq_role_grant_person_id_role_area_id")),
    )
    op.create_index(op.f("ix_role_grant_community_id"), "role_grant", ["community_id"], unique=False)
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_table(
        "volunteer_profile",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("engagement", sa.String(length=10), nullable=False),
        sa.Column("max_shifts_week", sa.Integer(), nullable=False),
        sa.Column("max_minutes_week", sa.Integer(), nullable=False),
        sa.Column("max_shifts_day", sa.Integer(), nullable=False),
        sa.Column("max_minutes_day", sa.Integer(), nullable=False),
        sa.Column("insured_until", sa.Date(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_volunteer_profile_community_id_person_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_volunteer_profile_community_id_community")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_volunteer_profile_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_profile")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_volunteer_profile_community_id_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_volunteer_profile_person_id")),
    )
    op.create_index(op.f("ix_volunteer_profile_community_id"), "volunteer_profile", ["community_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_volunteer_profile_community_id"), table_name="volunteer_profile")
    op.drop_table("volunteer_profile")
    op.drop_index(op.f("ix_role_grant_person_id"), table_name="role_grant")
    op.drop_index(op.f("ix_role_grant_community_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index(op.f("ix_person_tag_person_id"), table_name="person_tag")
    op.drop_index(op.f("ix_person_tag_community_id"), table_name="person_tag")
    op.drop_table("person_tag")
    op.drop_index(op.f("ix_consent_person_id"), table_name="consent")
    op.drop_index(op.f("ix_consent_community_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_api_token_community_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_index(op.f("ix_recipient_community_id"), table_name="recipient")
    op.drop_table("recipient")
    op.drop_index(op.f("ix_post_community_id"), table_name="post")
    op.drop_table("post")
    op.drop_index("ix_person_phone", table_name="person")
    op.drop_index(op.f("ix_person_community_id"), table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_household_community_id"), table_name="household")
    op.drop_table("household")
    op.drop_index(op.f("ix_audit_event_community_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_area_path"), table_name="area")
    op.drop_index(op.f("ix_area_parent_id"), table_name="area")
    op.drop_index(op.f("ix_area_community_id"), table_name="area")
    op.drop_table("area")
    op.drop_table("submission")
    op.drop_index(op.f("ix_sign_in_attempt_name"), table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("community")
