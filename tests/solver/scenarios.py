"""Problems built from the published scenario files: wardens (A), the October community (B), the district (C)."""

from __future__ import annotations

import csv
import os
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from solver.problem import CrossMix, LabelLimit, Limits, Mix, Person, Problem, Shift, Window, one_of_each

_PLACES = (
    Path(os.environ.get("YOULIN_SCENARIOS", "")) if os.environ.get("YOULIN_SCENARIOS") else None,
    Path(__file__).parents[2].parent / "shared/data/scenarios",
)
_DAY = 1440


def folder() -> Path:
    """The scenario folder; skips the test with a reason where there is none."""
    for place in _PLACES:
        if place is not None and place.is_dir():
            return place
    pytest.skip("no scenario files: set YOULIN_SCENARIOS to their folder")


def _rows(name: str) -> list[dict[str, str]]:
    with (folder() / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def wardens(*, checkpoints: int = 7, limits_turns: bool = False) -> Problem:
    """Scenario A: one week of 24-hour checkpoints; more `checkpoints` than 7 are copies of the first one.

    The scenario's hard rules limit hours; `limits_turns` also takes its 5 (3) turns a week as a rule, as the variant
    with 10 checkpoints and its shortage of 78 does. Full-timers' hours are to be equal.
    """
    shifts = _warden_shifts(checkpoints)
    posts: dict[int, set[str]] = {}
    for shift in shifts:
        if shift.kind == "checkpoint":
            posts.setdefault(shift.starts_min, set()).add(shift.id)
    leader = frozenset({"leader"})
    cross = tuple(CrossMix(frozenset(ids), leader) for ids in posts.values())
    people = tuple(_warden(row, limits_turns) for row in _rows("a_wardens.csv"))
    full_timers = frozenset(person.id for person in people if "full" in person.tags)
    return Problem(7, people, tuple(shifts), cross_mixes=cross, equal=(full_timers,))


def _warden_shifts(checkpoints: int) -> list[Shift]:
    rows = _rows("a_shifts_week.csv")
    extra = [
        {**row, "id": f"C{number}-{row['id'].split('-', 1)[1]}", "post": f"C{number}"}
        for number in range(8, checkpoints + 1)
        for row in rows
        if row["post"] == "C1"
    ]
    return [_warden_shift(row) for row in rows + extra]


def _warden_shift(row: dict[str, str]) -> Shift:
    seats, starts = int(row["need"]), int(row["start"])
    return Shift(
        id=row["id"],
        kind=row["kind"],
        place=row["post"],
        day=starts // 24,
        week=0,
        starts_min=starts * 60,
        ends_min=int(row["end"]) * 60,
        least=seats,
        target=seats,
        most=seats,
        labels=frozenset({row["shift"]}) & {"night"},
    )


def _warden(row: dict[str, str], limits_turns: bool) -> Person:
    """Free around the clock; a fixed day off is free of any work; who does no nights is free from 07:00 to 23:00."""
    off = int(row["off_day"]) - 1 if row["off_day"] else None
    days = [day for day in range(8) if day != off]
    span = (7 * 60, 23 * 60) if row["no_night"] == "1" else (0, _DAY)
    return Person(
        id=row["id"],
        tags=frozenset({row["type"], row["gender"]} | ({"leader"} if row["leader"] == "1" else set())),
        windows=tuple(Window(day * _DAY + span[0], day * _DAY + span[1]) for day in days),
        limits=Limits(
            shifts_per_week=int(row["max_shifts"]) if limits_turns else None,
            minutes_per_week=int(row["max_hours"]) * 60,
            rest_min=660,
            labels_per_week=(LabelLimit("night", 2),),
        ),
        share=int(row["max_hours"]) * 60,
    )


def district(*, times: int = 1) -> Problem:
    """Scenario C as one problem: 338 grids with 15,989 members, 44 seats a week in each; `times` as many grids."""
    people: list[Person] = []
    shifts: list[Shift] = []
    for copy in range(times):
        for row in _rows("c_grids.csv"):
            grid, dice = f"{row['grid']}-{copy}", random.Random(f"{row['grid']}-{copy}")
            people += [_member(dice, grid, number) for number in range(int(row["members"]))]
            shifts += _grid_week(dice, grid)
    return Problem(7, tuple(people), tuple(shifts))


_TEMPLATES = ("ALL", "AM", "ALL_NO_WED_AM", "NO_SCHOOL_RUN", "PM", "EVE_WE", "WEEKEND")
_TEMPLATE_WEIGHTS = (25, 11, 10, 9, 7, 7, 3)


def _member(dice: random.Random, grid: str, number: int) -> Person:
    """Ages from 56 to 82 and times as in the October community; limits by age."""
    age, gender = dice.randint(56, 82), dice.choice("FM")
    turns, hours = (5, 10) if age < 70 else (3, 6) if age < 75 else (2, 4) if age < 80 else (1, 2)
    template = dice.choices(_TEMPLATES, _TEMPLATE_WEIGHTS)[0]
    monday = date(2026, 10, 12)
    windows = [
        Window(day * _DAY + starts, day * _DAY + min(ends, 18 * 60 if age >= 75 else ends))
        for day in range(7)
        for starts, ends in _spans(template, monday + timedelta(days=day), is_rest=day >= 5)
        if starts < (18 * 60 if age >= 75 else ends)
    ]
    return Person(
        id=f"{grid}-V{number:02d}",
        tags=frozenset({grid, gender, "under70" if age < 70 else "70+"}),
        windows=tuple(windows),
        limits=Limits(
            shifts_per_day=2, minutes_per_day=240, shifts_per_week=turns, minutes_per_week=hours * 60, gap_min=30
        ),
        share=hours * 60,
    )


def _grid_week(dice: random.Random, grid: str) -> list[Shift]:
    """Two patrols a day of 2, a clean-up of 8 on Saturday, four visits of 2 to elders: 44 seats."""
    young = (Mix(frozenset({"under70"}), at_least=1),)
    patrols = [
        _grid_shift(grid, f"P{day}{starts}", day, starts * 30, 120, 2, young) for day in range(7) for starts in (17, 30)
    ]
    visits = [
        _grid_shift(grid, f"E{number}", dice.randrange(5), 600, 60, 2, (Mix(frozenset({dice.choice("FM")}), 1),))
        for number in range(4)
    ]
    return [*patrols, _grid_shift(grid, "C", 5, 540, 120, 8, ()), *visits]


def _grid_shift(grid: str, name: str, day: int, at: int, minutes: int, seats: int, mixes: tuple[Mix, ...]) -> Shift:
    starts = day * _DAY + at
    return Shift(
        id=f"{grid}-{name}",
        kind="duty",
        place=grid,
        day=day,
        week=0,
        starts_min=starts,
        ends_min=starts + minutes,
        least=seats,
        target=seats,
        most=seats,
        requires=frozenset({grid}),
        mixes=mixes,
    )


def october() -> Problem:
    """Scenario B: the October 2026 community, 72 volunteers, 326 shifts, 754 seats."""
    slots = _rows("b_slots_2026-10.csv")
    elders = {row["id"]: row["gender"] for row in _rows("b_elders.csv")}
    rest = {date.fromisoformat(row["date"]): _is_rest(row["day_type"]) for row in slots}
    people = tuple(_volunteer(row, rest) for row in _rows("b_volunteers.csv"))
    return Problem(31, people, tuple(_slot(row, elders) for row in slots))


def _is_rest(day_type: str) -> bool:
    return day_type in ("weekend", "holiday_rest", "statutory_holiday")


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


_FIRST = date(2026, 10, 1)


def _slot(row: dict[str, str], elders: dict[str, str]) -> Shift:
    day = (date.fromisoformat(row["date"]) - _FIRST).days
    seats = int(row["need"])
    elder = row["require"].split(";")[0].removeprefix("elder:") if row["kind"] == "elder_visit" else ""
    return Shift(
        id=row["id"],
        kind=row["kind"],
        place=row["grid"],
        day=day,
        week=(day + 3) // 7,  # 1 October 2026 is a Thursday: its ISO week began three days earlier
        starts_min=day * _DAY + _clock(row["start"]),
        ends_min=day * _DAY + _clock(row["end"]),
        least=seats,
        target=seats,
        most=seats,
        priority=int(row["priority"]),
        requires=_requires(row),
        bars=_bars(row["kind"]),
        mixes=_mixes(row, elders.get(elder, "")),
        series=elder,
    )


def _requires(row: dict[str, str]) -> frozenset[str]:
    own_grid = {row["grid"]} if row["kind"] in ("daily_patrol", "weekly_cleanup") else set()
    skill = {"river_patrol": {"skill:river"}, "fire_drill_aid": {"skill:first_aid"}, "study_delivery": {"party"}}
    return frozenset(own_grid | skill.get(row["kind"], set()))


def _bars(kind: str) -> frozenset[str]:
    minors = set() if kind in ("weekly_cleanup", "festival_event") else {"minor"}
    old = {"river_patrol": {"75+"}, "fire_drill": {"70+"}, "fire_drill_aid": {"75+"}, "fire_drill_log": {"75+"}}
    return frozenset(minors | old.get(kind, set()))


def _mixes(row: dict[str, str], gender: str) -> tuple[Mix, ...]:
    if row["kind"] == "daily_patrol":
        return (Mix(frozenset({"under70"}), at_least=1),)
    if row["kind"] == "elder_visit":
        return (Mix(frozenset({gender}), at_least=1),)
    if row["kind"] == "monthly_review":
        return one_of_each(["G1", "G2", "G3", "G4"])
    return ()


def _volunteer(row: dict[str, str], rest: dict[date, bool]) -> Person:
    age, hours = int(row["age"]), int(row["max_hours_per_week"])
    tags = {row["gender"], row["grid"], "under70" if age < 70 else "70+"}
    tags |= {f"skill:{one}" for one in row["skills"].split("|") if one}
    tags |= {"75+"} if age >= 75 else set()
    tags |= {"minor"} if age < 18 else set()
    tags |= {"party"} if "party" in row["identity"] else set()
    return Person(
        id=row["id"],
        tags=frozenset(tags),
        windows=tuple(_windows(row["availability"], age, rest)),
        limits=Limits(
            shifts_per_day=2,
            minutes_per_day=240,
            shifts_per_week=int(row["max_shifts_per_week"]),
            minutes_per_week=hours * 60,
            gap_min=30,
        ),
        share=round(hours * 60 * 31 / 7),
    )


def _windows(template: str, age: int, rest: dict[date, bool]) -> list[Window]:
    found = []
    for number in range(31):
        on = _FIRST + timedelta(days=number)
        for starts, ends in _spans(template, on, is_rest=rest[on]):
            ends = min(ends, 18 * 60) if age >= 75 else ends
            if starts < ends:
                found.append(Window(number * _DAY + starts, number * _DAY + ends))
    return found


def _spans(template: str, on: date, *, is_rest: bool) -> list[tuple[int, int]]:
    first, noon, one, last = 7 * 60, 12 * 60, 13 * 60, 21 * 60
    if template == "AM":
        return [(first, noon)]
    if template == "PM":
        return [(one, last)]
    if template == "ALL_NO_WED_AM" and on.weekday() == 2:
        return [(noon, last)]
    if template == "NO_SCHOOL_RUN" and not is_rest:
        return [(first, 930), (1050, last)]
    if template == "EVE_WE" and not is_rest:
        return [(1110, last)]
    if template == "WEEKEND" and not is_rest:
        return []
    return [(first, last)]
