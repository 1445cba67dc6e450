"""Pages of the basket."""

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.people.owners import owner_of
from volunteer_app.store.orders import basket
from volunteer_app.store.orders import offers as orders
from volunteer_app.store.orders.drawing import codes, drawn, me
from volunteer_app.store.orders.typed_pieces import BadPieces, seen_points, typed_pieces
from volunteer_app.store.views import CUSTOMERS, blueprint
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import translate


@blueprint.get("/store/basket")
@access(*CUSTOMERS)
def show_basket() -> str:
    """What was picked, with its points."""
    return draw_basket()


def draw_basket(refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    offers = {one.product.id: one for one in orders.offers(session, me(), now=now())}
    lines = [
        (line, offers[line.product_id]) for line in basket.lines_of(session, who.person_id) if line.product_id in offers
    ]
    return render_template(
        "store/basket.html",
        items=[drawn(offer) | {"pieces": line.pieces, "sum": line.pieces * offer.points} for line, offer in lines],
        total=sum(line.pieces * offer.points for line, offer in lines),
        free=books.balance(session, who.community_id, owner_of(who.person_id), now=now()).available,
        typed=request.form,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/store/basket/<code>")
@access(*CUSTOMERS)
def put_in_basket(code: str) -> Answer:
    """One more piece."""
    who = viewer()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        line = basket.put(session, who.person_id, code, actor=actor, now=moment)
        return Done(url_for("store.shop"), Text(N_("放进篮子了：%(name)s"), {"name": translate(line.product.called)}))

    return act(work, refused=draw_basket)


@blueprint.post("/store/basket")
@access(*CUSTOMERS)
def use_basket() -> Answer:
    """Reserves what is in it, or only changes the pieces. Pieces are the fields `pieces-<code>`."""
    pieces, seen, who = typed_pieces(), seen_points(), viewer()
    if pieces is None:
        return draw_basket(BadPieces()), 422

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        if request.form.get("do") == "change":
            basket.change(session, who.person_id, pieces, actor=actor)
            return Done(url_for("store.show_basket"), N_("改好了。"))
        made = basket.reserve(session, who.person_id, pieces, actor=actor, now=moment, codes=codes(), seen=seen)
        if len(made) == 1:
            return Done(url_for("store.ticket", order_id=made[0].id))
        return Done(url_for("store.my_orders"), N_("都预约好了。店里的服务另有一张券。"))

    return act(work, refused=draw_basket)
