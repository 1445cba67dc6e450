"""Lists for the notice board: 时长公示表 and 积分公示表. Masked names and numbers, nothing else about anybody."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, POSTINGS, TXNS
from volunteer_app.ledger.queries import POSTED
from volunteer_app.notices import queries as notices
from volunteer_app.notices.queries import PersonLine
from volunteer_app.people.models import Person
from volunteer_app.people.owners import person_of
from volunteer_app.sheets.asking import Asked
from volunteer_app.sheets.months import Month
from volunteer_app.sheets.owners import people_by_id
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


OWNED = ("points", "held")
POINTS = (
    Column(N_("序号"), "number"),
    Column(N_("姓名")),
    Column(N_("编号"), "code"),
    Column(N_("上期结余"), "number"),
    Column(N_("本期新增"), "number"),
    Column(N_("本期兑换"), "number"),
    Column(N_("过期、冲正、抵扣"), "number"),
    Column(N_("本期结余"), "number"),
)


def points_notice(asked: Asked) -> Sheet:
    """Everybody who had or moved points in the month."""
    month = asked.month
    lines = point_lines(asked.session, asked.community.id, month)
    seq, head = head_before(asked.session, asked.community.id, month.to_at)
    total: list[Cell] = [sum(column) for column in zip(*(line.numbers for line in lines), strict=True)] or [0] * 5
    return Sheet(
        title=N_("积分公示表"),
        columns=POINTS,
        rows=[
            *[points_row(number, line) for number, line in enumerate(lines, 1)],
            [None, Text(N_("合计")), None, *total],
        ],
        facts=[month.code, Text(N_("预约留着的积分也算在结余里"))],
        foot=[Text(N_("链首（第%(row)d笔）%(hash)s"), {"row": seq, "hash": head}), *asked.signed()],
        internal=False,
        marked=frozenset({len(lines)}),
    )


@dataclass(frozen=True, slots=True)
class PointLine:
    """A member's month: before + issued - redeemed - lost = after, `lost` being what expired, was reversed,
    set off or given away. `issued` counts what was given, brought back or added by two people too.

    Points kept for an order still count as the member's. A debt is nobody else's business: what a credit paid off of
    it isn't `issued` here, and nobody hangs on the wall with less than nothing.
    """

    person: Person
    before: int
    issued: int
    redeemed: int
    lost: int
    after: int

    @property
    def numbers(self) -> list[int]:
        return [self.before, self.issued, self.redeemed, self.lost, self.after]


def points_row(number: int, line: PointLine) -> list[Cell]:
    return [number, masked(line.person.name), line.person.number, *line.numbers]


def point_lines(session: Session, community_id: int, month: Month) -> list[PointLine]:
    """Everybody with anything in the month, by number."""
    before, moved = moved_points(session, community_id, month)
    owners = {owner: person_of(owner) for owner in {*before, *moved}}
    people = people_by_id(session, community_id, owners.values())
    lines = [
        point_line(people[person_id], before[owner], moved.get(owner, Counter()))
        for owner, person_id in owners.items()
        if person_id in people
    ]
    return sorted((line for line in lines if any(line.numbers)), key=lambda line: line.person.number)


def point_line(person: Person, before: int, moved: Counter[str]) -> PointLine:
    redeemed = -moved["collect"] - moved["refund"]
    issued = moved["issue"] + moved["reinstate"] + max(moved["give"], 0) + max(moved["adjust"], 0)
    after = before + moved.total()
    return PointLine(person, before, issued, redeemed, lost=before + issued - redeemed - after, after=after)


def moved_points(session: Session, community_id: int, month: Month) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Owner -> points before the month, and owner -> kind of entry -> points in it; kept ones count, debts don't."""
    is_before = (TXNS.c.recorded_at < month.from_at).label("is_before")
    statement = select(ACCOUNTS.c.owner, TXNS.c.kind, is_before, func.sum(POSTINGS.c.amount)).select_from(POSTED)
    statement = statement.where(
        ACCOUNTS.c.community_id == community_id,
        ACCOUNTS.c.unit == rules.POINTS,
        ACCOUNTS.c.kind.in_(OWNED),
        TXNS.c.recorded_at < month.to_at,
    )
    before: Counter[str] = Counter()
    moved: dict[str, Counter[str]] = defaultdict(Counter)
    for owner, kind, earlier, amount in session.execute(statement.group_by(ACCOUNTS.c.owner, TXNS.c.kind, is_before)):
        if earlier:
            before[owner] += int(amount)
        else:
            moved[owner][kind] += int(amount)
    return before, moved
