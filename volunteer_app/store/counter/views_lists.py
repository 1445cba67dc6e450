"""The day's list, on a page and on paper."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.store.counter import actions, queries
from volunteer_app.store.counter.drawing import queue_row
from volunteer_app.store.opening.queries import closed_dates, openings
from volunteer_app.store.opening.rules import is_open
from volunteer_app.store.views import KEEPER, blueprint
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import translate


@blueprint.get("/counter/today")
@access(KEEPER)
def today() -> str:
    """Who is still to come and what was handed over today."""
    return draw_today()


def draw_today(refusal: AppError | None = None, page: str = "store/today.html") -> str:
    session, zone = db.session(), viewer().zone
    day = local_today()
    return render_template(
        page,
        day=day,
        is_open=is_open(openings(session), now(), zone, closed_dates(session, day)),
        waiting=[queue_row(one) for one in queries.waiting_orders(session, now=now())],
        handed_over=[queue_row(one) for one in queries.handed_over_on(session, day, zone)],
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/counter/today/print")
@access(KEEPER)
def print_list() -> str:
    """The waiting orders on paper, with a column to sign: for hours without network."""
    return draw_today(page="store/print.html")


@blueprint.post("/counter/orders/<int:order_id>/ready")
@access(KEEPER)
def ready(order_id: int) -> Answer:
    """The goods lie packed."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        actions.mark_ready(session, order_id, actor=actor, now=moment)
        return Done(url_for("store.today"), N_("记下了，备好了。"))

    return act(work, refused=lambda error: draw_today(error))
