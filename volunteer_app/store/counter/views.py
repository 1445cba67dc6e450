"""Pages of the counter: the code, the order at hand, the queue."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.store.counter import actions, looking_up, queries, rules, schemas, typed_codes
from volunteer_app.store.counter.drawing import at_hand, queue_row
from volunteer_app.store.orders import queries as orders
from volunteer_app.store.orders.models import WAITING, Order
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.views import KEEPER, blueprint
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


@blueprint.get("/counter")
@access(KEEPER)
def hand_over() -> str:
    """The next code, and who is still to come."""
    return draw_counter()


def draw_counter(
    *, order: Order | None = None, form: Form | None = None, refusal: AppError | None = None, code: str = ""
) -> str:
    session, who = db.session(), viewer()
    waiting = queries.waiting_orders(session, now=now())
    done = queries.handed_over_on(session, local_today(), who.zone)
    return render_template(
        "store/counter.html",
        at_hand=at_hand(order, form or Form(), code) if order else None,
        form=form or Form(),
        waiting=[queue_row(one) for one in waiting],
        handed_over=len(done),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/counter/code")
@access(KEEPER)
def look_up() -> Answer:
    """Opens the order with this code; an unknown code is remembered, so that codes can't be guessed."""
    form = read_form(schemas.CodeForm())
    if form.errors:
        return draw_counter(form=form), 422
    code = looking_up.digits_of(form.values["code"])
    try:
        order = typed_codes.look_up(looking_up.order_by_code, code)
    except AppError as refusal:
        return draw_counter(form=form, refusal=refusal), refusal.status
    return draw_counter(order=order, code=code)


@blueprint.post("/counter/orders/<int:order_id>")
@access(KEEPER)
def give(order_id: int) -> Answer:
    """Hands the order over; pressing the button says that the name was asked."""
    form = read_form(schemas.HandOverForm())
    values = form.values
    if values.get("proxy") and not values.get("collector", "").strip():
        form.errors["collector"] = [Text(N_("请写代领人的姓名"))]
        try:
            order = orders.order(db.session(), order_id)
            actions.ticked_lines(order, values.get("goods", ()), leaves_rest=values.get("rest", False))
        except rules.NotTicked as error:
            form.errors["goods"] = [error.text]
    if form.errors:
        return redraw(order_id, form), 422

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        proxy = values["collector"] if values["proxy"] else ""
        order = actions.hand_over(
            session,
            order_id,
            ticked=values["goods"],
            name_checked=True,
            actor=actor,
            now=moment,
            proxy_name=proxy,
            code_hash=typed_codes.hash_of(values["code"]),
            leaves_rest=values["rest"],
        )
        said = Text(N_("交好了：%(goods)s"), {"goods": translate(goods_of(order))})
        return Done(url_for("store.hand_over"), said)

    def refused(error: AppError) -> str:
        if isinstance(error, rules.NotTicked):
            form.errors["goods"] = [error.text]
        return redraw(order_id, form, error)

    return act(work, refused=refused)


def redraw(order_id: int, form: Form, refusal: AppError | None = None) -> str:
    order = orders.order(db.session(), order_id)
    if order.state_at(now()) not in WAITING:
        return draw_counter(form=form, refusal=refusal)
    return draw_counter(order=order, form=form, refusal=refusal, code=str(form.value("code")))
