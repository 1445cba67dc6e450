"""Vouchers and settlements over JSON."""

from typing import Any

from flask import Response

from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.store.api import blueprint
from volunteer_app.store.counter import typed_codes
from volunteer_app.store.counter.schemas import PickupCodeIn
from volunteer_app.store.orders import api as orders
from volunteer_app.store.orders.schemas import OrderOut
from volunteer_app.store.schemas import MonthIn
from volunteer_app.store.vouchers import actions, queries, schemas
from volunteer_app.store.vouchers.models import Settlement
from volunteer_app.web.access import access, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/partner/code", methods=["POST"])
@access("partner")
@blueprint.arguments(PickupCodeIn)
@blueprint.response(200, OrderOut)
def find_voucher(values: dict[str, Any]) -> dict[str, Any]:
    """The voucher with this code; too many unknown ones answer 429."""
    return orders.order_out(typed_codes.look_up(queries.voucher_by_code, values["code"]))


@blueprint.route("/partner/vouchers/<int:order_id>", methods=["POST"])
@access("partner")
@blueprint.arguments(PickupCodeIn)
@blueprint.response(200, OrderOut)
def take_voucher(values: dict[str, Any], order_id: int) -> Response:
    """The service was given: the voucher is used up. Another one's code is an unknown one."""
    code_hash = typed_codes.hash_of(values["code"])
    try:
        return api_act(
            lambda session, actor, moment: orders.order_out(
                actions.take_voucher(session, order_id, code_hash=code_hash, actor=actor, now=moment)
            ),
            shape=OrderOut(),
        )
    except AppError as refusal:
        typed_codes.note(refusal)
        raise


@blueprint.route("/store/partners/<int:partner_id>/settlements", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(MonthIn)
@blueprint.response(201, schemas.SettlementOut)
def close_month(values: dict[str, Any], partner_id: int) -> Response:
    """Writes down what the shop is owed for a month that is over."""
    return api_act(
        lambda session, actor, moment: actions.close_month(
            session, partner_id, values["month"], actor=actor, now=moment
        ),
        shape=schemas.SettlementOut(),
        status=201,
    )


@blueprint.route("/store/settlements/<int:settlement_id>", methods=["GET"])
@access("coordinator", "admin", "auditor")
@blueprint.response(200, schemas.SettlementOut)
def show_settlement(settlement_id: int) -> Settlement:
    """What a shop is owed for a month."""
    found = db.session().get(Settlement, settlement_id)
    if found is None or found.community_id != viewer().community_id:
        raise NotFound
    return found


@blueprint.route("/store/settlements/<int:settlement_id>/paid", methods=["POST"])
@access("coordinator", "admin")
@blueprint.response(200, schemas.SettlementOut)
def pay_settlement(settlement_id: int) -> Response:
    """The second person has seen it paid."""
    return api_act(
        lambda session, actor, moment: actions.pay(session, settlement_id, actor=actor, now=moment),
        shape=schemas.SettlementOut(),
    )
