"""Pages of batches: what has to go first, what is no good, who donated what."""

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_
from volunteer_app.store.shelf import batches, queries, schemas, write_offs
from volunteer_app.store.shelf.models import Delivery, Product
from volunteer_app.store.views import HOUSE, KEEPER, asked_month, blueprint
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


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


@blueprint.get("/store/donations")
@access(*HOUSE, "auditor")
def donations() -> str:
    """Who gave what in a month, and how much of it is still there."""
    month = asked_month()
    found = queries.donations(db.session(), viewer().community_id, month)
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
