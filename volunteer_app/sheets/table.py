"""A table to be taken home: title, columns, rows. Knows neither Excel nor where its rows come from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from volunteer_app.core.language import N_, Text

Cell = str | Text | int | date | datetime | None
"""A str is data and stays as it is; a Text is a sentence of ours and is translated."""
Say = Callable[[Text | str], str]

INTERNAL = N_("内部使用")
PAGES = N_("第%(page)s页，共%(pages)s页")
FIGURE = N_("%(label)s：%(amount)d")


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text, code (a number that is never reckoned with), number, date, time or moment. `width` in characters
    of half width; None fits the content.
    """

    label: Text | str
    kind: str = "text"
    width: int | None = None

    def head(self, say: Say) -> str:
        """The column's name as it is written above it."""
        words = say(self.label)
        return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`facts` stand under the title, `foot` under the table; `internal` ones say so.

    `marked` are the numbers of rows that stand out (sums, headings of a group). `row_pt` is the height of a row to be
    written in by hand, in points.
    """

    title: Text | str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    facts: Sequence[Text | str] = ()
    figures: Sequence[tuple[Text, int]] = ()
    foot: Sequence[Text | str] = ()
    internal: bool = True
    landscape: bool = False
    marked: frozenset[int] = field(default_factory=frozenset)
    row_pt: int | None = None

    def lines(self) -> list[Text | str]:
        """What stands under the title."""
        return [INTERNAL, *self.facts] if self.internal else list(self.facts)

    def figure_lines(self) -> list[Text]:
        """The figures as sentences, where nothing can be printed large."""
        return [Text(FIGURE, {"label": label, "amount": amount}) for label, amount in self.figures]
