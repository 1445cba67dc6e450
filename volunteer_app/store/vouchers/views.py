"""Pages of a partner shop: the next voucher, what a month comes to."""

from datetime import datetime, timedelta
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.clock import last_day, local_date, month_after, month_start
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.store.counter import typed_codes
from volunteer_app.store.counter.schemas import CodeForm
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.partners import shops
from volunteer_app.store.partners.models import Partner
from volunteer_app.store.partners.rules import NoPartner
from volunteer_app.store.views import OFFICE, asked_month, blueprint, this_month
from volunteer_app.store.vouchers import actions, queries
from volunteer_app.store.vouchers.queries import Statement
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate

SHOP = "partner"


@blueprint.get("/partner")
@access(SHOP)
def partner_home() -> str:
    """The next voucher, and what was taken in this month."""
    return draw_partner()


def draw_partner(*, voucher: Order | None = None, form: Form | None = None, refusal: AppError | None = None) -> str:
    session = db.session()
    shop = own_shop()
    found = queries.statement(session, shop, this_month()) if shop else None
    return render_template(
        "store/partner.html",
        shop=shop,
        voucher=voucher,
        goods=translate(goods_of(voucher)) if voucher else "",
        until=last_day(voucher.expires_at, viewer().zone) if voucher else None,
        form=form or Form(),
        found=found,
        rows=[voucher_row(one) for one in reversed(found.vouchers)] if found else [],
        refusal=translate(refusal.text) if refusal else "",
    )


def own_shop() -> Partner | None:
    """The viewer's shop; None while nobody has registered it."""
    try:
        return shops.partner_of(db.session(), viewer().person_id)
    except NoPartner:
        return None


def voucher_row(order: Order) -> dict[str, Any]:
    """A used voucher: day, number, what for, points."""
    assert order.closed_at is not None
    return {
        "day": local_date(order.closed_at, viewer().zone),
        "name": order.person.name,
        "number": order.person.number,
        "goods": translate(goods_of(order)),
        "points": order.points,
        "fen": sum(line.quantity * line.product.cost_fen for line in order.lines),
    }


@blueprint.post("/partner/code")
@access(SHOP)
def find_voucher() -> Answer:
    """Opens the voucher with this code."""
    return typed_codes.opened(queries.voucher_by_code, draw_partner, name="voucher")


@blueprint.post("/partner/vouchers/<int:order_id>")
@access(SHOP)
def take_voucher(order_id: int) -> Answer:
    """The service was given: the voucher with this code is used up."""
    form = read_form(CodeForm())
    if form.errors:
        return draw_partner(form=form), 422
    code_hash = typed_codes.hash_of(form.values["code"])

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = actions.take_voucher(session, order_id, code_hash=code_hash, actor=actor, now=moment)
        said = Text(
            N_("收下了：%(goods)s，%(points)d分记在您店里。"),
            {"goods": translate(goods_of(order)), "points": order.points},
        )
        return Done(url_for("store.partner_home"), said)

    def refused(error: AppError) -> str:
        typed_codes.note(error)
        return draw_partner(refusal=error)

    return act(work, refused=refused)


@blueprint.get("/partner/settlement")
@access(SHOP)
def own_statement() -> str:
    """What the shop's vouchers of a month come to."""
    shop = own_shop()
    if shop is None:
        return draw_partner()
    return draw_statement(queries.statement(db.session(), shop, asked_month()), own=True)


def draw_statement(
    found: Statement, *, own: bool = False, refusal: AppError | None = None, page: str = "store/statement.html"
) -> str:
    done, who = found.settlement, viewer()
    return render_template(
        page,
        shop=found.partner,
        month=found.month,
        before=month_start(found.month - timedelta(days=1)),
        after=month_after(found.month),
        rows=[voucher_row(one) for one in found.vouchers],
        points=found.points,
        fen=found.amount_fen,
        done=done,
        paid_on=local_date(done.paid_at, who.zone) if done and done.paid_at else None,
        closed_by_me=done is not None and done.closed_by_id == who.person_id,
        is_over=local_today() >= month_after(found.month),
        may_act=not own and not who.roles.isdisjoint(OFFICE),
        own=own,
        refusal=translate(refusal.text) if refusal else "",
    )
