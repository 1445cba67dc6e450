"""Loans and write-offs over JSON."""

from typing import Any

from flask import Response

from volunteer_app.store import lending, schemas, write_offs
from volunteer_app.store.api import blueprint
from volunteer_app.store.shelf_models import Loan, WriteOff
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act


@blueprint.route("/counter/loans", methods=["GET"])
@access("keeper")
@blueprint.response(200, schemas.LoanOut(many=True))
def list_loans() -> list[Loan]:
    """What is lent, what is due first at the top."""
    return lending.loans_out(db.session())


@blueprint.route("/counter/loans/<int:loan_id>/back", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.BringBackIn)
@blueprint.response(200, schemas.LoanOut)
def bring_back(values: dict[str, Any], loan_id: int) -> Response:
    """It came back good or damaged, or it is lost."""
    return api_act(
        lambda session, actor, moment: lending.bring_back(session, loan_id, actor=actor, now=moment, **values),
        shape=schemas.LoanOut(),
    )


@blueprint.route("/counter/loans/<int:loan_id>/extend", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.LoanOut)
def extend_loan(loan_id: int) -> Response:
    """Some more days, once."""
    return api_act(
        lambda session, actor, moment: lending.extend(session, loan_id, actor=actor, now=moment),
        shape=schemas.LoanOut(),
    )


@blueprint.route("/stock/write-offs", methods=["GET"])
@access("keeper", "auditor")
@blueprint.response(200, schemas.WriteOffOut(many=True))
def list_write_offs() -> list[WriteOff]:
    """What was set aside and waits for a second person."""
    return list(write_offs.to_check(db.session()))


@blueprint.route("/stock/deliveries/<int:delivery_id>/set-aside", methods=["POST"])
@access("keeper")
@blueprint.arguments(schemas.SetAsideIn)
@blueprint.response(201, schemas.WriteOffOut)
def set_aside(values: dict[str, Any], delivery_id: int) -> Response:
    """Takes pieces of a batch off the shelf at once."""
    return api_act(
        lambda session, actor, moment: write_offs.set_aside(session, delivery_id, actor=actor, now=moment, **values),
        shape=schemas.WriteOffOut(),
        status=201,
    )


@blueprint.route("/stock/write-offs/<int:write_off_id>/confirm", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.WriteOffOut)
def confirm_write_off(write_off_id: int) -> Response:
    """The second person agrees that it is no good."""
    return api_act(
        lambda session, actor, moment: write_offs.confirm(session, write_off_id, actor=actor, now=moment),
        shape=schemas.WriteOffOut(),
    )


@blueprint.route("/stock/write-offs/<int:write_off_id>/back", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.WriteOffOut)
def put_back(write_off_id: int) -> Response:
    """The second person finds it good, or mended."""
    return api_act(
        lambda session, actor, moment: write_offs.put_back(session, write_off_id, actor=actor, now=moment),
        shape=schemas.WriteOffOut(),
    )
