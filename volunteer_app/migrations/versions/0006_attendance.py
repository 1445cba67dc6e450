"""Tables of attendance."""

revision = "0006_attendance"
down_revision = "0005_rosters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
