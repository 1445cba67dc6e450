"""Loans over JSON."""

from typing import Any

from flask import Response

from volunteer_app.store.api import blueprint
from volunteer_app.store.counter import returns, schemas
from volunteer_app.store.lending import queries as lending
from volunteer_app.store.lending.models import Loan
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
        lambda session, actor, moment: returns.bring_back(session, loan_id, actor=actor, now=moment, **values),
        shape=schemas.LoanOut(),
    )


@blueprint.route("/counter/loans/<int:loan_id>/extend", methods=["POST"])
@access("keeper")
@blueprint.response(200, schemas.LoanOut)
def extend_loan(loan_id: int) -> Response:
    """Some more days, once."""
    return api_act(
        lambda session, actor, moment: returns.extend_loan(session, loan_id, actor=actor, now=moment),
        shape=schemas.LoanOut(),
    )
