"""The price list and orders over JSON."""

from typing import Any

from flask import Response

from volunteer_app.ledger import queries as books
from volunteer_app.people.owners import owner_of
from volunteer_app.store.api import blueprint
from volunteer_app.store.orders import actions, limits, offers, queries, reserving, schemas
from volunteer_app.store.orders.drawing import codes, me
from volunteer_app.store.orders.models import WAITING, Order
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.names import masked_text

ORDER = schemas.OrderOut()


def order_out(order: Order) -> dict[str, Any]:
    """An order for JSON, without its code, which isn't stored with the answer to a write: see add_code."""
    return {
        "id": order.id,
        "state": order.state_at(now()),
        "points": order.points,
        "made_at": order.made_at,
        "expires_at": order.expires_at,
        "is_extended": order.is_extended,
        "code": None,
        "person_number": order.person.number,
        "masked_name": masked_text(order.person.name, "zh"),
        "proxy_name": order.proxy_name,
        "partner_id": order.partner_id,
        "lines": order.lines,
    }


def add_code(answer: dict[str, Any]) -> dict[str, Any]:
    """The same answer with the order's code as it was then, whatever has become of the order: a repeated key has one
    answer.
    """
    return answer | {"code": code_of(db.session().get_one(Order, answer["id"]), answer["state"])}


def code_of(order: Order, state: str) -> str | None:
    """The code of an order in that state; only for its owner, while it is good for something."""
    own = order.person_id == viewer().person_id and state in WAITING
    return codes().code(order.community_id, order.id, order.code_turn) if own else None


def with_code(order: Order) -> dict[str, Any]:
    return order_out(order) | {"code": code_of(order, order.state_at(now()))}


def pieces_of(items: list[dict[str, Any]]) -> dict[str, int]:
    """Product code -> pieces; a product named twice counts together."""
    wanted: dict[str, int] = {}
    for item in items:
        wanted[item["product"]] = wanted.get(item["product"], 0) + item["pieces"]
    return wanted


def seen_of(items: list[dict[str, Any]]) -> dict[str, int]:
    """Product code -> points each as they were shown, where the caller says so."""
    return {item["product"]: item["points"] for item in items if item["points"] is not None}


@blueprint.route("/store", methods=["GET"])
@access("volunteer", "resident")
@blueprint.response(200, schemas.ShopOut)
def shop() -> dict[str, Any]:
    """The price list as the caller sees it."""
    person = me()
    owner = owner_of(person.id)
    return {
        "available": books.balance(db.session(), person.community_id, owner, now=now()).available,
        "month_left": limits.allowance(db.session(), person, now=now()).left,
        "offers": offers.offers(db.session(), person, now=now()),
    }


@blueprint.route("/store/orders", methods=["GET"])
@access("volunteer", "resident")
@blueprint.response(200, schemas.OrderOut(many=True))
def my_orders() -> list[dict[str, Any]]:
    """Own orders, newest first."""
    return [with_code(one) for one in queries.orders_of(db.session(), viewer().person_id)]


@blueprint.route("/store/orders", methods=["POST"])
@access("volunteer", "resident", "keeper", "coordinator")
@blueprint.arguments(schemas.OrderIn)
@blueprint.response(201, schemas.OrderOut)
def reserve(values: dict[str, Any]) -> Response:
    """Keeps goods and their points, for the caller or (staff) for somebody else."""
    person_id = values["person_id"] or viewer().person_id
    wanted, seen = pieces_of(values["items"]), seen_of(values["items"])
    return api_act(
        lambda session, actor, moment: order_out(
            reserving.reserve(session, person_id, wanted, actor=actor, now=moment, codes=codes(), seen=seen)
        ),
        shape=ORDER,
        status=201,
        add=add_code,
    )


@blueprint.route("/store/orders/<int:order_id>", methods=["GET"])
@access("volunteer", "resident", "keeper")
@blueprint.response(200, schemas.OrderOut)
def show(order_id: int) -> dict[str, Any]:
    """An own order; any of the community for a keeper."""
    if "keeper" in viewer().roles:
        return with_code(queries.order(db.session(), order_id))
    return with_code(queries.own_order(db.session(), order_id, viewer().person_id))


@blueprint.route("/store/orders/<int:order_id>/cancel", methods=["POST"])
@access("volunteer", "resident", "keeper")
@blueprint.response(200, schemas.OrderOut)
def cancel(order_id: int) -> Response:
    """Gives points and goods back."""
    return api_act(
        lambda session, actor, moment: order_out(actions.cancel(session, order_id, actor=actor, now=moment)),
        shape=ORDER,
    )


@blueprint.route("/store/orders/<int:order_id>/extend", methods=["POST"])
@access("volunteer", "resident", "keeper")
@blueprint.response(200, schemas.OrderOut)
def extend(order_id: int) -> Response:
    """Keeps the order for as many days again, once."""
    return api_act(
        lambda session, actor, moment: order_out(actions.extend(session, order_id, actor=actor, now=moment)),
        shape=ORDER,
        add=add_code,
    )
