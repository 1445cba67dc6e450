"""The store over JSON: price list, orders, counter, stock."""

from typing import Any

from flask import Response

from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.store import actions, orders, price_list, queries, schemas, typed_codes
from volunteer_app.store import stock as shelf
from volunteer_app.store.models import WAITING, Order
from volunteer_app.store.views import codes, me
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.names import masked_text

ORDER = schemas.OrderOut()
blueprint = api_blueprint("store", about="Goods for points: price list, orders, counter, stock")


def order_out(order: Order) -> dict[str, Any]:
    """An order for JSON; the code only for its owner, while it is good for something."""
    state = order.state_at(now())
    own = order.person_id == viewer().person_id
    return {
        "id": order.id,
        "state": state,
        "points": order.points,
        "made_at": order.made_at,
        "expires_at": order.expires_at,
        "is_extended": order.is_extended,
        "code": codes().code(order.community_id, order.id, order.code_turn) if own and state in WAITING else None,
        "person_number": order.person.number,
        "masked_name": masked_text(order.person.name, "zh"),
        "proxy_name": order.proxy_name,
        "partner_id": order.partner_id,
        "lines": order.lines,
    }


def pieces_of(items: list[dict[str, Any]]) -> dict[str, int]:
    """Product code -> pieces; a product named twice counts together."""
    wanted: dict[str, int] = {}
    for item in items:
        wanted[item["product"]] = wanted.get(item["product"], 0) + item["pieces"]
    return wanted


@blueprint.route("/store", methods=["GET"])
@access("volunteer", "resident")
@blueprint.response(200, schemas.ShopOut)
def shop() -> dict[str, Any]:
    """The price list as the caller sees it."""
    person = me()
    owner = queries.owner_of(person.id)
    return {
        "available": books.balance(db.session(), person.community_id, owner, now=now()).available,
        "month_left": queries.allowance(db.session(), person, now=now()).left,
        "offers": queries.offers(db.session(), person, now=now()),
    }


@blueprint.route("/store/orders", methods=["GET"])
@access("volunteer", "resident")
@blueprint.response(200, schemas.OrderOut(many=True))
def my_orders() -> list[dict[str, Any]]:
    """Own orders, newest first."""
    return [order_out(one) for one in orders.orders_of(db.session(), viewer().person_id)]


@blueprint.route("/store/orders", methods=["POST"])
@access("volunteer", "resident", "keeper", "coordinator")
@blueprint.arguments(schemas.OrderIn)
@blueprint.response(201, schemas.OrderOut)
def reserve(values: dict[str, Any]) -> Response:
    """Keeps goods and their points, for the caller or (staff) for somebody else."""
    person_id = values["person_id"] or viewer().person_id
    return api_act(
        lambda session, actor, moment: order_out(
            actions.reserve(session, person_id, pieces_of(values["items"]), actor=actor, now=moment, codes=codes())
        ),
        shape=ORDER,
        status=201,
    )


@blueprint.route("/store/orders/<int:order_id>", methods=["GET"])
@access("volunteer", "resident", "keeper")
@blueprint.response(200, schemas.OrderOut)
def show(order_id: int) -> dict[str, Any]:
    """An own order; any of the community for a keeper."""
    if "keeper" in viewer().roles:
        return order_out(orders.order(db.session(), order_id))
    return order_out(orders.own_order(db.session(), order_id, viewer().person_id))


@blueprint.route("/store/orders/<int:order_id>/cancel", methods=["POST"])
@access("volunteer", "resident", "keeper")
@blueprint.response(200, schemas.OrderOut)
def cancel(order_id: int) -> Response:
    """Gives points and goods back."""
    return api_act(
        lambda session, actor, moment: order_out(actions.cancel(session, order_id, actor=actor, now=moment)),
        shape=ORDER,
    )


@blueprint.route("/counter/orders", methods=["GET"])
@access("keeper")
@blueprint.response(200, schemas.OrderOut(many=True))
def waiting() -> list[dict[str, Any]]:
    """Orders that may be collected, those that lapse first at the top."""
    return [order_out(one) for one in orders.waiting_orders(db.session(), now=now())]


@blueprint.route("/counter/code", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.PickupCodeIn)
@blueprint.response(200, schemas.OrderOut)
def look_up(values: dict[str, Any]) -> dict[str, Any]:
    """The order with this pick-up code; too many unknown ones answer 429."""
    return order_out(typed_codes.look_up(orders.order_by_code, values["code"]))


@blueprint.route("/counter/orders/<int:order_id>/ready", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.OrderOut)
def ready(order_id: int) -> Response:
    """The goods lie packed."""
    return api_act(
        lambda session, actor, moment: order_out(actions.mark_ready(session, order_id, actor=actor, now=moment)),
        shape=ORDER,
    )


@blueprint.route("/counter/orders/<int:order_id>/hand-over", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.HandOverIn)
@blueprint.response(200, schemas.OrderOut)
def hand_over(values: dict[str, Any], order_id: int) -> Response:
    """Gives the goods out and spends the points."""
    code_hash = codes().hash(viewer().community_id, "".join(values.pop("code").split()))
    return api_act(
        lambda session, actor, moment: order_out(
            actions.hand_over(session, order_id, actor=actor, now=moment, code_hash=code_hash, **values)
        ),
        shape=ORDER,
    )


@blueprint.route("/counter/orders/<int:order_id>/take-back", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.TakeBackIn)
@blueprint.response(200, schemas.OrderOut)
def take_back(values: dict[str, Any], order_id: int) -> Response:
    """Takes a collected line back, with its points."""
    line_id, pieces, reason = values["line_id"], values["pieces"], values["reason"]
    return api_act(
        lambda session, actor, moment: order_out(
            actions.take_back(session, order_id, line_id, pieces, reason=reason, actor=actor, now=moment)
        ),
        shape=ORDER,
    )


@blueprint.route("/counter/walk-in", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.WalkInIn)
@blueprint.response(201, schemas.OrderOut)
def walk_in(values: dict[str, Any]) -> Response:
    """Reserves and hands over at once for somebody who stands at the counter."""
    return api_act(
        lambda session, actor, moment: order_out(
            actions.walk_in(
                session,
                values["person_id"],
                pieces_of(values["items"]),
                name_checked=values["name_checked"],
                actor=actor,
                now=moment,
                codes=codes(),
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
    found = [one for one in orders.people_found(db.session(), number) if one.number == number.upper()]
    if not found:
        raise NotFound
    return person_out(found[0])


def person_out(found: Person) -> dict[str, Any]:
    owner = queries.owner_of(found.id)
    balance = books.balance(db.session(), found.community_id, owner, now=now())
    return {
        "id": found.id,
        "number": found.number,
        "masked_name": masked_text(found.name, "zh"),
        "available": balance.available,
        "held": balance.held,
    }


@blueprint.route("/store/prices", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.PriceIn)
@blueprint.response(201, schemas.PriceOut)
def set_price(values: dict[str, Any]) -> Response:
    """A product's price from a date on."""
    code, points, from_on = values["product"], values["points"], values["from_on"]
    return api_act(
        lambda session, actor, moment: price_list.set_price(
            session, code, points, from_on=from_on, actor=actor, now=moment
        ),
        shape=schemas.PriceOut(),
        status=201,
    )


@blueprint.route("/stock", methods=["GET"])
@access("keeper", "auditor")
@blueprint.response(200, schemas.StockOut(many=True))
def stock() -> list[shelf.StockLine]:
    """Every counted product with its pieces."""
    return shelf.stock(db.session(), viewer().community_id, now=now())


@blueprint.route("/stock/deliveries", methods=["GET"])
@access("keeper", "auditor")
@blueprint.response(200, schemas.DeliveryOut(many=True))
def deliveries() -> list[Any]:
    """What came in, newest first."""
    return list(shelf.deliveries(db.session()))


@blueprint.route("/stock/deliveries", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.DeliveryIn)
@blueprint.response(201, schemas.DeliveryOut)
def receive(values: dict[str, Any]) -> Response:
    """Puts pieces on the shelf."""
    code, pieces = values.pop("product"), values.pop("pieces")
    return api_act(
        lambda session, actor, moment: shelf.receive(session, code, pieces, actor=actor, now=moment, **values),
        shape=schemas.DeliveryOut(),
        status=201,
    )


@blueprint.route("/stock/counts", methods=["GET"])
@access("keeper", "auditor")
@blueprint.response(200, schemas.StockCountOut(many=True))
def counts() -> list[Any]:
    """Counts that wait for a second person."""
    return list(shelf.counts_to_check(db.session()))


@blueprint.route("/stock/counts", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.StockCountIn)
@blueprint.response(201, schemas.StockCountOut)
def count(values: dict[str, Any]) -> Response:
    """Writes a count down; a difference waits for a second person."""
    code, counted, reason = values["product"], values["counted"], values["reason"]
    return api_act(
        lambda session, actor, moment: shelf.count(session, code, counted, actor=actor, now=moment, reason=reason),
        shape=schemas.StockCountOut(),
        status=201,
    )


@blueprint.route("/stock/counts/<int:count_id>/confirm", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.StockCountOut)
def confirm_count(count_id: int) -> Response:
    """The second person counted the same: the difference is booked."""
    return api_act(
        lambda session, actor, moment: shelf.confirm_count(session, count_id, actor=actor, now=moment),
        shape=schemas.StockCountOut(),
    )


@blueprint.route("/stock/counts/<int:count_id>/drop", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.StockCountOut)
def drop_count(count_id: int) -> Response:
    """The count was wrong: nothing is booked."""
    return api_act(
        lambda session, actor, moment: shelf.drop_count(session, count_id, actor=actor, now=moment),
        shape=schemas.StockCountOut(),
    )


@blueprint.route("/store/orders/<int:order_id>/extend", methods=["POST"])
@access("volunteer", "resident", "keeper")
@blueprint.response(200, schemas.OrderOut)
def extend(order_id: int) -> Response:
    """Keeps the order for as many days again, once."""
    return api_act(
        lambda session, actor, moment: order_out(actions.extend(session, order_id, actor=actor, now=moment)),
        shape=ORDER,
    )
