"""An order from the queue: to hand over while it waits, to take back once it was collected."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.store.counter import returns, schemas, views
from volunteer_app.store.counter.drawing import queue_row
from volunteer_app.store.orders import queries as orders
from volunteer_app.store.orders.models import WAITING, Order
from volunteer_app.store.orders.words import listed
from volunteer_app.store.views import KEEPER, blueprint
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


@blueprint.get("/counter/orders/<int:order_id>")
@access(KEEPER)
def show_order(order_id: int) -> Answer:
    """An order from the queue: to hand over while it waits, to take back once it was collected."""
    order = orders.order(db.session(), order_id)
    if order.state_at(now()) in WAITING:
        return views.draw_counter(order=order)
    return draw_collected(order, Form())


@blueprint.post("/counter/orders/<int:order_id>/back")
@access(KEEPER)
def take_back(order_id: int) -> Answer:
    """Something collected comes back."""
    form = read_form(schemas.TakeBackForm())
    if form.errors:
        return draw_collected(orders.order(db.session(), order_id), form), 422
    values = form.values

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        returns.take_back(
            session, order_id, values["line"], values["pieces"], reason=values["reason"], actor=actor, now=moment
        )
        return Done(url_for("store.show_order", order_id=order_id), N_("退好了，积分和东西都回去了。"))

    return act(work, refused=lambda error: draw_collected(orders.order(db.session(), order_id), form, error))


def draw_collected(order: Order, form: Form, refusal: AppError | None = None) -> str:
    return render_template(
        "store/collected.html",
        order=order,
        row=queue_row(order),
        closed_on=local_date(order.closed_at, viewer().zone) if order.closed_at else None,
        lines=[
            (line.id, translate(listed([(line.product, line.quantity - line.returned, line.points_each)])))
            for line in order.lines
            if line.returned < line.quantity
        ],
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )
