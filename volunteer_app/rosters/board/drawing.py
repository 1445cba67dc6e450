"""What the coordinator's board shows: the week table, the day list, gaps, loads. Plain values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_
from volunteer_app.needs.models import Shift
from volunteer_app.rosters import queries
from volunteer_app.rosters.board.week import Load, Wanted, Week
from volunteer_app.rosters.drawing import comma, kind_name, place_name, said, same_people, span, turn_name
from volunteer_app.rosters.judge import answers, judging
from volunteer_app.rosters.models import Assignment, Roster
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.words import tag_words
from volunteer_app.web import filters
from volunteer_app.web.language import gettext, language
from volunteer_app.web.names import person_name
from volunteer_app.workdays.queries import day_types, special_days

SHOWN_LOADS = 15
REST_TYPES = ("rest", "statutory_holiday", "holiday_rest")


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the board the viewer is: the day, what it's narrowed to, the seat or gap that the panel is about."""

    day: date
    wanted: Wanted
    seat: int | None
    gap: int | None
    zone: str

    def address(self, **changes: object) -> str:
        """The board's address with something changed; filters and day stay."""
        values: dict[str, object] = {
            "day": self.day.isoformat(),
            "grid": self.wanted.grid_id,
            "kind": self.wanted.kind_id,
            "gaps": 1 if self.wanted.gaps_only else None,
        }
        return url_for("rosters.board", **{**values, **changes})  # type: ignore[arg-type]


def head_days(session: Session, week: Week) -> list[dict[str, Any]]:
    """Seven heads: day, weekday, 休 or 班 and the holiday's name."""
    types = day_types(session, week.days[0], week.days[-1])
    names = {row.day: row.name for row in special_days(session, week.days[0], week.days[-1])}
    return [
        {
            "day": day.day,
            "weekday": filters.weekday(day, language()),
            "note": day_note(types[day], names.get(day, "")),
            "rest": types[day] in REST_TYPES,
        }
        for day in week.days
    ]


def day_note(day_type: str, name: str) -> str:
    sign = gettext(N_("休")) if day_type in REST_TYPES else gettext(N_("班")) if day_type == "makeup_workday" else ""
    return " ".join(filter(None, (sign, name if language() == "zh" else "")))


def rule_line(shift: Shift) -> str:
    """2人，1位不到70岁的人."""
    parts = [gettext(N_("%(n)d人")) % {"n": shift.target}]
    for mix in shift.mixes[:2]:
        parts.append(gettext(N_("%(n)d位%(who)s")) % {"n": mix["at_least"], "who": said(tag_words(mix["tag"]))})
    parts += [said(tag_words(tag)) for tag in shift.requires if tag.startswith("skill:") or tag == "party"]
    return gettext(N_("，")).join(parts)


@dataclass(frozen=True)
class Board:
    """The week as the components want it."""

    session: Session
    week: Week
    place: Place
    now: datetime
    grid_names: dict[int, str]
    cases: dict[int, judging.Case] = field(default_factory=dict)
    """roster id -> its case, built when the first of its turns has to be explained"""
    said_of_gaps: dict[int, answers.GapWords] = field(default_factory=dict)
    """shift id -> what was found out about its gap: it stands on the page several times."""

    def roster_of(self, shift: Shift) -> Roster | None:
        """The roster that holds the shift; a week may have several, and a panel may be about another week."""
        if shift.starts_on in self.week.days:
            return self.week.roster_on(shift.starts_on)
        return queries.roster_on(self.session, shift.community_id, shift.starts_on)

    def case_of(self, shift: Shift) -> judging.Case | None:
        """The case of the shift's own roster; None where no roster holds it."""
        roster = self.roster_of(shift)
        if roster is None:
            return None
        if roster.id not in self.cases:
            self.cases[roster.id] = judging.case_of(self.session, roster, now=self.now)
        return self.cases[roster.id]

    def closed(self, shift: Shift) -> str:
        """Why nothing can be changed about the shift; nothing when it can."""
        if shift.starts_at <= self.now:
            return gettext(N_("这个班已经开始了，排班表上不能再改。"))
        if shift.state != "open":
            return gettext(N_("这个班已经取消了。"))
        return "" if self.roster_of(shift) else gettext(N_("这一天还没有排班表，先去排班。"))

    def rows(self) -> list[dict[str, Any]]:
        """One row per post and time, in the order of the day; each has seven cells."""
        groups: dict[tuple[Any, ...], list[Shift]] = {}
        for shift in self.week.shifts:
            groups.setdefault(self.row_key(shift), []).append(shift)
        ordered = sorted(groups.items(), key=lambda item: item[0])
        return [self.row(shifts) for _key, shifts in ordered]

    def row_key(self, shift: Shift) -> tuple[Any, ...]:
        starts, ends = span(shift, self.place.zone)
        times = (starts.strftime("%H:%M"), ends.strftime("%H:%M"))
        return (shift.kind_id, shift.grid_id or 0, *times, shift.recipient_id or 0, same_people(shift, self.place.zone))

    def row(self, shifts: list[Shift]) -> dict[str, Any]:
        first = shifts[0]
        where = place_name(first) if first.recipient is not None else self.grid_names.get(first.grid_id or 0, "")
        narrow = self.place.wanted.grid_id is not None and first.recipient is None
        return {
            "title": kind_name(first) if narrow or not where else f"{kind_name(first)} ・ {where}",
            "time": filters.time_range(span(first, self.place.zone)),
            "rule": comma(rule_line(first), same_people(first, self.place.zone)),
            "cells": [self.cell([one for one in shifts if one.starts_on == day]) for day in self.week.days],
        }

    def cell(self, shifts: list[Shift]) -> dict[str, Any] | None:
        if not shifts:
            return None
        return {
            "seats": [seat for shift in shifts for seat in self.seats(shift)],
            "gaps": [gap for shift in shifts for gap in self.gaps(shift)],
        }

    def seats(self, shift: Shift, *, view: str | None = None) -> list[dict[str, Any]]:
        return [self.seat(seat, shift, view=view) for seat in self.week.seats.get(shift.id, ())]

    def seat(self, seat: Assignment, shift: Shift, *, view: str | None) -> dict[str, Any]:
        home = seat.person.grid_id
        is_guest = home is not None and shift.grid_id is not None and home != shift.grid_id
        return {
            "name": person_name(seat.person.name, language()),
            "href": self.place.address(seat=seat.id, view=view, _anchor="why"),
            "selected": self.place.seat == seat.id,
            "pinned": seat.pinned,
            "grid": short(self.grid_names.get(home, "")) if is_guest and home is not None else "",
            "state": seat.state if seat.state in ("accepted", "seeking") else "",
            "id": f"seat-{seat.id}" if view is None else f"day-seat-{seat.id}",
        }

    def gaps(self, shift: Shift, *, view: str | None = None) -> list[dict[str, Any]]:
        missing = self.week.missing(shift)
        if not missing:
            return []
        return [
            {
                "count": missing,
                "reason": "" if view else self.reason(shift),
                "href": self.place.address(gap=shift.id, view=view, _anchor="why"),
                "selected": self.place.gap == shift.id,
                "id": f"gap-{shift.id}" if view is None else f"day-gap-{shift.id}",
            }
        ]

    def reason(self, shift: Shift) -> str:
        """Why nobody fills it, in one line; nothing for a turn that has begun or lies in no roster."""
        words = self.words(shift)
        return gettext(N_("，")).join(said(text) for text in words.why) if words else ""

    def words(self, shift: Shift) -> answers.GapWords | None:
        case = self.case_of(shift)
        if case is None or str(shift.id) not in case.problem.shift:
            return None
        if shift.id not in self.said_of_gaps:
            self.said_of_gaps[shift.id] = answers.gap_words(case, shift.id)
        return self.said_of_gaps[shift.id]

    def gap_rows(self) -> list[dict[str, Any]]:
        """Rows of the gap table: gap, why, who nearly could, the cheapest way."""
        rows = []
        for shift, missing in self.week.gaps:
            words = self.words(shift)
            rows.append(
                {
                    "where": turn_name(shift, self.place.zone),
                    "count": missing,
                    "why": self.reason(shift) or self.closed(shift),
                    "nearly": [said(text) for text in words.nearly] if words else [],
                    "way": said(words.way) if words else "",
                    "action_label": gettext(N_("去补")),
                    "href": self.place.address(gap=shift.id, _anchor="why") if words else "",
                }
            )
        return rows

    def day_posts(self, day: date) -> list[dict[str, Any]]:
        """The day's shifts in time order, for the day list."""
        return [
            {
                "title": f"{filters.time_range(span(shift, self.place.zone))} {kind_name(shift)}",
                "where": comma(place_name(shift), same_people(shift, self.place.zone)),
                "seats": self.seats(shift, view="day"),
                "gaps": self.gaps(shift, view="day"),
                "reason": self.reason(shift) if self.week.missing(shift) else "",
            }
            for shift in self.week.on(day)
        ]

    def strip(self, today: date) -> list[dict[str, Any]]:
        """Seven days as links, the missing seats under each."""
        return [
            {
                "sign": filters.weekday_sign(day, language()),
                "day": day.day,
                "name": filters.date_weekday(day, language()),
                "missing": sum(self.week.missing(shift) for shift in self.week.on(day)),
                "href": self.place.address(day=day.isoformat(), view="day"),
                "current": day == today,
            }
            for day in self.week.days
        ]


def load_rows(loads: list[Load], *, everybody: bool) -> list[dict[str, Any]]:
    """Rows of load_bars: the busiest, or all."""
    shown = loads if everybody else loads[:SHOWN_LOADS]
    return [
        {
            "name": person_name(load.name, language()),
            "share": load.share,
            "text": filters.load_hours((load.minutes, load.limit), language()),
        }
        for load in shown
    ]


def average(loads: list[Load]) -> float:
    return sum(load.share for load in loads) / len(loads) if loads else 0.0


def sign_up_rows(session: Session, week: Week, *, now: datetime, zone: str) -> list[dict[str, Any]]:
    """Waiting sign-ups of the week, in the order in which they came."""
    coming = [shift.id for shift in week.shifts if shift.starts_at > now]
    return [
        {
            "id": row.id,
            "name": person_name(row.person.name, language()),
            "turn": comma(turn_name(row.shift, zone), same_people(row.shift, zone)),
        }
        for row in turns.sign_ups(session, shift_ids=coming)
    ]


def short(grid: str) -> str:
    """A grid in a seat: 乐尚 of 乐尚网格, Leshang of Leshang Grid."""
    return grid.split()[0] if " " in grid else grid[:2]
