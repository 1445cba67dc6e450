"""What availability asks about turns that somebody has already. The rosters room answers: it registers itself when the
app starts.

`app.extensions["youlin_given"]` holds an object with this question; until then nobody has turns.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class GivenTurn:
    """A turn to come on which its holder is counted: its local day, the moments of its legs, and the addresses where
    the holder says that he can't come and where staff see the seat.
    """

    day: date
    spans: tuple[tuple[datetime, datetime], ...]
    own_address: str
    staff_address: str


class Given(Protocol):
    """Answered by the room that knows who goes when."""

    def turns(self, session: Session, person_id: int, *, now: datetime) -> list[GivenTurn]:
        """The person's turns to come, next first; legs of one task are one."""
        ...


class NoTurns:
    """Nobody has been asked to come yet."""

    def turns(self, session: Session, person_id: int, *, now: datetime) -> list[GivenTurn]:  # noqa: ARG002
        return []
