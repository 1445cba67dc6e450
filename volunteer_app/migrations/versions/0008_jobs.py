"""Tables of jobs."""

revision = "0008_jobs"
down_revision = "0007_store"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
