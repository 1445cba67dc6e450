"""Who did what, for whom, when and from where: one row for every write."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from volunteer_app.core.database import Base


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `person_id` None is the system itself (jobs, demo); `via` is web, api, cli, job or worker."""

    community_id: int
    person_id: int | None
    via: str
    roles: frozenset[str] = frozenset()

    def has(self, *roles: str) -> bool:
        """Holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)


class AuditEvent(Base):
    """One write or one refusal. Append-only; `subject` is `table:id`."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    acting_for_id: Mapped[int | None]
    via: Mapped[str] = mapped_column(String(12))
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")


def record(
    session: Session,
    verb: str,
    subject: str,
    *,
    actor: Actor,
    now: datetime,
    acting_for: int | None = None,
    note: str = "",
) -> None:
    """Adds the audit row of a write to the same transaction."""
    session.add(
        AuditEvent(
            community_id=actor.community_id,
            at=now,
            actor_id=actor.person_id,
            acting_for_id=acting_for,
            via=actor.via,
            verb=verb,
            subject=subject,
            note=note,
        )
    )
