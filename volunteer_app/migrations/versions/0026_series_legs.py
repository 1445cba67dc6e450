"""Tasks in parts that come again: a series has further legs on each of its dates, a shift knows its place among them.

One date of a series was one shift; now it is one for each leg. Series and shifts of before have one leg, the first.
Going back keeps the first leg of each date: the table of before has room for one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026_series_legs"
down_revision = "0025_calendar_feeds"
branch_labels = None
depends_on = None

ONE, EACH = "uq_shift_series_id_occurs_on", "uq_shift_series_id_occurs_on_leg"


def upgrade() -> None:
    op.execute("ALTER TABLE series ADD COLUMN later_legs JSON NOT NULL DEFAULT '[]'")
    with op.batch_alter_table("shift") as table:
        table.add_column(sa.Column("leg", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint(op.f(ONE), type_="unique")
        table.create_unique_constraint(op.f(EACH), ["series_id", "occurs_on", "leg"])


def downgrade() -> None:
    op.execute("UPDATE shift SET series_id = NULL, occurs_on = NULL WHERE leg > 0 AND series_id IS NOT NULL")
    with op.batch_alter_table("shift") as table:
        table.drop_constraint(op.f(EACH), type_="unique")
        table.create_unique_constraint(op.f(ONE), ["series_id", "occurs_on"])
        table.drop_column("leg")
    op.execute("ALTER TABLE series DROP COLUMN later_legs")
