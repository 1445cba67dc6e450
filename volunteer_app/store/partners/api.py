"""Partner shops over JSON."""

from typing import Any

from flask import Response

from volunteer_app.store.api import blueprint
from volunteer_app.store.partners import schemas, shops
from volunteer_app.store.partners.models import Partner
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/store/partners", methods=["GET"])
@access("coordinator", "admin", "auditor")
@blueprint.response(200, schemas.PartnerOut(many=True))
def list_partners() -> list[Partner]:
    """The shops, by name."""
    return shops.all_partners(db.session())


@blueprint.route("/store/partners", methods=["POST"])
@access("coordinator", "admin")
@blueprint.arguments(schemas.PartnerIn)
@blueprint.response(201, schemas.PartnerOut)
def add_partner(values: dict[str, Any]) -> Response:
    """Registers a shop with what it gives."""
    name = values.pop("name")
    return api_act(
        lambda session, actor, moment: shops.add_partner(session, name, actor=actor, now=moment, **values),
        shape=schemas.PartnerOut(),
        status=201,
    )
