"""Pages of the communities that we exchange goods with, and of settling both books."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.places.queries import community_names
from volunteer_app.store.exchange import clearing, schemas
from volunteer_app.store.partners import neighbours
from volunteer_app.store.views import OFFICE, READERS, blueprint
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


@blueprint.get("/neighbours")
@access(*READERS)
def list_neighbours() -> Answer:
    """The communities that we exchange goods with, and what is to be settled."""
    return draw_neighbours(Form())


def draw_neighbours(form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    found = clearing.clearings(session, who.community_id)
    names = community_names(session)
    return render_template(
        "store/neighbours.html",
        rows=clearing.standings(session, who.community_id, now=now()),
        to_close=[
            {"other_id": other_id, "name": names[other_id], "month": month}
            for other_id, month in clearing.months_to_close(session, who.community_id, now=now())
        ],
        clearings=[
            {
                "id": one.id,
                "month": one.month,
                "name": names[one.other_id if one.community_id == who.community_id else one.community_id],
                "is_ours": one.community_id == who.community_id,
                "orders": one.orders,
                "points": one.points,
                "received_on": local_date(one.received_at, who.zone) if one.received_at else None,
            }
            for one in found
        ],
        form=form,
        may_act=not who.roles.isdisjoint(OFFICE),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/neighbours")
@access(*OFFICE)
def add_neighbour() -> Answer:
    """Says that goods may be exchanged with another community."""
    form = read_form(schemas.NeighbourForm())
    if form.errors:
        return draw_neighbours(form), 422

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        neighbours.add_neighbour(session, form.values["code"], actor=actor, now=moment)
        return Done(url_for("store.list_neighbours"), N_("记下了。对方也登记了你们，大家就能互相换。"))

    return act(work, refused=lambda error: draw_neighbours(unknown_community(form, error), error))


def unknown_community(form: Form, error: AppError) -> Form:
    """Puts the sentence beside the field when no community has the code."""
    if isinstance(error, NotFound):
        form.errors["code"] = [Text(N_("没有这个代号的社区"))]
    return form


@blueprint.post("/neighbours/<int:other_id>/close")
@access(*OFFICE)
def close_clearing(other_id: int) -> Answer:
    """Writes down what we owe for a month."""
    form = read_form(schemas.MonthForm())
    if form.errors:
        return draw_neighbours(form), 422
    month = form.values["month"]

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        clearing.close_month(session, other_id, month, actor=actor, now=moment)
        said = N_("%(year)d年%(month)d月的账写好了。对方收到后确认，两边一起结清。")
        return Done(url_for("store.list_neighbours"), Text(said, {"year": month.year, "month": month.month}))

    return act(work, refused=lambda error: draw_neighbours(Form(), error))


@blueprint.post("/neighbours/received/<int:clearing_id>")
@access(*OFFICE)
def receive_clearing(clearing_id: int) -> Answer:
    """The other community's settlement has arrived."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        clearing.receive(session, clearing_id, actor=actor, now=moment)
        return Done(url_for("store.list_neighbours"), N_("两边的账一起结清了。"))

    return act(work, refused=lambda error: draw_neighbours(Form(), error))
