"""The counter over JSON."""

from typing import Any

from flask import Response

from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.api import blueprint
from volunteer_app.store.counter import actions, looking_up, queries, returns, schemas, typed_codes
from volunteer_app.store.orders import api as orders
from volunteer_app.store.orders.api import ORDER
from volunteer_app.store.orders.drawing import codes
from volunteer_app.store.orders.schemas import OrderOut
from volunteer_app.web.access import access, now
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.names import masked_text


@blueprint.route("/counter/orders", methods=["GET"])
@access("keeper")
@blueprint.response(200, OrderOut(many=True))
def waiting() -> list[dict[str, Any]]:
    """Orders that may be collected, those that lapse first at the top."""
    return [orders.order_out(one) for one in queries.waiting_orders(db.session(), now=now())]


@blueprint.route("/counter/code", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.PickupCodeIn)
@blueprint.response(200, OrderOut)
def look_up(values: dict[str, Any]) -> dict[str, Any]:
    """The order with this pick-up code; too many unknown ones answer 429."""
    return orders.order_out(typed_codes.look_up(looking_up.order_by_code, values["code"]))


@blueprint.route("/counter/orders/<int:order_id>/ready", methods=["POST"])
@access("keeper")
@blueprint.response(200, OrderOut)
def ready(order_id: int) -> Response:
    """The goods lie packed."""
    return api_act(
        lambda session, actor, moment: orders.order_out(actions.mark_ready(session, order_id, actor=actor, now=moment)),
        shape=ORDER,
    )


@blueprint.route("/counter/orders/<int:order_id>/hand-over", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.HandOverIn)
@blueprint.response(200, OrderOut)
def hand_over(values: dict[str, Any], order_id: int) -> Response:
    """Gives the goods out and spends the points."""
    code_hash = typed_codes.hash_of(values.pop("code"))
    return api_act(
        lambda session, actor, moment: orders.order_out(
            actions.hand_over(session, order_id, actor=actor, now=moment, code_hash=code_hash, **values)
        ),
        shape=ORDER,
    )


@blueprint.route("/counter/orders/<int:order_id>/take-back", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.TakeBackIn)
@blueprint.response(200, OrderOut)
def take_back(values: dict[str, Any], order_id: int) -> Response:
    """Takes a collected line back, with its points."""
    line_id, pieces, reason = values["line_id"], values["pieces"], values["reason"]
    return api_act(
        lambda session, actor, moment: orders.order_out(
            returns.take_back(session, order_id, line_id, pieces, reason=reason, actor=actor, now=moment)
        ),
        shape=ORDER,
    )


@blueprint.route("/counter/walk-in", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.WalkInIn)
@blueprint.response(201, OrderOut)
def walk_in(values: dict[str, Any]) -> Response:
    """Reserves and hands over at once for somebody who stands at the counter."""
    return api_act(
        lambda session, actor, moment: orders.order_out(
            actions.walk_in(
                session,
                values["person_id"],
                orders.pieces_of(values["items"]),
                name_checked=values["name_checked"],
                actor=actor,
                now=moment,
                codes=codes(),
                seen=orders.seen_of(values["items"]),
            )
        ),
        shape=ORDER,
        status=201,
    )


@blueprint.route("/counter/people/<number>", methods=["GET"])
@access("keeper")
@blueprint.response(200, schemas.CounterPersonOut)
def person(number: str) -> dict[str, Any]:
    """Number, masked name and points of somebody."""
    found = [one for one in queries.people_found(db.session(), number) if one.number == number.upper()]
    if not found:
        raise NotFound
    return person_out(found[0])


def person_out(found: Person) -> dict[str, Any]:
    owner = owner_of(found.id)
    balance = books.balance(db.session(), found.community_id, owner, now=now())
    return {
        "id": found.id,
        "number": found.number,
        "masked_name": masked_text(found.name, "zh"),
        "available": balance.available,
        "held": balance.held,
    }
