"""Stock and prices over JSON."""

from typing import Any

from flask import Response

from volunteer_app.store.api import blueprint
from volunteer_app.store.shelf import prices, schemas
from volunteer_app.store.shelf import stock as shelf
from volunteer_app.store.shelf.stock import StockLine
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/stock", methods=["GET"])
@access("keeper", "auditor")
@blueprint.response(200, schemas.StockOut(many=True))
def stock() -> list[StockLine]:
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


@blueprint.route("/store/prices", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.PriceIn)
@blueprint.response(201, schemas.PriceOut)
def set_price(values: dict[str, Any]) -> Response:
    """A product's price from a date on."""
    code, points, from_on = values["product"], values["points"], values["from_on"]
    return api_act(
        lambda session, actor, moment: prices.set_price(
            session, code, points, from_on=from_on, actor=actor, now=moment
        ),
        shape=schemas.PriceOut(),
        status=201,
    )
