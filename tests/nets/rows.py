"""The books' rows as they stand, by plain SQL through the driver: quick, and apart from what the program asks."""

from collections import namedtuple
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session


class Rows:
    """Reads inside the transaction that the session is in."""

    def __init__(self, session: Session, community_id: int) -> None:
        self.cursor: Any = session.connection().connection.cursor()
        self.community_id = community_id
        self.mark = "?" if session.get_bind().dialect.name == "sqlite" else "%s"

    def of(self, table: str, *conditions: str, by: str = "", values: Iterable[object] = ()) -> list[Any]:
        """The community's rows of the table under the conditions, in which `?` stands for the next value."""
        where = " AND ".join(("community_id = ?", *conditions))
        query = f"SELECT * FROM {table} WHERE {where}" + (f" ORDER BY {by}" if by else "")
        self.cursor.execute(query.replace("?", self.mark), (self.community_id, *values))
        row, moments = shape(tuple(column[0] for column in self.cursor.description))
        found = self.cursor.fetchall()
        if self.mark == "?" and moments:
            found = [with_moments(values, moments) for values in found]
        return [row(*values) for values in found]


@lru_cache(maxsize=100)
def shape(names: tuple[str, ...]) -> tuple[type[Any], tuple[int, ...]]:
    """A type for rows with these columns, and the places of the moments among them."""
    places = tuple(place for place, name in enumerate(names) if name == "at" or name.endswith("_at"))
    return namedtuple("Row", names), places


def with_moments(values: Iterable[object], places: tuple[int, ...]) -> list[object]:
    """SQLite keeps moments as text."""
    told = list(values)
    for place in places:
        text = told[place]
        if isinstance(text, str):
            told[place] = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return told
