"""Nobody hands an order over to himself: the database says so too."""

from alembic import op

revision = "0015_not_oneself"
down_revision = "0014_shelf"
branch_labels = None
depends_on = None

NAME = "ck_store_order_not_oneself"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_check_constraint(NAME, "store_order", "handed_by_id IS NULL OR handed_by_id <> person_id")
        return
    for verb in ("INSERT", "UPDATE"):  # SQLite can't add a check to a table that is there
        op.execute(
            f"CREATE TRIGGER {NAME}_{verb.lower()} BEFORE {verb} ON store_order WHEN NEW.handed_by_id = NEW.person_id"
            f" BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {NAME}'); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(NAME, "store_order", type_="check")
        return
    for verb in ("insert", "update"):
        op.execute(f"DROP TRIGGER {NAME}_{verb}")
