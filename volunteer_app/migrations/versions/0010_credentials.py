"""Credentials: entries of the record, stars, service certificates and their revocations.

A record has five classes by law; person and service were there, the other three and what is certified come here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_credentials"
down_revision = "0009_ledger_laws"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def person_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        ["person.community_id", "person.id"],
        name=op.f(f"fk_{table}_community_id_{column}_person"),
    )


def common(table: str) -> list[sa.Constraint]:
    """Keys that every table of a community has."""
    return [
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id_community")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("community_id", "id", name=op.f(f"uq_{table}_community_id_id")),
    ]


def own() -> list[sa.Column[int]]:
    return [sa.Column("id", sa.Integer(), nullable=False), sa.Column("community_id", sa.Integer(), nullable=False)]


def upgrade() -> None:
    add_entries()
    add_stars()
    add_certificates()


def add_entries() -> None:
    table = "record_entry"
    op.create_table(
        table,
        *own(),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("organiser", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", WHEN, nullable=False),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.Column("voided_at", WHEN, nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('training', 'commendation', 'evaluation')", name=op.f("ck_record_entry_kind")),
        sa.CheckConstraint("score IS NULL OR (score >= 1 AND score <= 5)", name=op.f("ck_record_entry_score")),
        sa.CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name=op.f("ck_record_entry_voided")),
        sa.CheckConstraint("recorded_by_id <> person_id", name=op.f("ck_record_entry_not_by_oneself")),
        *[person_key(table, column) for column in ("person_id", "recorded_by_id", "voided_by_id")],
        *common(table),
    )
    index("record_entry", "community_id")
    index("record_entry", "person_id")


def add_stars() -> None:
    table = "star_grant"
    op.create_table(
        table,
        *own(),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("publicised_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("publicised_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('applied', 'publicised', 'certified', 'refused')", name=op.f("ck_star_grant_state")
        ),
        sa.CheckConstraint("stars >= 1 AND stars <= 5", name=op.f("ck_star_grant_stars")),
        sa.CheckConstraint(
            "state <> 'certified' OR (decided_by_id <> publicised_by_id AND decided_by_id <> person_id)",
            name=op.f("ck_star_grant_second_person"),
        ),
        *[person_key(table, column) for column in ("person_id", "publicised_by_id", "decided_by_id")],
        *common(table),
    )
    index("star_grant", "community_id")
    index("star_grant", "person_id")
    live = sa.text("state <> 'refused'")
    op.create_index(
        "uq_star_grant_live",
        "star_grant",
        ["community_id", "person_id", "stars"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def add_certificates() -> None:
    table = "service_certificate"
    op.create_table(
        table,
        *own(),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", WHEN, nullable=False),
        sa.UniqueConstraint("number", name=op.f("uq_service_certificate_number")),
        sa.CheckConstraint(
            "from_on <= to_on AND minutes > 0 AND times > 0", name=op.f("ck_service_certificate_served")
        ),
        sa.CheckConstraint("issued_by_id <> person_id", name=op.f("ck_service_certificate_not_to_oneself")),
        *[person_key(table, column) for column in ("person_id", "issued_by_id")],
        *common(table),
    )
    index("service_certificate", "community_id")
    index("service_certificate", "person_id")
    table = "certificate_revocation"
    op.create_table(
        table,
        *own(),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("revoked_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", WHEN, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_certificate_revocation_certificate_id")),
        sa.ForeignKeyConstraint(
            ["community_id", "certificate_id"],
            ["service_certificate.community_id", "service_certificate.id"],
            name=op.f("fk_certificate_revocation_community_id_certificate_id_service_certificate"),
        ),
        person_key(table, "revoked_by_id"),
        *common(table),
    )
    index("certificate_revocation", "community_id")


def index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    op.drop_table("certificate_revocation")
    op.drop_table("service_certificate")
    op.drop_table("star_grant")
    op.drop_table("record_entry")
