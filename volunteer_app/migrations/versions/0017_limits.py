"""Limits: nights a week, days in a row and days off of a person; how many leaders an activity wants at one hour.

A person without own figures keeps what held before: two nights a week for wardens, nothing for volunteers.
"""

from alembic import op

revision = "0017_limits"
down_revision = "0016_ledger_posting"
branch_labels = None
depends_on = None

COLUMNS = {
    "volunteer_profile": ("max_nights_week INTEGER", "max_days_row INTEGER", "min_days_off INTEGER NOT NULL DEFAULT 1"),
    "activity_kind": ("leaders_at_once INTEGER NOT NULL DEFAULT 0",),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
