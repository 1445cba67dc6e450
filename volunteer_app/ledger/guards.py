"""I16: do the guards stand that keep written rows as they are? The owner of a database can take them off unseen."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from volunteer_app.ledger.verify import Finding

NEVER_CHANGED = ("ledger_txn", "ledger_posting", "ledger_lot_use", "audit_event")
NEVER_DELETED = (
    *("ledger_account", "ledger_lot", "ledger_hold", "ledger_hold_line", "ledger_chain"),
    *("ledger_period", "ledger_proposal"),
)
CHECKED_WHEN_ADDED = ("ledger_txn", "ledger_posting", "ledger_lot", "ledger_lot_use")
INVARIANT = "the database refuses to change written rows"

# bits of pg_trigger.tgtype, and what they are called
BITS = {4: "INSERT", 8: "DELETE", 16: "UPDATE", 32: "TRUNCATE"}
ON_POSTGRESQL = """SELECT c.relname, t.tgtype FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"""
ON_SQLITE = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"


def missing_guard(session: Session) -> Finding | None:
    """The first table whose triggers no longer refuse what they must; None when all stand."""
    stand = standing(session)
    for table, verb in sorted(wanted(session.get_bind().dialect.name)):
        if (table, verb) not in stand:
            return Finding(INVARIANT, table, None, f"nothing refuses {verb}", "I16")
    return None


def wanted(dialect: str) -> set[tuple[str, str]]:
    """(table, verb) that a trigger must watch."""
    found = {(table, verb) for table in NEVER_CHANGED for verb in ("UPDATE", "DELETE")}
    found |= {(table, verb) for table in NEVER_DELETED for verb in ("UPDATE", "DELETE")}
    found |= {(table, "INSERT") for table in CHECKED_WHEN_ADDED}
    if dialect == "postgresql":
        found |= {(table, "TRUNCATE") for table in NEVER_CHANGED + NEVER_DELETED}
        # where SQLite has a CHECK of the limits, and where entries trust what is there
        found |= {("ledger_account", "INSERT"), ("ledger_chain", "INSERT"), ("ledger_entry", "INSERT")}
    return found


def standing(session: Session) -> set[tuple[str, str]]:
    """(table, verb) that a trigger watches."""
    if session.get_bind().dialect.name == "postgresql":
        rows = session.execute(text(ON_POSTGRESQL)).all()
        return {(table, verb) for table, bits in rows for bit, verb in BITS.items() if bits & bit}
    rows = session.execute(text(ON_SQLITE)).all()
    return {(table, verb) for table, told in rows for verb in BITS.values() if f"BEFORE {verb}" in told}
