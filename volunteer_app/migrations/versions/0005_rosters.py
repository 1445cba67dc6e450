"""Tables of rosters."""

revision = "0005_rosters"
down_revision = "0004_needs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
