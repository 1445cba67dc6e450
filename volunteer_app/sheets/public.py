"""Lists for the notice board: 时长公示表 and 积分公示表. Masked names and numbers, nothing else about anybody."""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, POSTINGS, TXNS
from volunteer_app.ledger.queries import POSTED
from volunteer_app.notices import queries as notices
from volunteer_app.notices.queries import PersonLine
from volunteer_app.people.models import Person
from volunteer_app.sheets.asking import Asked
from volunteer_app.sheets.owners import people_by_id, person_of
from volunteer_app.sheets.table import Cell, Column, Sheet
from volunteer_app.sheets.totals import head_before
from volunteer_app.sheets.words import masked

HOURS = (
    Column(N_("序号"), "number"),
    Column(N_("姓名")),
    Column(N_("编号"), "code"),
    Column(N_("次数"), "number"),
    Column(N_("服务时长（分钟）"), "number"),
    Column(N_("积分"), "number"),
    Column(N_("备注")),
)


def hours_notice(asked: Asked) -> Sheet:
    """The list of one public notice; with its first and last day on the board."""
    notice = notices.notice_here(asked.session, asked.notice_id or 0)
    lines = notices.by_person(asked.session, asked.community.id, notices.records_on(asked.session, notice.id))
    total: list[Cell] = [
        None,
        Text(N_("合计")),
        None,
        *sums([[line.times, line.minutes, line.points] for line in lines]),
    ]
    days = {"first": notice.from_on.isoformat(), "last": notice.to_on.isoformat()}
    board = {"first": notice.published_on.isoformat(), "last": notice.closes_on.isoformat()}
    return Sheet(
        title=N_("时长公示表"),
        columns=HOURS,
        rows=[*[hours_row(number, line) for number, line in enumerate(lines, 1)], [*total, None]],
        facts=[
            Text(N_("服务日期 %(first)s 到 %(last)s"), {**days}),
            Text(N_("公示期 %(first)s 到 %(last)s"), {**board}),
        ],
        foot=asked.signed(),
        internal=False,
        marked=frozenset({len(lines)}),
    )


def hours_row(number: int, line: PersonLine) -> list[Cell]:
    remark = Text(N_("有%(n)d条异议，正在核对"), {"n": line.objected}) if line.objected else None
    return [number, masked(line.person.name), line.person.number, line.times, line.minutes, line.points, remark]


def sums(rows: list[list[int]]) -> list[Cell]:
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0, 0, 0]


POINTS = (
    Column(N_("序号"), "number"),
    Column(N_("姓名")),
    Column(N_("编号"), "code"),
    Column(N_("上期结余"), "number"),
    Column(N_("本期新增"), "number"),
    Column(N_("本期兑换"), "number"),
    Column(N_("过期和冲正"), "number"),
    Column(N_("本期结余"), "number"),
)


def points_notice(asked: Asked) -> Sheet:
    """Everybody who had or moved points in the month: before + new - redeemed - expired and reversed = after.

    Points kept for an order still count as the member's; a debt counts against.
    """
    month = asked.month
    lines = point_lines(asked, month.from_at, month.to_at)
    people = people_by_id(asked.session, asked.community.id, lines)
    known = sorted(
        ((people[person_id], numbers) for person_id, numbers in lines.items() if person_id in people),
        key=lambda line: line[0].number,
    )
    seq, head = head_before(asked.session, asked.community.id, month.to_at)
    total = [sum(column) for column in zip(*(numbers for _, numbers in known), strict=True)] or [0] * 5
    return Sheet(
        title=N_("积分公示表"),
        columns=POINTS,
        rows=[
            *[points_row(number, person, numbers) for number, (person, numbers) in enumerate(known, 1)],
            [None, Text(N_("合计")), None, *total],
        ],
        facts=[month.code, Text(N_("预约留着的积分也算在结余里"))],
        foot=[Text(N_("链首（第%(row)d笔）%(hash)s"), {"row": seq, "hash": head}), *asked.signed()],
        internal=False,
        marked=frozenset({len(known)}),
    )


def points_row(number: int, person: Person, numbers: list[int]) -> list[Cell]:
    return [number, masked(person.name), person.number, *numbers]


def point_lines(asked: Asked, from_at: datetime, to_at: datetime) -> dict[int, list[int]]:
    """Person id -> [before, new, redeemed, expired and reversed, after], for those with anything in it."""
    before, moved = moved_points(asked, from_at, to_at)
    lines = {}
    for owner in {owner for owner, _ in moved} | set(before):
        person_id = person_of(owner)
        if person_id is not None:
            lines[person_id] = point_line(before[owner], Counter({k: n for (o, k), n in moved.items() if o == owner}))
    return {person_id: numbers for person_id, numbers in lines.items() if any(numbers)}


def point_line(before: int, moved: Counter[str]) -> list[int]:
    redeemed = -moved["collect"] - moved["refund"]
    lost = -moved["expire"] - moved["reverse"]
    return [before, moved["issue"], redeemed, lost, before + moved.total()]


def moved_points(asked: Asked, from_at: datetime, to_at: datetime) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Owner -> points before the month, and (owner, kind of entry) -> points in it; held and owed ones included."""
    is_before = (TXNS.c.recorded_at < from_at).label("is_before")
    statement = select(ACCOUNTS.c.owner, TXNS.c.kind, is_before, func.sum(POSTINGS.c.amount)).select_from(POSTED)
    statement = statement.where(
        ACCOUNTS.c.community_id == asked.community.id,
        ACCOUNTS.c.unit == rules.POINTS,
        ACCOUNTS.c.kind.in_(rules.MEMBER_KINDS),
        TXNS.c.recorded_at < to_at,
    )
    before: Counter[str] = Counter()
    moved: Counter[tuple[str, str]] = Counter()
    for owner, kind, earlier, amount in asked.session.execute(
        statement.group_by(ACCOUNTS.c.owner, TXNS.c.kind, is_before)
    ):
        if earlier:
            before[owner] += int(amount)
        else:
            moved[owner, kind] += int(amount)
    return before, moved
