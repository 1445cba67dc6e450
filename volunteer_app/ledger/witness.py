"""What proposals and periods say, witnessed: each change leaves the row's fingerprint in its audit row.

They stand beside the chain, not in it. Whoever changes one afterwards would have to change the audit as well.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor, AuditEvent
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import PERIODS, PROPOSALS

WITNESSED = (PERIODS, PROPOSALS)


def record(session: Session, verb: str, table: Table, row_id: int, *, actor: Actor, now: datetime) -> None:
    """The audit row of a change to a proposal or a period, with what the row says from now on."""
    session.flush()
    row = session.execute(select(table).where(table.c.id == row_id)).mappings().one()
    audit.record(session, verb, f"{table.name}:{row_id}", actor=actor, now=now, note=said(dict(row)))


def said(row: Mapping[str, object]) -> str:
    """The fingerprint of all columns."""
    return rules.content_of(*[row[name] for name in sorted(row)])


def first_changed(session: Session, community_id: int) -> tuple[str, str] | None:
    """(row, what is wrong) of the first proposal or period that isn't as it was witnessed.

    Rows from before 0.1.0 have no witness; after the first row of a table that has one, all have.
    """
    notes = notes_of(session, community_id)
    for table in WITNESSED:
        is_newer = False
        for row in session.execute(select(table).where(table.c.community_id == community_id).order_by(table.c.id)):
            told = notes.pop(f"{table.name}:{row.id}", [""])
            is_newer = is_newer or bool(told[0])
            if (is_newer or any(told)) and told[-1] != said(dict(row._mapping)):
                return f"{word(table.name)} {row.id}", "does not say what it said"
    gone = next((subject for subject, told in notes.items() if any(told)), None)
    return (gone.replace("ledger_", "").replace(":", " "), "is gone") if gone else None


def word(table_name: str) -> str:
    return table_name.removeprefix("ledger_")


def notes_of(session: Session, community_id: int) -> dict[str, list[str]]:
    """Row -> the fingerprints that its changes left, in order; empty ones of older changes too."""
    about = or_(*[AuditEvent.subject.like(f"{table.name}:%") for table in WITNESSED])
    events = select(AuditEvent.subject, AuditEvent.note).where(AuditEvent.community_id == community_id, about)
    found: dict[str, list[str]] = {}
    for subject, note in session.execute(events.order_by(AuditEvent.id)):
        found.setdefault(subject, []).append(note)
    return found
