"""Pages of a long list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows `first`..`last` (from 1) of `total`; `number` counts from 1."""

    items: list[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return 0 if self.total == 0 else (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    def links(self) -> dict[str, object]:
        """The arguments of the pager component: where this page stands, and the addresses beside it."""
        return {
            "first": self.first,
            "last": self.last,
            "total": self.total,
            "previous_href": self.href(self.number - 1) if self.number > 1 else "",
            "next_href": self.href(self.number + 1) if self.number < self.pages else "",
        }

    def href(self, number: int) -> str:
        """The present address with another page number; filters stay."""
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
        return f"{request.path}?{urlencode([*kept, ('page', str(number))])}"


def page_of(session: Session, statement: Select[T], *, size: int = SIZE) -> Page[T]:
    """The page that `?page=` asks for; numbers outside of the list give the nearest page."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    asked: Any = request.args.get("page", 1, type=int)
    number = min(max(1, asked or 1), pages)
    items = list(session.scalars(statement.limit(size).offset((number - 1) * size)))
    return Page(items, number, size, total)
