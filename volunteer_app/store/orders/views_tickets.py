"""Pages of own orders: the list, the ticket with its code."""

from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, url_for
from werkzeug.wrappers import Response

from volunteer_app.core.clock import last_day, local_moment
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.store.orders import actions, queries
from volunteer_app.store.orders.drawing import cancelled, codes, order_row, pick_up_times
from volunteer_app.store.orders.models import WAITING, Order
from volunteer_app.store.orders.words import listed
from volunteer_app.store.views import CUSTOMERS, blueprint
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import language, translate
from volunteer_app.web.names import place_name
from volunteer_app.web.qr import picture_of


@blueprint.get("/store/orders")
@access(*CUSTOMERS)
def my_orders() -> str:
    """Own orders, newest first."""
    found = queries.orders_of(db.session(), viewer().person_id)
    return render_template("store/orders.html", orders=[order_row(one) for one in found])


@blueprint.get("/store/orders/<int:order_id>")
@access(*CUSTOMERS)
def ticket(order_id: int) -> Answer:
    """The pick-up code and what goes with it."""
    return draw_ticket(order_id)


def draw_ticket(order_id: int, refusal: AppError | None = None, page: str = "store/ticket.html") -> str:
    return draw_slip(queries.own_order(db.session(), order_id, viewer().person_id), page, refusal)


def draw_slip(order: Order, page: str, refusal: AppError | None = None) -> str:
    """The ticket of an order on one of its pages."""
    state, zone = order.state_at(now()), viewer().zone
    until = last_day(order.expires_at, zone)
    at_counter = state in WAITING and order.partner_id is None
    times = pick_up_times([line.product for line in order.lines], until) if at_counter else None
    return render_template(
        page,
        order=order,
        state=state,
        code=codes().code(order.community_id, order.id, order.code_turn) if state in WAITING else "",
        goods=[
            {
                "character": line.product.sign,
                "text": translate(listed([(line.product, line.kept or line.quantity, line.points_each)])),
                "points": line.points,
                "is_back": not line.kept,
            }
            for line in order.kept_lines
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
            for day, one in times or ()
        ],
        cannot_come=times == [],
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/store/orders/<int:order_id>/qr.svg")
@access(*CUSTOMERS)
def qr(order_id: int) -> Response:
    """The code as a picture that a scanner types."""
    order = queries.own_order(db.session(), order_id, viewer().person_id)
    if order.state_at(now()) not in WAITING:
        raise NotFound
    return picture_of(codes().code(order.community_id, order.id, order.code_turn))


@blueprint.get("/store/orders/<int:order_id>/slip")
@access(*CUSTOMERS)
def slip(order_id: int) -> Answer:
    """The ticket for the printer."""
    return draw_ticket(order_id, page="store/slip.html")


@blueprint.post("/store/orders/<int:order_id>/cancel")
@access(*CUSTOMERS)
def cancel(order_id: int) -> Answer:
    """Gives the points and the goods back."""
    who = viewer()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        cancel = partial(actions.cancel, session, order_id, actor=actor, now=moment)
        said = cancelled(session, cancel, community_id=who.community_id, person_id=who.person_id, now=moment)
        return Done(url_for("store.my_orders"), said)

    return act(work, refused=lambda error: draw_ticket(order_id, error))


@blueprint.post("/store/orders/<int:order_id>/extend")
@access(*CUSTOMERS)
def extend(order_id: int) -> Answer:
    """Keeps the order for as many days again, once."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = actions.extend(session, order_id, actor=actor, now=moment)
        day = last_day(order.expires_at, viewer().zone)
        said = Text(N_("替您多留几天，最晚%(month)d月%(day)d日。"), {"month": day.month, "day": day.day})
        return Done(url_for("store.ticket", order_id=order_id), said)

    return act(work, refused=lambda error: draw_ticket(order_id, error))
