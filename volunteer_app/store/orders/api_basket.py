"""The basket over JSON."""

from typing import Any

from flask import Response

from volunteer_app.store.api import blueprint
from volunteer_app.store.orders import api, basket, schemas
from volunteer_app.store.orders.drawing import codes
from volunteer_app.store.orders.models import BasketLine
from volunteer_app.store.views import CUSTOMERS
from volunteer_app.web.access import access, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/store/basket", methods=["GET"])
@access(*CUSTOMERS)
@blueprint.response(200, schemas.BasketLineOut(many=True))
def show_basket() -> list[BasketLine]:
    """What the caller has picked and not reserved yet; nothing is kept for it."""
    return basket.lines_of(db.session(), viewer().person_id)


@blueprint.route("/store/basket/<code>", methods=["POST"])
@access(*CUSTOMERS)
@blueprint.response(201, schemas.BasketLineOut)
def put_in_basket(code: str) -> Response:
    """One more piece of the product."""
    who = viewer().person_id
    return api_act(
        lambda session, actor, moment: basket.put(session, who, code, actor=actor, now=moment),
        shape=schemas.BasketLineOut(),
        status=201,
    )


@blueprint.route("/store/basket/orders", methods=["POST"])
@access(*CUSTOMERS)
@blueprint.arguments(schemas.BasketIn)
@blueprint.response(201, schemas.OrderOut(many=True))
def reserve_basket(values: dict[str, Any]) -> Response:
    """Reserves everything at once or nothing; `items` change the pieces first, 0 takes a product out."""
    who, pieces, seen = viewer().person_id, api.pieces_of(values["items"]), api.seen_of(values["items"])
    return api_act(
        lambda session, actor, moment: [
            api.order_out(one)
            for one in basket.reserve(session, who, pieces, actor=actor, now=moment, codes=codes(), seen=seen)
        ],
        shape=schemas.OrderOut(many=True),
        status=201,
        add=lambda answer: [api.add_code(one) for one in answer],
    )
