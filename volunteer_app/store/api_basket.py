"""The basket, the days without opening and what was donated, over JSON."""

from typing import Any

from flask import Response

from volunteer_app.store import basket, opening, partners, schemas, schemas_basket
from volunteer_app.store.api import blueprint, order_out, pieces_of
from volunteer_app.store.shelf_models import BasketLine, ClosedDay
from volunteer_app.store.views import CUSTOMERS, codes
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act

HOUSE = ("keeper", "coordinator", "admin")
READERS = (*HOUSE, "auditor")


@blueprint.route("/store/basket", methods=["GET"])
@access(*CUSTOMERS)
@blueprint.response(200, schemas_basket.BasketLineOut(many=True))
def show_basket() -> list[BasketLine]:
    """What the caller has picked and not reserved yet; nothing is kept for it."""
    return basket.lines_of(db.session(), viewer().person_id)


@blueprint.route("/store/basket/<code>", methods=["POST"])
@access(*CUSTOMERS)
@blueprint.response(201, schemas_basket.BasketLineOut)
def put_in_basket(code: str) -> Response:
    """One more piece of the product."""
    who = viewer().person_id
    return api_act(
        lambda session, actor, moment: basket.put(session, who, code, actor=actor, now=moment),
        shape=schemas_basket.BasketLineOut(),
        status=201,
    )


@blueprint.route("/store/basket/orders", methods=["POST"])
@access(*CUSTOMERS)
@blueprint.arguments(schemas_basket.BasketIn)
@blueprint.response(201, schemas.OrderOut(many=True))
def reserve_basket(values: dict[str, Any]) -> Response:
    """Reserves everything at once or nothing; `items` change the pieces first, 0 takes a product out."""
    who, pieces = viewer().person_id, pieces_of(values["items"])
    return api_act(
        lambda session, actor, moment: [
            order_out(one) for one in basket.reserve(session, who, pieces, actor=actor, now=moment, codes=codes())
        ],
        shape=schemas.OrderOut(many=True),
        status=201,
    )


@blueprint.route("/store/closed-days", methods=["GET"])
@access(*HOUSE)
@blueprint.response(200, schemas_basket.ClosedDayOut(many=True))
def closed_days() -> list[ClosedDay]:
    """Days from today on that stay closed."""
    return opening.closed_days(db.session(), local_today())


@blueprint.route("/store/closed-days", methods=["POST"])
@access(*HOUSE)
@blueprint.arguments(schemas_basket.ClosedDayIn)
@blueprint.response(201, schemas_basket.ClosedDayOut)
def close_day(values: dict[str, Any]) -> Response:
    """The store stays closed on that day; written again it only changes the reason."""
    return api_act(
        lambda session, actor, moment: opening.close_day(
            session, values["on"], reason=values["reason"], actor=actor, now=moment
        ),
        shape=schemas_basket.ClosedDayOut(),
        status=201,
    )


@blueprint.route("/store/closed-days/<int:day_id>/open", methods=["POST"])
@access(*HOUSE)
@blueprint.response(200, schemas_basket.ClosedDayOut)
def open_day(day_id: int) -> Response:
    """The store opens after all; the answer is the day that was closed."""
    return api_act(
        lambda session, actor, moment: opening.open_day(session, day_id, actor=actor, now=moment),
        shape=schemas_basket.ClosedDayOut(),
    )


@blueprint.route("/store/donations", methods=["GET"])
@access(*READERS)
@blueprint.arguments(schemas.MonthIn, location="query")
@blueprint.response(200, schemas_basket.DonationOut(many=True))
def donations(values: dict[str, Any]) -> list[dict[str, Any]]:
    """What was donated in a calendar month, and how much of it is still there."""
    month = partners.month_start(values["month"])
    return [
        {
            "product": product.code,
            "came_at": one.came_at,
            "donor": one.donor or "",
            "is_named": one.names_donor,
            "pieces": one.pieces,
            "pieces_left": one.pieces_left,
            "cost_fen": one.pieces * product.cost_fen,
        }
        for one, product in opening.donations(db.session(), viewer().community_id, month)
    ]
