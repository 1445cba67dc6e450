"""Work as lists: 活动需求表, 排班表 and the paper sign-in sheet. Recipients are only ever a number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from volunteer_app.attendance.queries import Row
from volunteer_app.attendance.queries import sheet as day_sheet
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import queries as needs
from volunteer_app.needs.models import Need, Shift
from volunteer_app.rosters import queries as rosters
from volunteer_app.rosters.models import COMING_STATES, PUBLISHED_STATES, Assignment
from volunteer_app.sheets.asking import Asked
from volunteer_app.sheets.table import Cell, Column, Sheet
from volunteer_app.sheets.volunteers import WEEKDAYS
from volunteer_app.sheets.words import NEED_STATES, SOURCES, URGENCIES, clock_range, joined, masked, worded

SIGNING_ROW_PT = 34  # 12 mm
LAST_DIGITS = 4
NEEDS = (
    Column(N_("编号"), "code"),
    Column(N_("缓急")),
    Column(N_("事项"), width=28),
    Column(N_("活动")),
    Column(N_("网格")),
    Column(N_("地点")),
    Column(N_("来源")),
    Column(N_("日期"), "date"),
    Column(N_("时间"), "code"),
    Column(N_("最少几人"), "number"),
    Column(N_("要几人"), "number"),
    Column(N_("到哪一步")),
    Column(N_("经手人")),
    Column(N_("登记时间"), "moment"),
    Column(N_("办结时间"), "moment"),
)


def need_list(asked: Asked) -> Sheet:
    """Needs of the days, and those that have no day yet, by number."""
    wanted = needs.NeedFilter(from_on=asked.from_on, to_on=asked.to_on)
    found = list(asked.session.scalars(needs.needs(wanted)))
    return Sheet(
        title=N_("活动需求表"),
        columns=NEEDS,
        rows=[need_row(asked, need) for need in reversed(found)],
        facts=[asked.period_text()],
        landscape=True,
    )


def need_row(asked: Asked, need: Need) -> list[Cell]:
    return [
        need.label,
        worded(need.urgency, URGENCIES),
        need.title,
        kind_name(need.kind.name, need.kind.name_en, asked),
        need.grid.name if need.grid else "",
        place_words(need),
        worded(need.source, SOURCES),
        need.wanted_on,
        times_words(need),
        need.least,
        need.target,
        worded(need.state, NEED_STATES),
        need.handler.name if need.handler else "",
        asked.local(need.reported_at),
        asked.local(need.closed_at) if need.closed_at else None,
    ]


def kind_name(name: str, name_en: str, asked: Asked) -> str:
    return name_en if asked.language == "en" and name_en else name


def place_words(at: Need | Shift) -> Text | str:
    """3号服务对象 for a visit, else the post or the free words."""
    if at.recipient is not None:
        return Text(N_("%(number)d号服务对象"), {"number": at.recipient.number})
    if at.post is not None:
        return at.post.name
    return at.place if isinstance(at, Need) else ""


def times_words(need: Need) -> str:
    """8:30–10:30 of local minutes, legs one after the other; past midnight the clock begins anew."""
    if need.starts_minute is None or need.ends_minute is None:
        return ""
    spans = [(need.starts_minute, need.ends_minute), *need.later_legs]
    return " ".join("–".join(f"{minute // 60 % 24}:{minute % 60:02d}" for minute in span) for span in spans)


@dataclass(frozen=True, slots=True)
class Seats:
    """Shifts of a period and who sits in them."""

    shifts: list[Shift]
    held: dict[int, list[Assignment]]


def seats_of(session: Session, shifts: Sequence[Shift], states: Iterable[str]) -> Seats:
    wanted = rosters.seats().where(
        Assignment.shift_id.in_([shift.id for shift in shifts]),
        Assignment.state.in_(list(states)),
        Assignment.leaving.is_(False),
    )
    held: dict[int, list[Assignment]] = defaultdict(list)
    for seat in session.scalars(wanted):
        held[seat.shift_id].append(seat)
    return Seats(list(shifts), held)


def roster(asked: Asked) -> Sheet:
    """Rows are days, columns post and time, cells names; drafts included, as the coordinator sees them."""
    shifts = rosters.shifts_between(asked.session, asked.from_on, asked.to_on)
    seats = seats_of(asked.session, shifts, COMING_STATES)
    return roster_table(asked, seats, N_("排班表"), on_wall=False)


def wall_roster(asked: Asked) -> Sheet:
    """The same for the wall: published seats, masked names with numbers, no visits."""
    shifts = rosters.shifts_between(asked.session, asked.from_on, asked.to_on)
    shown = [shift for shift in shifts if shift.recipient_id is None]
    return roster_table(asked, seats_of(asked.session, shown, PUBLISHED_STATES), N_("排班表（张贴）"), on_wall=True)


def roster_table(asked: Asked, seats: Seats, title: str, *, on_wall: bool) -> Sheet:
    heads = {shift.id: head(asked, shift) for shift in seats.shifts}
    columns = sorted(set(heads.values()), key=lambda found: (found.what, found.where, found.when))
    cells: dict[tuple[date, Head], list[Shift]] = defaultdict(list)
    for shift in seats.shifts:
        cells[shift.starts_on, heads[shift.id]].append(shift)
    days = [asked.from_on + timedelta(days=step) for step in range((asked.to_on - asked.from_on).days + 1)]
    return Sheet(
        title=title,
        columns=[
            Column(N_("日期"), "date"),
            Column(N_("星期")),
            *[Column(found.text(), width=14) for found in columns],
        ],
        rows=[
            [
                day,
                Text(WEEKDAYS[day.weekday()]),
                *[cell(cells[day, found], seats, on_wall=on_wall) for found in columns],
            ]
            for day in days
        ],
        facts=[asked.period_text()],
        foot=asked.signed() if on_wall else (),
        internal=not on_wall,
        landscape=True,
    )


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the roster: activity, place and time of day; `recipient` is the number of somebody visited."""

    what: str
    where: str
    when: tuple[int, int, str]
    recipient: int | None

    def text(self) -> Text | str:
        visited = Text(N_("%(number)d号服务对象"), {"number": self.recipient}) if self.recipient else self.where
        return joined([part for part in (self.what, visited, self.when[2]) if part], " ")


def head(asked: Asked, shift: Shift) -> Head:
    starts, ends = asked.local(shift.starts_at), asked.local(shift.ends_at)
    where = shift.post.name if shift.post else shift.grid.name if shift.grid else ""
    return Head(
        what=kind_name(shift.kind.name, shift.kind.name_en, asked),
        where=where,
        when=(starts.hour, starts.minute, clock_range(starts, ends)),
        recipient=shift.recipient.number if shift.recipient else None,
    )


def cell(shifts: Sequence[Shift], seats: Seats, *, on_wall: bool) -> Cell:
    """Names, and how many are missing; empty where there is no shift."""
    if not shifts:
        return None
    found = [seat for shift in shifts for seat in seats.held[shift.id]]
    missing = sum(max(0, shift.target - len(seats.held[shift.id])) for shift in shifts)
    words: list[Text | str] = [
        f"{masked(seat.person.name)} {seat.person.number}" if on_wall else seat.person.name for seat in found
    ]
    if missing:
        words.append(Text(N_("还缺%(n)d人，请打电话") if on_wall else N_("缺%(n)d人"), {"n": missing}))
    return joined(words)


SIGNING = (
    Column(N_("行号"), "code"),
    Column(N_("编号"), "code"),
    Column(N_("姓名"), width=10),
    Column(N_("手机尾号"), "code"),
    Column(N_("签到时间"), width=10),
    Column(N_("签名"), width=14),
    Column(N_("签退时间"), width=10),
    Column(N_("签名"), width=14),
    Column(N_("备注"), width=16),
)


def signing(asked: Asked) -> Sheet:
    """One day's shifts with their people, and an empty line in each for somebody who joins."""
    rows: list[list[Cell]] = []
    headings: list[int] = []
    for shift, people in day_sheet(asked.session, asked.from_on):
        headings.append(len(rows))
        rows.append([heading(asked, shift), *[None] * (len(SIGNING) - 1)])
        rows += [signing_row(row) for row in people]
        rows.append([f"{shift.id}-", *[None] * (len(SIGNING) - 1)])
    return Sheet(
        title=N_("签到表"),
        columns=SIGNING,
        rows=rows,
        facts=[asked.from_on.isoformat()],
        foot=[N_("签好以后交给社区，工作人员按行号录入。")],
        marked=frozenset(headings),
        row_pt=SIGNING_ROW_PT,
    )


def heading(asked: Asked, shift: Shift) -> Text | str:
    """8:30–10:30 日巡逻 先锋驿站."""
    times = clock_range(asked.local(shift.starts_at), asked.local(shift.ends_at))
    name = kind_name(shift.kind.name, shift.kind.name_en, asked)
    where = place_words(shift) or (shift.grid.name if shift.grid else "")
    return joined([part for part in (times, name, where) if part], " ")


def signing_row(row: Row) -> list[Cell]:
    tail = (row.person.phone or "")[-LAST_DIGITS:]
    return [row.key, row.person.number, row.person.name, tail, *[None] * 5]
