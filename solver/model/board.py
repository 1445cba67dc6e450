"""The model as plain rows over whole-number variables, for any engine. Refuses to know engines and rules.

`Board.seats[person, shift]` is the 0/1 variable of a pair that may be; rules and goals make every other variable.
`Board.missing[shift]` counts empty seats below the least, once must_cover has made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..eligibility import Eligibility
from ..plan import Plan
from ..problem import Pair, PersonId, Problem, ShiftId

Terms: TypeAlias = Mapping[int, int]
"""variable -> coefficient"""

Derive: TypeAlias = Callable[[Sequence[int]], int]
"""earlier variables' values -> value"""


@dataclass(frozen=True, slots=True)
class Row:
    """`low <= sum of coefficient x variable <= high`; None is open."""

    terms: Terms
    low: int | None
    high: int | None
    name: str


class Board:
    """Variables with bounds and rows over them; grows stage by stage."""

    def __init__(self, problem: Problem, open_pairs: Eligibility) -> None:
        self.problem = problem
        self.low: list[int] = []
        self.high: list[int] = []
        self.rows: list[Row] = []
        self._derive: list[Derive | None] = []
        self.missing: dict[ShiftId, int] = {}
        self._any: dict[tuple[int, ...], int] = {}
        self.people_for = open_pairs.people_for
        self.shifts_for = open_pairs.shifts_for
        self.seats: dict[Pair, int] = {
            (person, shift.id): self.add_variable(0, 1)
            for shift in problem.shifts
            for person in open_pairs.people_for[shift.id]
        }

    def add_variable(self, low: int, high: int, derive: Derive | None = None) -> int:
        """A new whole-number variable, by its index; `derive` says its best value once all earlier ones are known."""
        self.low.append(low)
        self.high.append(high)
        self._derive.append(derive)
        return len(self.low) - 1

    def any_of(self, variables: Sequence[int]) -> int:
        """A 0/1 variable that says whether one of these 0/1 variables is 1; the same one for the same variables."""
        key = tuple(sorted(variables))
        if len(key) == 1:
            return key[0]
        if key not in self._any:
            used = self.add_variable(0, 1, lambda values: int(any(values[one] for one in key)))
            for one in key:
                self.add_row({one: 1, used: -1}, high=0, name="any")
            self.add_row({**dict.fromkeys(key, 1), used: -1}, low=0, name="any")
            self._any[key] = used
        return self._any[key]

    def add_row(self, terms: Terms, *, name: str, low: int | None = None, high: int | None = None) -> None:
        """Leaves out a row that its variables' bounds already keep."""
        if low is not None and self.least_of(terms) >= low:
            low = None
        if high is not None and self.most_of(terms) <= high:
            high = None
        if low is not None or high is not None:
            self.rows.append(Row(terms, low, high, name))

    def least_of(self, terms: Terms) -> int:
        """The lowest value that the bounds allow."""
        return sum(k * (self.low[v] if k > 0 else self.high[v]) for v, k in terms.items())

    def most_of(self, terms: Terms) -> int:
        """The highest value that the bounds allow."""
        return sum(k * (self.high[v] if k > 0 else self.low[v]) for v, k in terms.items())

    def on_shift(self, shift: ShiftId, people: Iterable[PersonId] | None = None) -> dict[int, int]:
        """Head count of a shift, of all or of some people."""
        wanted = self.people_for[shift] if people is None else people
        return {self.seats[one, shift]: 1 for one in wanted if (one, shift) in self.seats}

    def plan(self, values: Sequence[int]) -> Plan:
        """The plan that the variables' values say."""
        return Plan(frozenset(pair for pair, variable in self.seats.items() if values[variable] == 1))

    def values_of(self, plan: Plan) -> tuple[int, ...]:
        """Values of all variables for a plan; its seats that have no variable are left out."""
        taken = {self.seats[pair] for pair in plan.assignments if pair in self.seats}
        values: list[int] = []
        for variable, derive in enumerate(self._derive):
            values.append(int(variable in taken) if derive is None else derive(values))
        return tuple(values)

    def broken(self, values: Sequence[int]) -> list[str]:
        """Names of the rows and bounds that these values break."""
        found = [
            "bounds" for value, low, high in zip(values, self.low, self.high, strict=True) if not low <= value <= high
        ]
        for row in self.rows:
            found_total = total(row.terms, values)
            if (row.low is not None and found_total < row.low) or (row.high is not None and found_total > row.high):
                found.append(row.name)
        return found


def total(terms: Terms, values: Sequence[int]) -> int:
    """The value of a linear sum."""
    return sum(k * values[v] for v, k in terms.items())
