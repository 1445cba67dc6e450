"""What needs ask about the people on their shifts. The rosters room answers: it registers itself when the app starts.

`app.extensions["youlin_seats"]` holds an object with these questions; until then nobody has been asked to come.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor


@dataclass(frozen=True, slots=True)
class TouchedPerson:
    """Somebody who holds a seat on a shift that is about to change."""

    person_id: int
    number: str
    name: str
    shift_id: int
    state: str


class Seats(Protocol):
    """Answered by the room that knows who goes when."""

    def taken(self, session: Session, shift_ids: Collection[int]) -> dict[int, int]:
        """How many seats of each shift are held."""
        ...

    def people(self, session: Session, shift_ids: Collection[int]) -> list[TouchedPerson]:
        """Who holds a seat on any of the shifts, by shift and number."""
        ...

    def changed(self, session: Session, shift_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
        """The shifts have another time or place now: tell their people and ask them again."""
        ...

    def cancelled(
        self, session: Session, shift_ids: Collection[int], *, reason: str, actor: Actor, now: datetime
    ) -> None:
        """The shifts don't take place: let their people go and tell them."""
        ...


class NoSeats:
    """Nobody has been asked to come yet."""

    def taken(self, session: Session, shift_ids: Collection[int]) -> dict[int, int]:  # noqa: ARG002
        return {}

    def people(self, session: Session, shift_ids: Collection[int]) -> list[TouchedPerson]:  # noqa: ARG002
        return []

    def changed(self, session: Session, shift_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
        """Nobody to tell."""

    def cancelled(
        self, session: Session, shift_ids: Collection[int], *, reason: str, actor: Actor, now: datetime
    ) -> None:
        """Nobody to tell."""
