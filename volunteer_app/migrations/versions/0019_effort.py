"""How hard work is on the body: of a kind, of a single shift in the heat or up the stairs, and the hardest that suits.

Kinds as delivered get their effort by their codes; a community's own stay at 0, work that suits everybody, so no roster
becomes stricter by the migration.
"""

from alembic import op

revision = "0019_effort"
down_revision = "0018_repairs"
branch_labels = None
depends_on = None

COLUMNS = {
    "activity_kind": (
        "effort INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_activity_kind_effort CHECK (effort BETWEEN 0 AND 2)"
    ),
    "volunteer_profile": "effort INTEGER",
    "shift": "is_heavy BOOLEAN NOT NULL DEFAULT FALSE",
}
WALKING = (
    *("daily_patrol", "monthly_review", "hazard_check", "fire_drill", "fire_outreach", "river_patrol", "checkpoint"),
    *("festival_event", "store_duty"),
)
CARRYING = ("weekly_cleanup", "urgent_help", "greening")


def upgrade() -> None:
    for table, column in COLUMNS.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    for effort, codes in ((1, WALKING), (2, CARRYING)):
        named = ", ".join(f"'{code}'" for code in codes)
        op.execute(f"UPDATE activity_kind SET effort = {effort} WHERE code IN ({named})")


def downgrade() -> None:
    for table, column in COLUMNS.items():
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
