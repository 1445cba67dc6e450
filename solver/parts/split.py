"""A problem cut into parts that have nothing to do with each other, exactly. Refuses to know how a part is solved.

People and shifts hang together by open pairs, by rules and wishes that name several of them, and by groups that should
be equal. What nobody may take and who may take nothing is a part of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from ..eligibility import Eligibility, Numbers
from ..problem import Person, PersonId, Problem, ShiftId

T = TypeVar("T")


def split(open_pairs: Eligibility) -> list[Problem]:
    """The parts, ordered by their first person; together they hold every person and every shift once."""
    problem, people = open_pairs.problem, len(open_pairs.problem.people)
    labels = _labels(open_pairs)
    if len(np.unique(labels[open_pairs.person])) <= 1:
        return [problem]
    of_person = {one.id: int(label) for one, label in zip(problem.people, labels[:people], strict=True)}
    of_shift = {one.id: int(label) for one, label in zip(problem.shifts, labels[people:], strict=True)}
    return list(_parts(problem, of_person, of_shift))


def _parts(problem: Problem, of_person: dict[PersonId, int], of_shift: dict[ShiftId, int]) -> Iterator[Problem]:
    people = _grouped(problem.people, lambda one: of_person[one.id])
    shifts = _grouped(problem.shifts, lambda one: of_shift[one.id])
    rows: dict[str, dict[int, list[Any]]] = {
        "pins": _grouped(problem.pins, lambda one: of_person[one.person]),
        "bars": _grouped(
            (one for one in problem.bars if of_person[one.person] == of_shift[one.shift]),
            lambda one: of_person[one.person],
        ),
        "apart": _grouped(problem.apart, lambda one: of_person[one.person]),
        "together": _grouped(problem.together, lambda one: of_person[one.person]),
        "cross_mixes": _grouped(problem.cross_mixes, lambda one: of_shift[min(one.shifts)]),
        "same_team": _grouped(problem.same_team, lambda one: of_shift[min(one)]),
        "equal": _grouped(problem.equal, lambda one: of_person[min(one)]),
    }
    familiar = _grouped(problem.familiar, lambda pair: of_person[pair[0]])
    before = _grouped(
        (pair for pair in problem.previous or () if of_person.get(pair[0]) == of_shift.get(pair[1], -1)),
        lambda pair: of_person[pair[0]],
    )
    for part in dict.fromkeys([*of_person.values(), *of_shift.values()]):
        own = tuple(shifts.get(part, ()))
        fields: dict[str, Any] = {name: tuple(found.get(part, ())) for name, found in rows.items()}
        yield replace(
            problem,
            people=tuple(_among(one, frozenset(shift.id for shift in own)) for one in people.get(part, ())),
            shifts=own,
            familiar=frozenset(familiar.get(part, ())),
            previous=None if problem.previous is None else frozenset(before.get(part, ())),
            **fields,
        )


def _among(person: Person, shifts: frozenset[ShiftId]) -> Person:
    """The person without dislikes of shifts that he may not have anyway."""
    return person if person.unwanted <= shifts else replace(person, unwanted=person.unwanted & shifts)


def _grouped(rows: Iterable[T], label: Callable[[T], int]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for row in rows:
        found.setdefault(label(row), []).append(row)
    return found


def _labels(open_pairs: Eligibility) -> Numbers:
    """[people, then shifts] -> a number that is equal for those who hang together (the lowest among them)."""
    problem = open_pairs.problem
    people, shifts = len(problem.people), len(problem.shifts)
    ties = np.array(list(_ties(problem)), dtype=np.int64).reshape(-1, 2)
    one = np.concatenate((open_pairs.person, ties[:, 0]))
    other = np.concatenate((open_pairs.shift + people, ties[:, 1]))
    labels = np.arange(people + shifts, dtype=np.int64)
    alone = np.setdiff1d(labels, np.concatenate((one, other)))
    labels[alone] = alone.min(initial=people + shifts)
    while True:
        lower = np.minimum(labels[one], labels[other])
        before = labels.copy()
        np.minimum.at(labels, one, lower)
        np.minimum.at(labels, other, lower)
        labels = labels[labels]
        if (labels == before).all():
            return labels


def _ties(problem: Problem) -> Iterator[tuple[int, int]]:
    """Pairs of numbers (people, then shifts) that belong together for another reason than an open pair."""
    person = {one.id: index for index, one in enumerate(problem.people)}
    shift = {one.id: index + len(person) for index, one in enumerate(problem.shifts)}
    for index, one in enumerate(problem.people):
        yield from ((index, person[other]) for other in one.partners)
        yield from ((index, shift[other]) for other in one.wanted)
    for pair in problem.apart:
        yield person[pair.person], person[pair.other]
    for both in problem.together:
        yield person[both.person], person[both.companion]
    for pin in problem.pins:
        yield person[pin.person], shift[pin.shift]
    for cross in problem.cross_mixes:
        yield from _chained([shift[other] for other in sorted(cross.shifts)])
    for team in problem.same_team:
        yield from _chained([shift[other] for other in sorted(team)])
    for group in problem.equal:
        yield from _chained([person[other] for other in sorted(group)])


def _chained(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    return ((members[0], other) for other in members[1:])
