"""商户结算表: the vouchers that partner shops took in during a month, and what each shop is to be paid. For staff."""

from volunteer_app.core.language import N_, Text
from volunteer_app.sheets.asking import Asked
from volunteer_app.sheets.table import Cell, Column, Sheet
from volunteer_app.sheets.words import joined
from volunteer_app.store.orders.models import Order
from volunteer_app.store.partners import shops
from volunteer_app.store.vouchers import queries as vouchers

COLUMNS = (
    Column(N_("店")),
    Column(N_("日期"), "date"),
    Column(N_("编号"), "code"),
    Column(N_("姓名")),
    Column(N_("什么服务")),
    Column(N_("积分"), "number"),
    Column(N_("该付（分）"), "number"),
    Column(N_("付清"), "date"),
)
TOTAL = N_("一共%(count)d张")


def settlements(asked: Asked) -> Sheet:
    """Each shop's vouchers, and its sum under them; shops without one are left out."""
    rows: list[list[Cell]] = []
    sums: list[int] = []
    for shop in shops.all_partners(asked.session):
        found = vouchers.statement(asked.session, shop, asked.month.first)
        if not found.vouchers:
            continue
        rows += [voucher_row(asked, shop.name, order) for order in found.vouchers]
        sums.append(len(rows))
        paid = found.settlement.paid_at if found.settlement else None
        count = Text(TOTAL, {"count": len(found.vouchers)})
        paid_on = asked.local(paid).date() if paid else None
        rows.append([shop.name, None, None, None, count, found.points, found.amount_fen, paid_on])
    return Sheet(
        title=N_("商户结算表"),
        columns=COLUMNS,
        rows=rows,
        facts=[asked.month.code],
        landscape=True,
        marked=frozenset(sums),
    )


def voucher_row(asked: Asked, shop: str, order: Order) -> list[Cell]:
    assert order.closed_at is not None
    services = joined([Text(line.product.name) for line in order.lines])
    fen = sum(line.quantity * line.product.cost_fen for line in order.lines)
    person = order.person
    return [shop, asked.local(order.closed_at).date(), person.number, person.name, services, order.points, fen, None]
