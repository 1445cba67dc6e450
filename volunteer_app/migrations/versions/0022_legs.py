"""Tasks in parts: a need may have further legs on its day, a shift says that it is one of them.

The same people serve all legs. Needs and shifts of before stay what they were: one leg each.
"""

from alembic import op

revision = "0022_legs"
down_revision = "0021_fingerprints"
branch_labels = None
depends_on = None

COLUMNS = {"need": "later_legs JSON NOT NULL DEFAULT '[]'", "shift": "is_leg BOOLEAN NOT NULL DEFAULT FALSE"}


def upgrade() -> None:
    for table, column in COLUMNS.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    for table, column in COLUMNS.items():
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
