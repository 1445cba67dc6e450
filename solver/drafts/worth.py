"""What a draft is worth beside its loads: the goals before and after fairness that an exchange of turns can touch.

Refuses to know moves. The specification is `score.py`; here only people around one exchange are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .. import score
from .draft import Draft


@dataclass(frozen=True, slots=True)
class Around:
    """Figures of a few people, smaller is better: turns beyond the weekly limit, points that each of them loses, faces
    new to a series, seats that aren't those of the plan before.
    """

    safety: int
    lost: dict[int, int]
    faces: int
    changes: int


class Worth:
    """Points that everybody loses, kept while turns are exchanged; people and shifts are the draft's indices."""

    def __init__(self, draft: Draft, worst_wish: int) -> None:
        """`worst_wish`: what somebody elsewhere loses anyway, so that nobody here has to lose less."""
        self._draft, self._problem, self._floor = draft, draft.problem, worst_wish
        people, shifts = self._problem.people, self._problem.shifts
        self._has_wishes = [one.has_wishes for one in people]
        numbers = {one.id: number for number, one in enumerate(people)}
        self.partners = [frozenset(numbers[one] for one in person.partners) for person in people]
        self._has_room_for_two = [shift.most > 1 for shift in shifts]
        self._familiar: list[set[str]] = [set() for _ in people]
        for name, series in self._problem.familiar:
            if name in numbers:
                self._familiar[numbers[name]].add(series)
        self._series = [shift.series for shift in shifts]
        self._losses: dict[tuple[int, int], int] = {}
        self.lost = [self._points(person) for person in range(len(people))]
        self._people_by_loss = Counter(self.lost)

    def loss(self, person: int, shift: int) -> int:
        """score.wish_loss, remembered."""
        if not self._has_wishes[person]:
            return 0
        key = (person, shift)
        if key not in self._losses:
            names = self._problem.people[person].id, self._problem.shifts[shift].id
            self._losses[key] = score.wish_loss(self._problem, *names)
        return self._losses[key]

    def points(self, person: int, shift: int) -> int:
        """What the person loses by this own turn, a missing partner included."""
        return self.loss(person, shift) + self._is_alone(person, shift)

    def is_new_face(self, person: int, shift: int) -> bool:
        series = self._series[shift]
        return bool(series) and series not in self._familiar[person]

    def is_known(self, person: int, shift: int) -> bool:
        """The person is familiar to the shift's series, or is in it with another turn already."""
        series = self._series[shift]
        return bool(series) and (
            series in self._familiar[person] or any(self._series[own] == series for own in self._draft.own[person])
        )

    def is_as_before(self, person: int, shift: int) -> bool:
        """There's no plan before, or it has this seat."""
        previous = self._problem.previous
        return previous is None or (self._problem.people[person].id, self._problem.shifts[shift].id) in previous

    def is_settled(self, person: int, shift: int) -> bool:
        """Somebody else in the seat couldn't please the series or the plan before."""
        return not self.is_new_face(person, shift) and self.is_as_before(person, shift)

    def around(self, pair: Collection[int], crews: Iterable[int]) -> Around:
        """Figures of two people and of those with partners in the crews of these shifts."""
        members = {one for shift in crews for one in self._draft.crew[shift] if self.partners[one]}
        return Around(
            sum(map(self._beyond, pair)) if self._problem.rolling_week else 0,
            {one: self._points(one) for one in members.union(pair)},
            sum(map(self._new_faces, pair)),
            sum(not self.is_as_before(one, own) for one in pair for own in self._draft.own[one]),
        )

    def is_better(self, before: Around, after: Around) -> bool:
        """The whole plan gets better in the order of the goals."""
        return self._key(before, before) > self._key(before, after)

    def accept(self, before: Around, after: Around) -> None:
        """Notes what everybody loses now."""
        self._people_by_loss.subtract(before.lost.values())
        self._people_by_loss.update(after.lost.values())
        for person, lost in after.lost.items():
            self.lost[person] = lost

    def is_worst(self, person: int) -> bool:
        """Nobody loses more, and it would count if he lost less."""
        return self.lost[person] > self._floor and self.lost[person] >= self._worst(Counter())

    def _key(self, before: Around, after: Around) -> tuple[int, ...]:
        moved = Counter(after.lost.values())
        moved.subtract(before.lost.values())
        return after.safety, self._worst(moved), sum(after.lost.values()), after.faces, after.changes

    def _worst(self, moved: Counter[int]) -> int:
        """The most that anybody loses after so many people more or fewer at each loss."""
        losses = self._people_by_loss.keys() | moved.keys()
        return max([self._floor, *(one for one in losses if self._people_by_loss[one] + moved[one] > 0)])

    def _points(self, person: int) -> int:
        if not self._has_wishes[person] and not self.partners[person]:
            return 0
        return sum(self.points(person, shift) for shift in self._draft.own[person])

    def _is_alone(self, person: int, shift: int) -> bool:
        partners = self.partners[person]
        return bool(partners) and self._has_room_for_two[shift] and partners.isdisjoint(self._draft.crew[shift])

    def _new_faces(self, person: int) -> int:
        own = self._draft.own[person]
        return len({self._series[shift] for shift in own if self.is_new_face(person, shift)})

    def _beyond(self, person: int) -> int:
        own = [self._problem.shifts[shift].id for shift in self._draft.own[person]]
        return score.turns_beyond(self._problem, self._problem.people[person].id, own)
