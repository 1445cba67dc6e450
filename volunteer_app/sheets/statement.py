"""A member's own account: five figures, each entry of a month, what runs out next, where the chain stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from volunteer_app.core.clock import last_day, local_date
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as ledger
from volunteer_app.ledger.queries import Balance, Expiry
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.rewards import queries as rewards
from volunteer_app.rewards.passbook import entry_words, unbooked
from volunteer_app.sheets.months import Month, month_with
from volunteer_app.sheets.table import Cell, Column, Sheet


@dataclass(frozen=True, slots=True)
class Figures:
    """Points: `pending` are worked out from confirmed service before the end of its notice, the others are booked.

    earned = available + held + spent + expired - debt.
    """

    pending: int
    available: int
    held: int
    spent: int
    expired: int
    debt: int


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its number in the books (None: lapsed and not booked yet), and what may be spent after it."""

    seq: int | None
    on: date
    text: Text
    amount: int
    after: int


@dataclass(frozen=True, slots=True)
class PointsStatement:
    """A month of one member: opening + amounts = closing. `figures`, `expiry` and `head` are the present ones."""

    person: Person
    month: Month
    figures: Figures
    opening: int
    rows: list[Row]
    closing: int
    expiry: Expiry | None
    head: tuple[int, str]


def points_statement(
    session: Session, here: Community, person: Person, month: Month, *, now: datetime
) -> PointsStatement:
    """What came in, what went out, what is kept; entries that only hand over what was kept change nothing."""
    owner = owner_of(person.id)
    found = ledger.statement(session, here.id, owner, from_at=month.from_at, to_at=month.to_at)
    balance = ledger.balance(session, here.id, owner, now=now)
    rows, after = [], found.opening
    for line in found.lines:
        after += line.available
        rows.append(Row(line.seq, local_date(line.at, here.zone), entry_words(line), line.available, after))
    today = local_date(now, here.zone)
    for late in unbooked(found, balance, month.first <= today <= month.last, today):
        after += late.amount
        rows.append(Row(None, late.on, late.text, late.amount, after))
    return PointsStatement(
        person=person,
        month=month,
        figures=figures_of(balance, pending(session, here.id, person.id)),
        opening=found.opening,
        rows=rows,
        closing=after,
        expiry=ledger.next_expiry(session, here.id, owner, now=now),
        head=ledger.chain_head(session, here.id),
    )


def pending(session: Session, community_id: int, person_id: int) -> int:
    """Points of confirmed service that wait for the end of their notice."""
    return sum(one.worth.points for one in rewards.waiting(session, community_id, person_id))


def figures_of(balance: Balance, waiting: int) -> Figures:
    return Figures(waiting, balance.available, balance.held, balance.spent, balance.expired, balance.debt)


def labelled(figures: Figures) -> list[tuple[str, int]]:
    """The five in the order in which points live; all as of today, whatever the month."""
    return [
        (N_("还没到账"), figures.pending),
        (N_("现在能用"), figures.available),
        (N_("替您留着"), figures.held),
        (N_("到今天一共换掉"), figures.spent),
        (N_("到今天一共作废"), figures.expired),
    ]


COLUMNS = (
    Column(N_("第几笔"), "code"),
    Column(N_("日期"), "date"),
    Column(N_("事由")),
    Column(N_("进"), "number"),
    Column(N_("出"), "number"),
    Column(N_("能用的"), "number"),
)
AS_OF_TODAY = N_("到今天：")


def statement_sheet(found: PointsStatement, here: Community) -> Sheet:
    """The month for Excel and paper."""
    opening: list[Cell] = [None, found.month.first, Text(N_("上月结余")), None, None, found.opening]
    closing: list[Cell] = [None, None, Text(N_("月底结余")), None, None, found.closing]
    return Sheet(
        title=N_("积分对账单"),
        columns=COLUMNS,
        rows=[opening, *[cells(row) for row in found.rows], closing],
        facts=[f"{found.person.name} {found.person.number}", found.month.code, Text(AS_OF_TODAY)],
        figures=[(Text(label), amount) for label, amount in labelled(found.figures)],
        foot=[*notes(found, here.zone, date.isoformat), *foot(found.head, here)],
        internal=False,
        marked=frozenset({0, len(found.rows) + 1}),
    )


def cells(row: Row) -> list[Cell]:
    came_in, went_out = max(row.amount, 0) or None, max(-row.amount, 0) or None
    return [str(row.seq) if row.seq else None, row.on, row.text, came_in, went_out, row.after]


def notes(found: PointsStatement, zone: str, written: Callable[[date], str]) -> list[Text | str]:
    """What runs out next, and what is owed; `written` says how a date is written."""
    said: list[Text | str] = []
    if found.expiry:
        last = last_day(found.expiry.expires_at, zone)
        values: dict[str, object] = {"n": found.expiry.points, "last": written(last)}
        said.append(Text(N_("下一批%(n)d分到%(last)s为止"), values))
    if found.figures.debt:
        said.append(Text(N_("待抵扣%(n)d分，从以后得的分里扣，不动时长"), {"n": found.figures.debt}))
    return said


def foot(head: tuple[int, str], here: Community) -> list[Text | str]:
    """Where the chain stands, who issues, whom to ring."""
    return [
        Text(N_("账本第%(row)d笔 %(hash)s"), {"row": head[0], "hash": head[1]}),
        here.issuer,
        Text(N_("监督电话 %(phone)s"), {"phone": here.contact_phone}),
    ]


def month_of(typed: Month | None, now: datetime, zone: str) -> Month:
    """The month asked for, else the present one."""
    return typed or month_with(local_date(now, zone), zone)
