"""The store as lists: 兑换登记表 and 库存台账. For staff."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, POSTINGS, TXNS
from volunteer_app.ledger.month import SHELF_KINDS
from volunteer_app.ledger.queries import POSTED
from volunteer_app.sheets.asking import Asked
from volunteer_app.sheets.goods import name_of, names
from volunteer_app.sheets.owners import people_by_id
from volunteer_app.sheets.table import Cell, Column, Sheet
from volunteer_app.store.orders.models import Order, OrderLine
from volunteer_app.store.shelf.models import Delivery

SIGNATURE_PT = 26
REDEEMED = (
    Column(N_("日期"), "date"),
    Column(N_("时间"), "time"),
    Column(N_("编号"), "code"),
    Column(N_("姓名")),
    Column(N_("货品")),
    Column(N_("数量"), "number"),
    Column(N_("积分"), "number"),
    Column(N_("代领人")),
    Column(N_("经手人")),
    Column(N_("签名"), width=14),
)


def redemptions(asked: Asked) -> Sheet:
    """What was handed over in the month, a line for each product; returned pieces are taken off."""
    orders = list(asked.session.scalars(handed_over(asked)))
    staff = people_by_id(asked.session, asked.community.id, [order.handed_by_id for order in orders])
    rows: list[list[Cell]] = []
    for order in orders:
        by = staff.get(order.handed_by_id or 0)
        rows += [redeemed_row(asked, order, line, by.name if by else "") for line in order.lines]
    return Sheet(
        title=N_("兑换登记表"),
        columns=REDEEMED,
        rows=rows,
        facts=[asked.month.code],
        landscape=True,
        row_pt=SIGNATURE_PT,
    )


def handed_over(asked: Asked) -> Select[Order]:
    statement = select(Order).where(
        Order.community_id == asked.community.id,
        Order.state == "picked_up",
        Order.closed_at >= asked.month.from_at,
        Order.closed_at < asked.month.to_at,
    )
    loaded = (joinedload(Order.person), selectinload(Order.lines).joinedload(OrderLine.product))
    return statement.options(*loaded).order_by(Order.closed_at, Order.id)


def redeemed_row(asked: Asked, order: Order, line: OrderLine, by: str) -> list[Cell]:
    assert order.closed_at is not None
    at = asked.local(order.closed_at)
    pieces = line.quantity - line.returned
    goods, points = name_of(line.product), pieces * line.points_each
    return [at.date(), at, order.person.number, order.person.name, goods, pieces, points, order.proxy_name, by, None]


STOCK = (
    Column(N_("日期"), "date"),
    Column(N_("品名")),
    Column(N_("入库"), "number"),
    Column(N_("出库"), "number"),
    Column(N_("结存"), "number"),
    Column(N_("事由")),
    Column(N_("来源、捐赠人")),
    Column(N_("经手人")),
    Column(N_("监督人")),
)


def stock_book(asked: Asked) -> Sheet:
    """Each product's movements of the month under its opening; what is kept for orders is still on the shelf."""
    found = Moves(asked)
    rows: list[list[Cell]] = []
    openings: list[int] = []
    for unit in found.units:
        openings.append(len(rows))
        rows += found.rows_of(unit)
    return Sheet(
        title=N_("库存台账"),
        columns=STOCK,
        rows=rows,
        facts=[asked.month.code],
        landscape=True,
        marked=frozenset(openings),
    )


class Moves:
    """The shelf's movements of a month, with everything that their lines name."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        moves = list(asked.session.execute(movements(asked)))
        self.goods = names(asked.session, asked.community.id)
        self.donors = donors_of(asked, [move.txn_id for move in moves])
        self.people = people_by_id(
            asked.session, asked.community.id, [who for move in moves for who in (move.actor_id, move.checker_id)]
        )
        self.opening = openings(asked)
        self.by_unit: dict[str, list[Any]] = defaultdict(list)
        for move in moves:
            self.by_unit[move.unit].append(move)

    @property
    def units(self) -> list[str]:
        return sorted(self.opening)

    def rows_of(self, unit: str) -> list[list[Cell]]:
        """The opening, then every movement with what is left after it."""
        name = self.goods.get(unit, unit.removeprefix("sku:"))
        left = self.opening[unit]
        rows: list[list[Cell]] = [
            [self.asked.month.first, name, None, None, left, Text(N_("月初结存")), None, None, None]
        ]
        for move in self.by_unit[unit]:
            left += move.amount
            rows.append(self.row(move, name, left))
        return rows

    def row(self, move: Any, name: Text | str, left: int) -> list[Cell]:
        by, checked = (self.people[who].name if who in self.people else "" for who in (move.actor_id, move.checker_id))
        return [
            self.asked.local(move.recorded_at).date(),
            name,
            move.amount if move.amount > 0 else None,
            -move.amount if move.amount < 0 else None,
            left,
            rules.load_text(move.reason),
            self.donors.get(move.txn_id, ""),
            by,
            checked,
        ]


def movements(asked: Asked) -> Select[Any]:
    """(entry, unit, amount) of the month as the whole shelf changed: keeping and giving back an order is nothing."""
    named = [TXNS.c[name] for name in ("seq", "recorded_at", "reason", "actor_id", "checker_id")]
    amount = func.sum(POSTINGS.c.amount).label("amount")
    statement = select(TXNS.c.id.label("txn_id"), *named, ACCOUNTS.c.unit, amount).select_from(POSTED)
    statement = statement.where(
        ACCOUNTS.c.community_id == asked.community.id,
        ACCOUNTS.c.kind.in_(SHELF_KINDS),
        TXNS.c.recorded_at >= asked.month.from_at,
        TXNS.c.recorded_at < asked.month.to_at,
    )
    return statement.group_by(TXNS.c.id, *named, ACCOUNTS.c.unit).having(amount != 0).order_by(TXNS.c.seq)


def openings(asked: Asked) -> dict[str, int]:
    """Unit -> pieces on the shelf at the beginning of the month."""
    before = func.sum(case((TXNS.c.recorded_at < asked.month.from_at, POSTINGS.c.amount), else_=0))
    statement = select(ACCOUNTS.c.unit, before).select_from(POSTED)
    statement = statement.where(
        ACCOUNTS.c.community_id == asked.community.id,
        ACCOUNTS.c.kind.in_(SHELF_KINDS),
        TXNS.c.recorded_at < asked.month.to_at,
    )
    return {unit: int(pieces) for unit, pieces in asked.session.execute(statement.group_by(ACCOUNTS.c.unit))}


def donors_of(asked: Asked, txn_ids: Iterable[int]) -> dict[int, str]:
    """Entry id -> who gave or sold what came in."""
    statement = select(Delivery.txn_id, Delivery.donor).where(
        Delivery.community_id == asked.community.id, Delivery.txn_id.in_(list(txn_ids))
    )
    return {row.txn_id: row.donor for row in asked.session.execute(statement)}
