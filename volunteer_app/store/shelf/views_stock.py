"""Pages of the shelf: what there is, what came in, what was counted."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.store.shelf import queries, schemas
from volunteer_app.store.shelf import stock as shelf
from volunteer_app.store.shelf.models import SOURCES
from volunteer_app.store.views import blueprint
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import language, translate
from volunteer_app.web.names import place_name

SOURCE_WORDS = {
    "purchase": N_("购买"),
    "donated": N_("捐来的"),
    "partner": N_("爱心商户"),
    "community": N_("社区自有"),
}
COUNTED_WORDS = {
    "matches": N_("账物相符。"),
    "waiting": N_("和账上不一样，请另一位再数一遍。"),
    "booked": N_("两个人数过了，差额记进账了。"),
}


@blueprint.get("/stock")
@access("keeper", "auditor")
def stock() -> Answer:
    """Books and counts of every product. Auditors read; keepers also act."""
    return draw_stock()


def draw_stock(refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    counts = shelf.last_counts(session)
    names = {one.id: translate(one.called) for one in queries.all_products(session)}
    return render_template(
        "store/stock.html",
        lines=[
            {
                "code": line.product.code,
                "name": translate(line.product.called),
                "points": line.points,
                "free": line.free,
                "over": line.over,
                "on_hold": line.on_hold,
                "lent": line.lent,
                "on_shelf": line.on_shelf,
                "counted": counts.get(line.product.id),
            }
            for line in shelf.stock(session, who.community_id, now=now())
        ],
        to_check=[
            {
                "id": one.id,
                "name": translate(one.product.called),
                "counted": one.counted,
                "booked": one.booked,
                "reason": one.reason,
                "is_mine": one.counted_by_id == who.person_id,
            }
            for one in shelf.counts_to_check(session)
        ],
        deliveries=[
            {
                "day": local_date(one.came_at, who.zone),
                "name": names[one.product_id],
                "pieces": one.pieces,
                "source": translate(SOURCE_WORDS[one.source])
                + (f" · {place_name(one.donor, language())}" if one.donor else ""),
                "best_before": one.best_before,
                "batch": one.batch,
            }
            for one in shelf.deliveries(session)
        ],
        may_act="keeper" in who.roles,
        refusal=translate(refusal.text) if refusal else "",
    )


def product_choices() -> list[tuple[str, str]]:
    return [
        (one.code, f"{one.code} {translate(one.called)}")
        for one in queries.all_products(db.session())
        if one.is_counted
    ]


def source_choices() -> list[tuple[str, str]]:
    return [(source, translate(SOURCE_WORDS[source])) for source in SOURCES]


@blueprint.get("/stock/in")
@access("keeper")
def stock_in() -> Answer:
    """The form for a delivery."""
    return draw_in(Form())


def draw_in(form: Form, refusal: AppError | None = None) -> str:
    return render_template(
        "store/stock_in.html",
        form=form,
        products=product_choices(),
        sources=source_choices(),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/stock/in")
@access("keeper")
def receive() -> Answer:
    """Puts pieces on the shelf."""
    form = read_form(schemas.ReceiveForm())
    if form.errors:
        return draw_in(form), 422
    values = dict(form.values)
    code, pieces = values.pop("product"), values.pop("pieces")

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        shelf.receive(session, code, pieces, actor=actor, now=moment, **values)
        return Done(url_for("store.stock"), Text(N_("入库了，%(pieces)d件。"), {"pieces": pieces}))

    def refused(error: AppError) -> str:
        form.refuse(error)
        return draw_in(unknown_product(form, error), error)

    return act(work, refused=refused)


def unknown_product(form: Form, error: AppError) -> Form:
    """Puts the sentence beside the field when the product isn't on the list."""
    if isinstance(error, NotFound):
        form.errors["product"] = [Text(N_("请从列出的里面选一个。"))]
    return form


@blueprint.get("/stock/count")
@access("keeper")
def stock_count() -> Answer:
    """The form for a count."""
    return draw_count(Form())


def draw_count(form: Form, refusal: AppError | None = None) -> str:
    return render_template(
        "store/stock_count.html",
        form=form,
        products=product_choices(),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/stock/count")
@access("keeper")
def count() -> Answer:
    """Writes a count down; a difference waits for a second person."""
    form = read_form(schemas.CountForm())
    if form.errors:
        return draw_count(form), 422
    values = form.values

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        found = shelf.count(
            session, values["product"], values["counted"], actor=actor, now=moment, reason=values["reason"]
        )
        return Done(url_for("store.stock"), COUNTED_WORDS[found.state])

    return act(work, refused=lambda error: draw_count(unknown_product(form, error), error))


@blueprint.post("/stock/counts/<int:count_id>/confirm")
@access("keeper")
def confirm_count(count_id: int) -> Answer:
    """The second person counted the same: the difference is booked."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        shelf.confirm_count(session, count_id, actor=actor, now=moment)
        return Done(url_for("store.stock"), COUNTED_WORDS["booked"])

    return act(work, refused=draw_stock)


@blueprint.post("/stock/counts/<int:count_id>/drop")
@access("keeper")
def drop_count(count_id: int) -> Answer:
    """The count was wrong."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        shelf.drop_count(session, count_id, actor=actor, now=moment)
        return Done(url_for("store.stock"), N_("这一次不算，账没有动。"))

    return act(work, refused=draw_stock)
