"""Partner shops over JSON: vouchers taken in, months settled."""

from typing import Any

from flask import Response

from volunteer_app.core.errors import NotFound
from volunteer_app.store import orders, partners, schemas, typed_codes
from volunteer_app.store.api import blueprint, order_out
from volunteer_app.store.models import Partner, Settlement
from volunteer_app.web.access import access, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/store/partners", methods=["GET"])
@access("coordinator", "admin", "auditor")
@blueprint.response(200, schemas.PartnerOut(many=True))
def list_partners() -> list[Partner]:
    """The shops, by name."""
    return partners.all_partners(db.session())


@blueprint.route("/store/partners", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.PartnerIn)
@blueprint.response(201, schemas.PartnerOut)
def add_partner(values: dict[str, Any]) -> Response:
    """Registers a shop with what it gives."""
    name = values.pop("name")
    return api_act(
        lambda session, actor, moment: partners.add_partner(session, name, actor=actor, now=moment, **values),
        shape=schemas.PartnerOut(),
        status=201,
    )


@blueprint.route("/partner/code", methods=["POST"])
@access("partner")
@blueprint.arguments(schemas.PickupCodeIn)
@blueprint.response(200, schemas.OrderOut)
def find_voucher(values: dict[str, Any]) -> dict[str, Any]:
    """The voucher with this code; too many unknown ones answer 429."""
    shop = partners.partner_of(db.session(), viewer().person_id)
    return order_out(typed_codes.look_up(orders.order_by_code, values["code"], partner_id=shop.id))


@blueprint.route("/partner/vouchers/<int:order_id>", methods=["POST"])
@access("partner")
@blueprint.response(200, schemas.OrderOut)
def take_voucher(order_id: int) -> Response:
    """The service was given: the voucher is used up."""
    return api_act(
        lambda session, actor, moment: order_out(partners.take_voucher(session, order_id, actor=actor, now=moment)),
        shape=schemas.OrderOut(),
    )


@blueprint.route("/store/partners/<int:partner_id>/settlements", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.MonthIn)
@blueprint.response(201, schemas.SettlementOut)
def close_month(values: dict[str, Any], partner_id: int) -> Response:
    """Writes down what the shop is owed for a month that is over."""
    return api_act(
        lambda session, actor, moment: partners.close_month(
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
        lambda session, actor, moment: partners.pay(session, settlement_id, actor=actor, now=moment),
        shape=schemas.SettlementOut(),
    )
