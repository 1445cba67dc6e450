"""The roster on paper and as text: the wall sheet (A4 landscape, masked names) and the text for WeChat groups."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.language import N_
from volunteer_app.needs.models import Shift
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.board import week as weeks
from volunteer_app.rosters.board.drawing import head_days
from volunteer_app.rosters.board.week import Wanted, Week
from volunteer_app.rosters.drawing import clock_spans, comma, kind_name, place_name, same_people, span
from volunteer_app.rosters.models import Assignment, Roster
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.turns.drawing import meeting
from volunteer_app.rosters.views import blueprint, day_of
from volunteer_app.web import filters, names
from volunteer_app.web.access import access, community, local_today, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.language import gettext, language
from volunteer_app.web.names import person_name


def asked_week() -> Week:
    """The published week of ?day=, narrowed by ?grid= and ?kind=; visited elders are never part of it."""
    day = day_of(request.args) or local_today()
    wanted = Wanted(grid_id=request.args.get("grid", type=int), kind_id=request.args.get("kind", type=int))
    week = weeks.week_of(db.session(), viewer().community_id, day, wanted=wanted)
    return replace(week, seats=on_paper(db.session(), week))


def on_paper(session: Session, week: Week) -> dict[int, list[Assignment]]:
    """shift id -> who is counted on: as people have been told, whatever the draft says by now; of a roster that nobody
    has been told of, as the draft has it.
    """
    published = [shift.id for shift in week.shifts if is_published(week, shift)]
    found = turns.companions(session, published)
    for seat in queries.draft_seats_on(session, {shift.id for shift in week.shifts} - {*published}):
        if seat.state != "seeking":
            found.setdefault(seat.shift_id, []).append(seat)
    return found


def is_published(week: Week, shift: Shift) -> bool:
    roster = week.roster_on(shift.starts_on)
    return roster is not None and roster.version > 0


@blueprint.get("/roster/print")
@access("coordinator")
def print_week() -> str:
    """One sheet per post and week. What hangs on a wall shows no visit, no telephone of a volunteer, no whole name."""
    week, home = asked_week(), community()
    assert home is not None, "a signed-in coordinator has a community"
    days = head_days(db.session(), week)
    return render_template(
        "rosters/print.html",
        week=week,
        papers=[sheet.values(home) for sheet in sheets_of(week)],
        days=[
            {"weekday": day["weekday"], "note": f"{filters.day_number(on, language())} {day['note']}".strip()}
            for on, day in zip(week.days, days, strict=True)
        ],
    )


@dataclass(frozen=True)
class Sheet:
    """One post's week: shifts of one kind at one place."""

    week: Week
    shifts: list[Shift]

    def values(self, home: Community) -> dict[str, Any]:
        """Arguments of wall_roster, but for the days."""
        first = self.shifts[0]
        grid = names.place_name(first.grid.name, language()) if first.grid else ""
        contact = f"{person_name(home.contact_name, language())} {home.contact_phone}"
        return {
            "title": gettext(N_("%(grid)s %(what)s 排班表")) % {"grid": grid, "what": kind_name(first)},
            "dates": f"{filters.date_full(self.week.days[0], language())} — "
            f"{filters.date_short(self.week.days[-1], language())}",
            "facts": [
                (gettext(N_("去哪儿")), meeting(first)),
                (gettext(N_("做什么")), task_words(first)),
                (gettext(N_("该找谁")), contact),
            ],
            "rows": [self.row(times) for times in self.times()],
            "foot": self.foot(home),
            "issuer": [
                names.place_name(home.issuer, language()),
                self.dated(),
                gettext(N_("监督电话 %(phone)s")) % {"phone": home.contact_phone},
            ],
        }

    def times(self) -> list[tuple[str, str, str]]:
        """Start, end and other legs of each row, in the order of the day."""
        return sorted({self.clock(shift) for shift in self.shifts})

    def clock(self, shift: Shift) -> tuple[str, str, str]:
        starts, ends = span(shift, zone())
        return starts.strftime("%H:%M"), ends.strftime("%H:%M"), same_people(shift, zone())

    def row(self, times: tuple[str, str, str]) -> dict[str, Any]:
        mine = [shift for shift in self.shifts if self.clock(shift) == times]
        first = span(mine[0], zone())
        return {
            "part": filters.day_part(first[0], language()),
            "time": comma(filters.time_words(first, language()), times[2]),
            "cells": [self.cell([shift for shift in mine if shift.starts_on == day]) for day in self.week.days],
        }

    def cell(self, shifts: list[Shift]) -> dict[str, Any] | None:
        if not shifts:
            return None
        return {
            "people": [
                (seat.person.name, seat.person.number) for shift in shifts for seat in self.week.seats.get(shift.id, ())
            ],
            "missing": sum(max(0, shift.target - len(self.week.seats.get(shift.id, ()))) for shift in shifts),
        }

    def foot(self, home: Community) -> list[str]:
        said = [
            gettext(N_("去不了没关系，早一点告诉%(contact)s，社区找人接上。"))
            % {"contact": person_name(home.contact_name, language())}
        ]
        rosters = self.rosters()
        if len(rosters) <= 1:
            return [*said, version_words(rosters[0].version if rosters else 0)]
        return said + [
            gettext(N_("%(dates)s：%(version)s"))
            % {"dates": filters.date_range(self.days_of(roster), language()), "version": version_words(roster.version)}
            for roster in rosters
        ]

    def rosters(self) -> list[Roster]:
        """Those that hold a day on which the post has a shift."""
        days = {shift.starts_on for shift in self.shifts}
        return [one for one in self.week.rosters if any(one.from_on <= day <= one.to_on for day in days)]

    def days_of(self, roster: Roster) -> tuple[date, date]:
        """The roster's days of the week, both included."""
        return max(roster.from_on, self.week.days[0]), min(roster.to_on, self.week.days[-1])

    def dated(self) -> str:
        moments = [roster.published_at for roster in self.rosters() if roster.published_at]
        return filters.date_full(local_date(max(moments, default=now()), zone()), language())


def version_words(version: int) -> str:
    if version:
        return gettext(N_("第%(n)d版。名字中间一个字用 * 代替，数字是志愿者编号。")) % {"n": version}
    return gettext(N_("草稿，还没有发布。名字中间一个字用 * 代替，数字是志愿者编号。"))


def task_words(shift: Shift) -> str:
    """What to do, short enough for one line of the sheet."""
    return shift.kind.what.split("，")[0] if shift.kind.what and language() == "zh" else kind_name(shift)


def sheets_of(week: Week) -> list[Sheet]:
    """By kind and grid, without visits to people's homes."""
    groups: dict[tuple[int, int, int], list[Shift]] = {}
    for shift in week.shifts:
        if shift.recipient_id is None:
            groups.setdefault((shift.kind_id, shift.grid_id or 0, shift.post_id or 0), []).append(shift)
    return [Sheet(week, shifts) for _key, shifts in sorted(groups.items())]


@blueprint.get("/roster/wechat")
@access("coordinator")
def wechat() -> str:
    """Text to copy into a group, of a week or, with ?scope=day, of one day."""
    week = asked_week()
    day = day_of(request.args) or local_today()
    one_day = request.args.get("scope") == "day"
    days = [day] if one_day else week.days
    return render_template("rosters/wechat.html", text=group_text(week, days), days=days, week=week)


def group_text(week: Week, days: list[date]) -> str:
    """One line per turn, in the manner of a group's sign-up chain; visits without the visited."""
    home = community()
    assert home is not None, "a signed-in coordinator has a community"
    lines = [gettext(N_("【%(dates)s 排班】")) % {"dates": dates_words(days)}]
    for day in days:
        shifts = [shift for shift in week.on(day) if shift.recipient_id is None]
        if shifts:
            lines += ["", filters.date_weekday(day, language())]
            lines += [turn_line(week, shift) for shift in shifts if not said_before(week, shift)]
    lines += ["", gettext(N_("去不了没关系，早一点告诉%(contact)s，电话%(phone)s。")) % contact_of(home)]
    return "\n".join(lines)


def said_before(week: Week, shift: Shift) -> bool:
    """A later leg whose people stand in the line of the first."""
    first, people = shift.legs[0], [seat.person_id for seat in week.seats.get(shift.id, ())]
    return first.id != shift.id and people == [seat.person_id for seat in week.seats.get(first.id, ())]


def dates_words(days: list[date]) -> str:
    return (
        filters.date_range((days[0], days[-1]), language())
        if len(days) > 1
        else filters.date_short(days[0], language())
    )


def contact_of(home: Community) -> dict[str, str]:
    return {"contact": person_name(home.contact_name, language()), "phone": home.contact_phone}


def turn_line(week: Week, shift: Shift) -> str:
    """8:30–10:30 日巡逻（先锋驿站）：姚文娟、任锦良，缺1人; the legs of a task in one line."""
    seats = week.seats.get(shift.id, ())
    names = gettext(N_("、")).join(person_name(seat.person.name, language()) for seat in seats)
    missing = max(0, shift.target - len(seats))
    gap = gettext(N_("缺%(n)d人")) % {"n": missing} if missing else ""
    people = gettext(N_("，")).join(filter(None, (names, gap)))
    head = f"{clock_spans(shift, zone())} {kind_name(shift)}"
    return gettext(N_("%(head)s（%(place)s）：%(people)s")) % {
        "head": head,
        "place": place_name(shift),
        "people": people,
    }
