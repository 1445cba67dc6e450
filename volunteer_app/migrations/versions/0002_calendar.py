"""Tables of calendar."""

revision = "0002_calendar"
down_revision = "0001_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
