"""Pages of the shelf's other side: batches and what is no good, things lent, closed days, who donated what."""

from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.store import batches, lending, opening, schemas, write_offs
from volunteer_app.store.models import Delivery, Product
from volunteer_app.store.shelf_models import Loan
from volunteer_app.store.views import blueprint
from volunteer_app.store.views_partner import asked_month
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate

KEEPER = "keeper"
HOUSE = ("keeper", "coordinator", "admin")
READERS = ("keeper", "coordinator", "admin", "auditor")


@blueprint.get("/stock/batches")
@access("keeper", "auditor")
def list_batches() -> Answer:
    """What has to go first, what was set aside, and every batch on the shelf."""
    return draw_batches()


def draw_batches(refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    return render_template(
        "store/batches.html",
        soon=[batch_row(one.delivery, one.product, one.days) for one in batches.running_out(session, local_today())],
        rows=[batch_row(delivery, product, None) for delivery, product in batches.all_on_shelf(session)],
        to_check=[
            {
                "id": one.id,
                "name": translate(one.product.called),
                "pieces": one.pieces,
                "reason": one.reason,
                "is_mine": one.set_aside_by_id == who.person_id,
            }
            for one in write_offs.to_check(session)
        ],
        may_act=KEEPER in who.roles,
        refusal=translate(refusal.text) if refusal else "",
    )


def batch_row(delivery: Delivery, product: Product, days: int | None) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "code": product.code,
        "name": translate(product.called),
        "batch": delivery.batch,
        "best_before": delivery.best_before,
        "left": delivery.pieces_left,
        "days": days,
    }


@blueprint.get("/stock/batches/<int:delivery_id>")
@access(KEEPER)
def show_batch(delivery_id: int) -> Answer:
    """Setting pieces of a batch aside."""
    return draw_batch(delivery_id, Form())


def draw_batch(delivery_id: int, form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.community_id != viewer().community_id:
        raise NotFound
    product = session.get_one(Product, delivery.product_id)
    return render_template(
        "store/batch.html",
        one=batch_row(delivery, product, None),
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/stock/batches/<int:delivery_id>")
@access(KEEPER)
def set_aside(delivery_id: int) -> Answer:
    """Takes pieces off the shelf at once; a second person decides."""
    form = read_form(schemas.SetAsideForm())
    if form.errors:
        return draw_batch(delivery_id, form), 422
    values = form.values

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        write_offs.set_aside(session, delivery_id, values["pieces"], reason=values["reason"], actor=actor, now=moment)
        return Done(url_for("store.list_batches"), N_("放到一边了，请另一位看过再报废。"))

    return act(work, refused=lambda error: draw_batch(delivery_id, form, error))


@blueprint.post("/stock/write-offs/<int:write_off_id>/confirm")
@access(KEEPER)
def confirm_write_off(write_off_id: int) -> Answer:
    """The second person agrees that it is no good."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        write_offs.confirm(session, write_off_id, actor=actor, now=moment)
        return Done(url_for("store.list_batches"), N_("两个人看过了，报废记进账了。"))

    return act(work, refused=draw_batches)


@blueprint.post("/stock/write-offs/<int:write_off_id>/back")
@access(KEEPER)
def put_back(write_off_id: int) -> Answer:
    """The second person finds it good, or mended."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        write_offs.put_back(session, write_off_id, actor=actor, now=moment)
        return Done(url_for("store.list_batches"), N_("放回货架了。"))

    return act(work, refused=draw_batches)


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
        lending.bring_back(session, loan_id, state=values["state"], note=values["note"], actor=actor, now=moment)
        said = N_("还好了，放回货架。") if values["state"] == "back" else N_("记下了，放到一边，请另一位来看。")
        return Done(url_for("store.list_loans"), said)

    return act(work, refused=lambda error: draw_loan(loan_id, form, error))


@blueprint.post("/counter/loans/<int:loan_id>/extend")
@access(KEEPER)
def extend_loan(loan_id: int) -> Answer:
    """Some more days, once."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        loan = lending.extend(session, loan_id, actor=actor, now=moment)
        said = Text(N_("可以再用到%(month)d月%(day)d日。"), {"month": loan.due_on.month, "day": loan.due_on.day})
        return Done(url_for("store.list_loans"), said)

    return act(work, refused=lambda error: draw_loan(loan_id, Form(), error))


@blueprint.get("/store/closed-days")
@access(*HOUSE)
def closed_days() -> Answer:
    """Days on which the store stays closed."""
    return draw_closed(Form())


def draw_closed(form: Form, refusal: AppError | None = None) -> str:
    return render_template(
        "store/closed_days.html",
        rows=opening.closed_days(db.session(), local_today()),
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/store/closed-days")
@access(*HOUSE)
def close_day() -> Answer:
    """One more day without opening."""
    form = read_form(schemas.ClosedDayForm())
    if form.errors:
        return draw_closed(form), 422
    values = form.values

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        opening.close_day(session, values["on"], reason=values["reason"], actor=actor, now=moment)
        return Done(url_for("store.closed_days"), N_("记下了，那天不开门。"))

    return act(work, refused=lambda error: draw_closed(form, error))


@blueprint.post("/store/closed-days/<int:day_id>/open")
@access(*HOUSE)
def open_day(day_id: int) -> Answer:
    """The store opens after all."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        opening.open_day(session, day_id, actor=actor, now=moment)
        return Done(url_for("store.closed_days"), N_("那天照常开门。"))

    return act(work, refused=lambda error: draw_closed(Form(), error))


@blueprint.get("/store/donations")
@access(*READERS)
def donations() -> str:
    """Who gave what in a month, and how much of it is still there."""
    month = asked_month()
    found = opening.donations(db.session(), viewer().community_id, month)
    return render_template(
        "store/donations.html",
        month=month,
        asked=request.args.get("month", ""),
        rows=[
            {
                "day": local_date(one.came_at, viewer().zone),
                "donor": one.donor,
                "is_named": one.names_donor,
                "name": translate(product.called),
                "pieces": one.pieces,
                "left": one.pieces_left,
                "fen": one.pieces * product.cost_fen,
            }
            for one, product in found
        ],
        fen=sum(one.pieces * product.cost_fen for one, product in found),
    )
