"""The page of the price list."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.store.shelf import prices as shelf
from volunteer_app.store.shelf import queries, schemas, views_stock
from volunteer_app.store.views import blueprint
from volunteer_app.web.access import access, local_today
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


@blueprint.get("/store/prices")
@access("coordinator", "admin")
def prices() -> Answer:
    """The price list, with prices that are still to come."""
    return draw_prices(Form())


def draw_prices(form: Form, refusal: AppError | None = None) -> str:
    session = db.session()
    today = local_today()
    current, coming = queries.prices_on(session, today), queries.coming_prices(session, today)
    return render_template(
        "store/prices.html",
        lines=[
            {
                "code": one.code,
                "name": translate(one.called),
                "points": current.get(one.id),
                "cost_fen": one.cost_fen,
                "coming": [(price.from_on, price.points) for price in coming.get(one.id, [])],
            }
            for one in queries.products(session)
        ],
        products=[(one.code, f"{one.code} {translate(one.called)}") for one in queries.products(session)],
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/store/prices")
@access("coordinator", "admin")
def set_price() -> Answer:
    """A price from a date on."""
    form = read_form(schemas.PriceForm())
    if form.errors:
        return draw_prices(form), 422
    values = form.values

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        shelf.set_price(
            session, values["product"], values["points"], from_on=values["from_on"], actor=actor, now=moment
        )
        return Done(url_for("store.prices"), N_("新价格记下了，已经预约的还按原来的。"))

    return act(work, refused=lambda error: draw_prices(views_stock.unknown_product(form, error), error))
