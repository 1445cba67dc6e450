"""The form that registers a partner shop."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.store.partners import schemas, shops
from volunteer_app.store.shelf import queries as shelf
from volunteer_app.store.views import OFFICE, blueprint
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate


@blueprint.get("/partners/new")
@access(*OFFICE)
def new_partner() -> Answer:
    """The form for a shop."""
    return draw_new(Form())


def draw_new(form: Form, refusal: AppError | None = None) -> str:
    services = [
        (one.code, translate(one.called))
        for one in shelf.products(db.session())
        if one.kind == "service" and not one.is_counted
    ]
    return render_template(
        "store/partner_new.html", form=form, services=services, refusal=translate(refusal.text) if refusal else ""
    )


@blueprint.post("/partners/new")
@access(*OFFICE)
def add_partner() -> Answer:
    """Registers a shop with what it gives."""
    form = read_form(schemas.PartnerForm())
    if form.errors:
        return draw_new(form), 422
    values = dict(form.values)

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        shop = shops.add_partner(session, values.pop("name"), actor=actor, now=moment, **values)
        return Done(url_for("store.list_partners"), Text(N_("登记好了：%(name)s"), {"name": shop.name}))

    return act(work, refused=lambda error: draw_new(unknown_number(form, error), error))


def unknown_number(form: Form, error: AppError) -> Form:
    """Puts the sentence beside the field when nobody has the number."""
    if isinstance(error, NotFound):
        form.errors["sign_in"] = [Text(N_("没有这个编号，看看是不是少了一位"))]
    return form
