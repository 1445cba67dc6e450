"""Pages of the days without opening."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.store.opening import actions, queries, schemas
from volunteer_app.store.views import HOUSE, blueprint
from volunteer_app.web.access import access, local_today
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


@blueprint.get("/store/closed-days")
@access(*HOUSE)
def closed_days() -> Answer:
    """Days on which the store stays closed."""
    return draw_closed(Form())


def draw_closed(form: Form, refusal: AppError | None = None) -> str:
    return render_template(
        "store/closed_days.html",
        rows=queries.closed_days(db.session(), local_today()),
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
        actions.close_day(session, values["on"], reason=values["reason"], actor=actor, now=moment)
        return Done(url_for("store.closed_days"), N_("记下了，那天不开门。"))

    return act(work, refused=lambda error: draw_closed(form, error))


@blueprint.post("/store/closed-days/<int:day_id>/open")
@access(*HOUSE)
def open_day(day_id: int) -> Answer:
    """The store opens after all."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        actions.open_day(session, day_id, actor=actor, now=moment)
        return Done(url_for("store.closed_days"), N_("那天照常开门。"))

    return act(work, refused=lambda error: draw_closed(Form(), error))
