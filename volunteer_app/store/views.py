"""Pages for people who collect: the store, the question before reserving, the ticket, own orders."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import segno
from flask import Blueprint, current_app, render_template, url_for
from werkzeug.wrappers import Response

from volunteer_app.core.clock import local_moment
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.store import actions, away, basket, lending, orders, queries, rules
from volunteer_app.store.models import WAITING, Opening, Order
from volunteer_app.store.queries import Offer
from volunteer_app.store.shelf_models import Loan
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import language, translate
from volunteer_app.web.names import place_name

blueprint = Blueprint("store", __name__)
CUSTOMERS = ("volunteer", "resident")


def codes() -> rules.Codes:
    """Pick-up codes under the application's secret."""
    return rules.Codes(current_app.config["SECRET_KEY"])


def me() -> Person:
    return db.session().get_one(Person, viewer().person_id)


@blueprint.get("/store")
@access(*CUSTOMERS)
def shop() -> str:
    """What can be taken now, what a little later, and what is waiting."""
    session, who = db.session(), viewer()
    offers = queries.offers(session, me(), now=now())
    donors = names_of_donors([one.product.id for one in offers])
    items = [(one.verdict, drawn(one) | {"donors": donors.get(one.product.id, "")}) for one in offers]
    return render_template(
        "store/shop.html",
        now_offers=[item for verdict, item in items if verdict == "ok"],
        later_offers=[item for verdict, item in items if verdict != "ok"],
        borrowed=[borrowed_row(one) for one in lending.loans_of(session, who.person_id)],
        picked=len(basket.lines_of(session, who.person_id)),
        elsewhere=bool(away.neighbours(session, who.community_id)),
        balance=books.balance(session, who.community_id, queries.owner_of(who.person_id), now=now()),
        month=queries.allowance(session, me(), now=now()),
        openings=[opening_words(one) for one in queries.openings(session)],
        waiting=[
            order_row(one) | {"amount": ""}
            for one in orders.orders_of(session, who.person_id)
            if one.state_at(now()) in WAITING
        ],
    )


def names_of_donors(product_ids: list[int]) -> dict[int, str]:
    """Product id -> donors who agreed to be named, as the shelf says it."""
    found = queries.named_donors(db.session(), product_ids)
    said = {key: "、".join(place_name(name, language()) for name in names) for key, names in found.items()}
    return {key: translate(Text(N_("%(donors)s捐赠"), {"donors": names})) for key, names in said.items()}


def borrowed_row(loan: Loan) -> dict[str, Any]:
    """Something borrowed as a line of a list: when it is due, and that it is late."""
    late = loan.days_late(local_today())
    chip = {"word": translate(Text(N_("过了%(days)d天"), {"days": late})), "kind": "wait"}
    return {"title": translate(loan.product.called), "date": loan.due_on, "chip": chip if late else None}


def drawn(offer: Offer) -> dict[str, Any]:
    """A product for the page: its lines and why it can't be reserved."""
    product = offer.product
    limit = ""
    if product.most_each is not None:
        words = N_("每月%(most)d%(measure)s") if product.limit_months == 1 else N_("每年%(most)d%(measure)s")
        limit = translate(Text(words, {"most": product.most_each, "measure": Text(product.measure)}))
    left = ""
    if offer.left is not None and offer.left > 0:
        left = translate(Text(N_("还有%(left)d%(measure)s"), {"left": offer.left, "measure": Text(product.measure)}))
    return {
        "code": product.code,
        "name": translate(product.called),
        "character": product.sign,
        "price": offer.points,
        "pack": translate(product.pack) if product.pack else "",
        "stock": " · ".join(words for words in (left, limit) if words),
        "fridays_only": product.fridays_only,
        "is_lent": product.kind == "lending",
        "cannot": reason(offer),
        "icon": "tick" if offer.verdict == "limit" else "",
    }


def reason(offer: Offer) -> str:
    """Why the product can't be reserved; empty when it can."""
    words = {
        "ok": Text(""),
        "short": Text(N_("还差 %(short)d 分"), {"short": offer.short}),
        "limit": Text(N_("这个月已经预约了") if offer.product.limit_months == 1 else N_("今年已经预约了")),
        "month": Text(N_("这个月的分用满了，下个月1日再来")),
        "gone": Text(N_("换完了，到货再贴通知")),
    }[offer.verdict]
    return translate(words) if words.template else ""


def opening_words(opening: Opening) -> dict[str, Any]:
    """Example moments of an opening, for the filters that write days and times."""
    zone = ZoneInfo(viewer().zone)
    monday = local_today()
    monday -= timedelta(days=monday.weekday())
    day = monday + timedelta(days=opening.weekday or 0)
    span = [local_moment(day, minute, viewer().zone) for minute in (opening.starts_minute, opening.ends_minute)]
    return {
        "day": day if opening.weekday is not None else None,
        "month_day": opening.month_day,
        "span": tuple(moment.astimezone(zone) for moment in span),
        "place": place_name(opening.place, language()),
    }


@blueprint.get("/store/reserve/<code>")
@access(*CUSTOMERS)
def ask(code: str) -> Answer:
    """One question: reserve one of this?"""
    return draw_question(code)


def draw_question(code: str, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    offer = queries.offer(session, me(), code, now=now())
    free = books.balance(session, who.community_id, queries.owner_of(who.person_id), now=now()).available
    today = local_today()
    rule = queries.rule_on(session, who.community_id, today)
    keep_days = rule.voucher_days if offer.product.partner_id else rule.keep_days
    return render_template(
        "store/reserve.html",
        item=drawn(offer),
        measure=translate(offer.product.measure),
        after=free - offer.points,
        until=rules.last_day(rules.kept_until(now(), keep_days, who.zone), who.zone),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/store/reserve/<code>")
@access(*CUSTOMERS)
def reserve(code: str) -> Answer:
    """Reserves one piece and shows the ticket."""
    who = viewer()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        made = actions.reserve(session, who.person_id, {code: 1}, actor=actor, now=moment, codes=codes())
        return Done(url_for("store.ticket", order_id=made.id))

    return act(work, refused=lambda error: draw_question(code, error))


@blueprint.get("/store/orders")
@access(*CUSTOMERS)
def my_orders() -> str:
    """Own orders, newest first."""
    found = orders.orders_of(db.session(), viewer().person_id)
    return render_template("store/orders.html", orders=[order_row(one) for one in found])


def order_row(order: Order) -> dict[str, Any]:
    """An order as a line of a list."""
    state = order.state_at(now())
    return {
        "title": translate(actions.goods_of(order)),
        "date": order.made_on,
        "chip": {"word": translate(STATE_WORDS[state]), "kind": STATE_CHIPS[state]},
        "amount": translate(Text(N_("%(points)d分"), {"points": order.points})) if order.points else "",
        "href": url_for("store.ticket", order_id=order.id),
    }


STATE_WORDS = {
    "reserved": N_("等您来取"),
    "ready": N_("可以来取了"),
    "picked_up": N_("已经取走"),
    "cancelled": N_("已经取消"),
    "expired": N_("过期了"),
}
STATE_CHIPS = {"reserved": "wait", "ready": "yes", "picked_up": "info", "cancelled": "line", "expired": "line"}


@blueprint.get("/store/orders/<int:order_id>")
@access(*CUSTOMERS)
def ticket(order_id: int) -> Answer:
    """The pick-up code and what goes with it."""
    return draw_ticket(order_id)


def draw_ticket(order_id: int, refusal: AppError | None = None, page: str = "store/ticket.html") -> str:
    return draw_slip(orders.own_order(db.session(), order_id, viewer().person_id), page, refusal)


def draw_slip(order: Order, page: str, refusal: AppError | None = None) -> str:
    """The ticket of an order on one of its pages."""
    state, zone = order.state_at(now()), viewer().zone
    until = rules.last_day(order.expires_at, zone)
    today = local_today()
    at_counter = state in WAITING and order.partner_id is None
    closed = queries.closed_days(db.session(), today)
    days = rules.next_openings(queries.openings(db.session()), today, until, closed) if at_counter else []
    if any(line.product.fridays_only for line in order.lines):
        days = [(day, one) for day, one in days if day.weekday() == rules.FRIDAY]
    return render_template(
        page,
        order=order,
        state=state,
        code=codes().code(order.community_id, order.id, order.code_turn) if state in WAITING else "",
        goods=[
            {
                "character": line.product.sign,
                "text": translate(actions.listed([(line.product, line.quantity, line.points_each)])),
                "points": line.points,
            }
            for line in order.lines
        ],
        until=until,
        openings=[
            {
                "day": day,
                "span": tuple(
                    local_moment(day, minute, zone).astimezone(ZoneInfo(zone))
                    for minute in (one.starts_minute, one.ends_minute)
                ),
                "place": place_name(one.place, language()),
            }
            for day, one in days
        ],
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/store/orders/<int:order_id>/qr.svg")
@access(*CUSTOMERS)
def qr(order_id: int) -> Response:
    """The code as a picture that a scanner types."""
    order = orders.own_order(db.session(), order_id, viewer().person_id)
    if order.state_at(now()) not in WAITING:
        raise NotFound
    return picture_of(codes().code(order.community_id, order.id, order.code_turn))


def picture_of(code: str) -> Response:
    """A QR code of the digits alone: it leads nowhere without somebody who may take it in."""
    drawn = BytesIO()
    segno.make(code, error="m").save(drawn, kind="svg", scale=8, border=4)
    return Response(drawn.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@blueprint.get("/store/orders/<int:order_id>/slip")
@access(*CUSTOMERS)
def slip(order_id: int) -> Answer:
    """The ticket for the printer."""
    return draw_ticket(order_id, page="store/slip.html")


@blueprint.post("/store/orders/<int:order_id>/cancel")
@access(*CUSTOMERS)
def cancel(order_id: int) -> Answer:
    """Gives the points and the goods back."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = actions.cancel(session, order_id, actor=actor, now=moment)
        said = Text(N_("取消了，%(points)d分退回来了。"), {"points": order.points})
        return Done(url_for("store.my_orders"), said)

    return act(work, refused=lambda error: draw_ticket(order_id, error))


@blueprint.post("/store/orders/<int:order_id>/extend")
@access(*CUSTOMERS)
def extend(order_id: int) -> Answer:
    """Keeps the order for as many days again, once."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = actions.extend(session, order_id, actor=actor, now=moment)
        day = rules.last_day(order.expires_at, viewer().zone)
        said = Text(N_("替您多留几天，最晚%(month)d月%(day)d日。"), {"month": day.month, "day": day.day})
        return Done(url_for("store.ticket", order_id=order_id), said)

    return act(work, refused=lambda error: draw_ticket(order_id, error))
