"""What other rooms put beside a turn: figures on the volunteer's first page, what a turn is worth.

Rosters don't know that points exist; the rooms that do register here when the app starts:
`app.extensions.setdefault("youlin_beside", []).append(...)`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from volunteer_app.core.language import Text
from volunteer_app.needs.models import Shift


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with words: 这个月服务, 8, 小时."""

    label: str
    value: str
    unit: str = ""


class Beside(Protocol):
    """A room that has something to say beside turns; every answer may be empty."""

    def figures(self, session: Session, person_id: int, *, now: datetime) -> list[Figure]:
        """Two or three figures for the volunteer's first page, in the page's language."""
        ...

    def worth(self, session: Session, shifts: Iterable[Shift]) -> dict[int, Text]:
        """shift id -> 大约20分."""
        ...
