"""Roster runs that propose the smallest change of a published roster, and when the proposal was accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0018_repairs"
down_revision = "0017_limits"
branch_labels = None
depends_on = None

KINDS = "kind IN ('solve', 'repair')"


def upgrade() -> None:
    with op.batch_alter_table("roster_run") as table:
        table.add_column(sa.Column("kind", sa.String(length=8), nullable=False, server_default="solve"))
        table.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f("ck_roster_run_kind"), KINDS)


def downgrade() -> None:
    op.execute("DELETE FROM roster_run WHERE kind = 'repair'")
    with op.batch_alter_table("roster_run") as table:
        table.drop_constraint(op.f("ck_roster_run_kind"), type_="check")
        table.drop_column("accepted_at")
        table.drop_column("kind")
