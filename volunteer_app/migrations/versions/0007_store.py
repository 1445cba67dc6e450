"""Tables of store."""

revision = "0007_store"
down_revision = "0006_attendance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
