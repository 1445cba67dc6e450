"""Pages of things lent."""

from datetime import date, datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.store.counter import returns, schemas
from volunteer_app.store.lending import queries as lending
from volunteer_app.store.lending.models import Loan
from volunteer_app.store.views import KEEPER, blueprint
from volunteer_app.web.access import access, local_today
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


@blueprint.get("/counter/loans")
@access(KEEPER)
def list_loans() -> str:
    """What is lent, what is due first at the top."""
    today = local_today()
    return render_template("store/loans.html", rows=[loan_row(one, today) for one in lending.loans_out(db.session())])


def loan_row(loan: Loan, today: date) -> dict[str, Any]:
    return {
        "id": loan.id,
        "name": translate(loan.product.called),
        "pieces": loan.pieces,
        "person": loan.person.name,
        "number": loan.person.number,
        "lent_on": loan.lent_on,
        "due_on": loan.due_on,
        "late": loan.days_late(today),
        "is_extended": loan.is_extended,
    }


@blueprint.get("/counter/loans/<int:loan_id>")
@access(KEEPER)
def show_loan(loan_id: int) -> Answer:
    """It comes back, or stays out a little longer."""
    return draw_loan(loan_id, Form())


def draw_loan(loan_id: int, form: Form, refusal: AppError | None = None) -> str:
    found = next((one for one in lending.loans_out(db.session()) if one.id == loan_id), None)
    if found is None and refusal is None:
        raise NotFound
    return render_template(
        "store/loan.html",
        one=loan_row(found, local_today()) if found else None,
        days=found.product.lend_days if found else 0,
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/counter/loans/<int:loan_id>")
@access(KEEPER)
def bring_back(loan_id: int) -> Answer:
    """Back and good, damaged, or lost."""
    form = read_form(schemas.BringBackForm())
    if form.errors:
        return draw_loan(loan_id, form), 422
    values = form.values

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        returns.bring_back(session, loan_id, state=values["state"], note=values["note"], actor=actor, now=moment)
        said = N_("还好了，放回货架。") if values["state"] == "back" else N_("记下了，放到一边，请另一位来看。")
        return Done(url_for("store.list_loans"), said)

    return act(work, refused=lambda error: draw_loan(loan_id, form, error))


@blueprint.post("/counter/loans/<int:loan_id>/extend")
@access(KEEPER)
def extend_loan(loan_id: int) -> Answer:
    """Some more days, once."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        loan = returns.extend_loan(session, loan_id, actor=actor, now=moment)
        said = Text(N_("可以再用到%(month)d月%(day)d日。"), {"month": loan.due_on.month, "day": loan.due_on.day})
        return Done(url_for("store.list_loans"), said)

    return act(work, refused=lambda error: draw_loan(loan_id, Form(), error))
