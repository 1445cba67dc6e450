"""The one write of the sheets: that something was taken out of the house."""

from datetime import datetime

from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor

VERB = "export"


def record_export(session: Session, name: str, period: str, *, actor: Actor, now: datetime) -> None:
    """The audit row of a download: which list, which days, as which kind of file."""
    audit.record(session, VERB, f"sheet:{name}", actor=actor, now=now, note=period)
