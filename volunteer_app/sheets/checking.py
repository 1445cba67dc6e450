"""The books checked from the first entry on, and the last check remembered as its audit row."""

import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor, AuditEvent
from volunteer_app.ledger.models import TXNS
from volunteer_app.ledger.queries import chain_head
from volunteer_app.ledger.verify import Finding, first_bad, verify

VERB = "check_books"


@dataclass(frozen=True, slots=True)
class Check:
    """A walk through the books up to entry `seq`, whose hash was `hash`. `at` is None before it is recorded."""

    seq: int
    hash: str
    took_ms: int
    findings: tuple[Finding, ...]
    at: datetime | None = None

    @property
    def is_right(self) -> bool:
        return not self.findings

    @property
    def bad_row(self) -> int | None:
        """The first entry that doesn't match; None when all match or no single entry is to blame."""
        found = first_bad(list(self.findings))
        return found.seq if found else None

    @property
    def seconds(self) -> str:
        """2.1"""
        return f"{self.took_ms / 1000:.1f}"


def check(session: Session, community_id: int) -> Check:
    """Checks every invariant and walks the chain, all in one view of the database, so that a posting meanwhile is no
    finding. Writes nothing and ends the session's transaction.
    """
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    started = time.perf_counter()
    seq, head = chain_head(session, community_id)
    findings = tuple(verify(session, community_id))
    session.rollback()
    return Check(seq, head, round((time.perf_counter() - started) * 1000), findings)


def record_check(session: Session, found: Check, *, actor: Actor, now: datetime) -> Check:
    """Keeps what a check found."""
    kept = {name: value for name, value in asdict(found).items() if name != "at"}
    note = json.dumps(kept, ensure_ascii=False)
    audit.record(session, VERB, f"ledger:{actor.community_id}", actor=actor, now=now, note=note)
    return Check(found.seq, found.hash, found.took_ms, found.findings, now)


def last_check(session: Session, community_id: int) -> Check | None:
    """The last recorded check, and what has become of it: an entry that has changed since is a finding of its own."""
    statement = select(AuditEvent).where(AuditEvent.community_id == community_id, AuditEvent.verb == VERB)
    row = session.scalars(statement.order_by(AuditEvent.id.desc()).limit(1)).first()
    if row is None:
        return None
    kept = json.loads(row.note)
    findings = tuple(Finding(**finding) for finding in kept.pop("findings"))
    return Check(**kept, findings=findings or changed_since(session, community_id, kept), at=row.at)


def changed_since(session: Session, community_id: int, kept: dict[str, object]) -> tuple[Finding, ...]:
    """A finding when the last checked entry no longer has the hash that was checked."""
    seq = kept["seq"]
    where = (TXNS.c.community_id == community_id, TXNS.c.seq == seq)
    hash_now = session.execute(select(TXNS.c.hash).where(*where)).scalar()
    if not seq or hash_now == kept["hash"]:
        return ()
    return (Finding("the hash chain is unbroken", f"txn {seq}", int(str(seq)), "changed since it was checked", "I13c"),)
