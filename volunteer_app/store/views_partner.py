"""Pages of partner shops: theirs (take a voucher, what a month comes to) and the office's (shops, settling a month)."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.store import actions, orders, partners, queries, rules, schemas, typed_codes
from volunteer_app.store.models import Order, Partner
from volunteer_app.store.partners import Statement
from volunteer_app.store.views import blueprint
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate

SHOP = "partner"
OFFICE = ("coordinator", "admin")
READERS = ("coordinator", "admin", "auditor")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@blueprint.get("/partner")
@access(SHOP)
def partner_home() -> str:
    """The next voucher, and what was taken in this month."""
    return draw_partner()


def draw_partner(*, voucher: Order | None = None, form: Form | None = None, refusal: AppError | None = None) -> str:
    session = db.session()
    shop = own_shop()
    found = partners.statement(session, shop, this_month()) if shop else None
    return render_template(
        "store/partner.html",
        shop=shop,
        voucher=voucher,
        goods=translate(actions.goods_of(voucher)) if voucher else "",
        until=rules.last_day(voucher.expires_at, viewer().zone) if voucher else None,
        form=form or Form(),
        found=found,
        rows=[voucher_row(one) for one in reversed(found.vouchers)] if found else [],
        refusal=translate(refusal.text) if refusal else "",
    )


def own_shop() -> Partner | None:
    """The viewer's shop; None while nobody has registered it."""
    try:
        return partners.partner_of(db.session(), viewer().person_id)
    except rules.NoPartner:
        return None


def this_month() -> date:
    return partners.month_start(local_today())


def voucher_row(order: Order) -> dict[str, Any]:
    """A used voucher: day, number, what for, points."""
    assert order.closed_at is not None
    return {
        "day": local_date(order.closed_at, viewer().zone),
        "name": order.person.name,
        "number": order.person.number,
        "goods": translate(actions.goods_of(order)),
        "points": order.points,
        "fen": sum(line.quantity * line.product.cost_fen for line in order.lines),
    }


@blueprint.post("/partner/code")
@access(SHOP)
def find_voucher() -> Answer:
    """Opens the voucher with this code; unknown codes are remembered, so that none can be guessed."""
    form = read_form(schemas.CodeForm())
    if form.errors:
        return draw_partner(form=form), 422
    try:
        shop = partners.partner_of(db.session(), viewer().person_id)
        order = typed_codes.look_up(orders.order_by_code, form.values["code"], partner_id=shop.id)
    except AppError as refusal:
        return draw_partner(form=form, refusal=refusal), refusal.status
    return draw_partner(voucher=order)


@blueprint.post("/partner/vouchers/<int:order_id>")
@access(SHOP)
def take_voucher(order_id: int) -> Answer:
    """The service was given: the voucher is used up."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = partners.take_voucher(session, order_id, actor=actor, now=moment)
        said = Text(
            N_("收下了：%(goods)s，%(points)d分记在您店里。"),
            {"goods": translate(actions.goods_of(order)), "points": order.points},
        )
        return Done(url_for("store.partner_home"), said)

    return act(work, refused=lambda error: draw_partner(refusal=error))


@blueprint.get("/partner/settlement")
@access(SHOP)
def own_statement() -> str:
    """What the shop's vouchers of a month come to."""
    shop = own_shop()
    if shop is None:
        return draw_partner()
    return draw_statement(partners.statement(db.session(), shop, asked_month()), own=True)


def asked_month() -> date:
    """`?month=2026-10`; the present month for anything else."""
    found = MONTH.fullmatch(request.args.get("month", "").strip())
    return date(int(found[1]), int(found[2]), 1) if found else this_month()


def draw_statement(
    found: Statement, *, own: bool = False, refusal: AppError | None = None, page: str = "store/statement.html"
) -> str:
    done, who = found.settlement, viewer()
    return render_template(
        page,
        shop=found.partner,
        month=found.month,
        before=partners.month_start(found.month - timedelta(days=1)),
        after=partners.month_after(found.month),
        rows=[voucher_row(one) for one in found.vouchers],
        points=found.points,
        fen=found.amount_fen,
        done=done,
        paid_on=local_date(done.paid_at, who.zone) if done and done.paid_at else None,
        closed_by_me=done is not None and done.closed_by_id == who.person_id,
        is_over=local_today() >= partners.month_after(found.month),
        may_act=not own and not who.roles.isdisjoint(OFFICE),
        own=own,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/partners")
@access(*READERS)
def list_partners() -> str:
    """The shops, what they give, and what this month has come to."""
    session, month = db.session(), this_month()
    services = partners.services_of(session)
    return render_template(
        "store/partners.html",
        month=month,
        rows=[
            {
                "id": shop.id,
                "name": shop.name,
                "place": shop.address,
                "services": "、".join(translate(one.called) for one in services.get(shop.id, [])),
                "points": partners.statement(session, shop, month).points,
            }
            for shop in partners.all_partners(session)
        ],
        may_act=not viewer().roles.isdisjoint(OFFICE),
    )


@blueprint.get("/partners/new")
@access(*OFFICE)
def new_partner() -> Answer:
    """The form for a shop."""
    return draw_new(Form())


def draw_new(form: Form, refusal: AppError | None = None) -> str:
    services = [
        (one.code, translate(one.called))
        for one in queries.products(db.session())
        if one.kind == "service" and not one.is_counted
    ]
    return render_template(
        "store/partner_new.html", form=form, services=services, refusal=translate(refusal.text) if refusal else ""
    )


@blueprint.post("/partners/new")
@access(*OFFICE)
def add_partner() -> Answer:
    """Registers a shop with what it gives."""
    form = read_form(schemas.PartnerForm())
    if form.errors:
        return draw_new(form), 422
    values = dict(form.values)

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        shop = partners.add_partner(session, values.pop("name"), actor=actor, now=moment, **values)
        return Done(url_for("store.list_partners"), Text(N_("登记好了：%(name)s"), {"name": shop.name}))

    return act(work, refused=lambda error: draw_new(unknown_number(form, error), error))


def unknown_number(form: Form, error: AppError) -> Form:
    """Puts the sentence beside the field when nobody has the number."""
    if isinstance(error, NotFound):
        form.errors["sign_in"] = [Text(N_("没有这个编号，看看是不是少了一位"))]
    return form


def statement_of(partner_id: int) -> Statement:
    session = db.session()
    return partners.statement(session, partners.partner(session, partner_id), asked_month())


@blueprint.get("/partners/<int:partner_id>")
@access(*READERS)
def show_statement(partner_id: int) -> Answer:
    """A shop's month."""
    return draw_statement(statement_of(partner_id))


@blueprint.get("/partners/<int:partner_id>/print")
@access(*READERS)
def print_statement(partner_id: int) -> Answer:
    """The same for the printer, with room for both signatures."""
    return draw_statement(statement_of(partner_id), page="store/statement_print.html")


@blueprint.post("/partners/<int:partner_id>/close")
@access(*OFFICE)
def close_month(partner_id: int) -> Answer:
    """Writes down what the shop is owed for the month."""
    month = asked_month()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        partners.close_month(session, partner_id, month, actor=actor, now=moment)
        back = url_for("store.show_statement", partner_id=partner_id, month=f"{month:%Y-%m}")
        return Done(back, N_("这个月的账写好了。付了钱，请另一位来确认。"))

    return act(work, refused=lambda error: draw_statement(statement_of(partner_id), refusal=error))


@blueprint.post("/partners/<int:partner_id>/paid/<int:settlement_id>")
@access(*OFFICE)
def pay_settlement(partner_id: int, settlement_id: int) -> Answer:
    """The second person has seen it paid."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        done = partners.pay(session, settlement_id, actor=actor, now=moment)
        back = url_for("store.show_statement", partner_id=done.partner_id, month=f"{done.month:%Y-%m}")
        return Done(back, N_("记下了，已经付清。"))

    return act(work, refused=lambda error: draw_statement(statement_of(partner_id), refusal=error))
