"""Pages of the counter: the code, the order at hand, the queue, somebody without a code, the day's list.

The keeper sees masked names, numbers, balances and goods; nothing else of anybody.
"""

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.rules import NotEnoughPoints
from volunteer_app.people.models import Person
from volunteer_app.store import actions, orders, queries, rules, schemas, typed_codes
from volunteer_app.store.models import WAITING, Order
from volunteer_app.store.views import blueprint, codes, draw_slip, drawn
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate

KEEPER = "keeper"


@blueprint.get("/counter")
@access(KEEPER)
def hand_over() -> str:
    """The next code, and who is still to come."""
    return draw_counter()


def draw_counter(
    *, order: Order | None = None, form: Form | None = None, refusal: AppError | None = None, code: str = ""
) -> str:
    session, who = db.session(), viewer()
    waiting = orders.waiting_orders(session, now=now())
    done = orders.handed_over_on(session, local_today(), who.zone)
    return render_template(
        "store/counter.html",
        at_hand=at_hand(order, form or Form(), code) if order else None,
        form=form or Form(),
        waiting=[queue_row(one) for one in waiting],
        handed_over=len(done),
        refusal=translate(refusal.text) if refusal else "",
    )


def at_hand(order: Order, form: Form, code: str) -> dict[str, Any]:
    """The order that is being handed over, as the component takes it."""
    before = books.balance(db.session(), order.community_id, queries.owner_of(order.person_id), now=now())
    ticked = form.typed.get("goods", [])
    return {
        "id": order.id,
        "state": order.state_at(now()),
        "code": code,
        "name": order.person.name,
        "number": order.person.number,
        "until": rules.last_day(order.expires_at, viewer().zone),
        "goods": [
            {
                "key": str(line.id),
                "text": translate(actions.listed([(line.product, line.quantity, line.points_each)])),
                "points": line.points,
                "ticked": str(line.id) in ticked,
            }
            for line in order.lines
        ],
        "before": before.available + order.points,
        "spend": order.points,
        "after": before.available,
        "rest": bool(form.typed.get("rest")),
        "proxy": bool(form.typed.get("proxy")),
        "collector": form.value("collector"),
        "errors": {name: form.error(name) for name in form.errors},
    }


def queue_row(order: Order) -> dict[str, Any]:
    """A waiting order as the queue shows it: never its code."""
    return {
        "id": order.id,
        "name": order.person.name,
        "number": order.person.number,
        "goods": translate(actions.goods_of(order)),
        "until": rules.last_day(order.expires_at, viewer().zone),
        "state": order.state_at(now()),
        "points": order.points,
        "on_paper": order.person.channel == "paper",
    }


@blueprint.post("/counter/code")
@access(KEEPER)
def look_up() -> Answer:
    """Opens the order with this code; an unknown code is remembered, so that codes can't be guessed."""
    form = read_form(schemas.CodeForm())
    if form.errors:
        return draw_counter(form=form), 422
    code = form.values["code"].replace(" ", "")
    try:
        order = typed_codes.look_up(orders.order_by_code, code)
    except AppError as refusal:
        return draw_counter(form=form, refusal=refusal), refusal.status
    return draw_counter(order=order, code=code)


@blueprint.get("/counter/orders/<int:order_id>")
@access(KEEPER)
def show_order(order_id: int) -> Answer:
    """An order from the queue: to hand over while it waits, to take back once it was collected."""
    order = orders.order(db.session(), order_id)
    if order.state_at(now()) in WAITING:
        return draw_counter(order=order)
    return draw_collected(order, Form())


@blueprint.post("/counter/orders/<int:order_id>")
@access(KEEPER)
def give(order_id: int) -> Answer:
    """Hands the order over; pressing the button says that the name was asked."""
    form = read_form(schemas.HandOverForm())
    values = form.values
    if values.get("proxy") and not values.get("collector", "").strip():
        form.errors["collector"] = [Text(N_("请写代领人的姓名"))]
    if form.errors:
        return redraw(order_id, form), 422

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        proxy = values["collector"] if values["proxy"] else ""
        order = actions.hand_over(
            session,
            order_id,
            ticked=values["goods"],
            name_checked=True,
            actor=actor,
            now=moment,
            proxy_name=proxy,
            code_hash=codes().hash(actor.community_id, "".join(values["code"].split())),
            leaves_rest=values["rest"],
        )
        said = Text(N_("交好了：%(goods)s"), {"goods": translate(actions.goods_of(order))})
        return Done(url_for("store.hand_over"), said)

    def refused(error: AppError) -> str:
        if isinstance(error, rules.NotTicked):
            form.errors["goods"] = [error.text]
        return redraw(order_id, form, error)

    return act(work, refused=refused)


def redraw(order_id: int, form: Form, refusal: AppError | None = None) -> str:
    order = orders.order(db.session(), order_id)
    if order.state_at(now()) not in WAITING:
        return draw_counter(form=form, refusal=refusal)
    return draw_counter(order=order, form=form, refusal=refusal, code=str(form.value("code")))


@blueprint.post("/counter/orders/<int:order_id>/ready")
@access(KEEPER)
def ready(order_id: int) -> Answer:
    """The goods lie packed."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        actions.mark_ready(session, order_id, actor=actor, now=moment)
        return Done(url_for("store.today"), N_("记下了，备好了。"))

    return act(work, refused=lambda error: draw_today(error))


@blueprint.post("/counter/orders/<int:order_id>/back")
@access(KEEPER)
def take_back(order_id: int) -> Answer:
    """Something collected comes back."""
    form = read_form(schemas.TakeBackForm())
    if form.errors:
        return draw_collected(orders.order(db.session(), order_id), form), 422
    values = form.values

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        actions.take_back(
            session, order_id, values["line"], values["pieces"], reason=values["reason"], actor=actor, now=moment
        )
        return Done(url_for("store.show_order", order_id=order_id), N_("退好了，积分和东西都回去了。"))

    return act(work, refused=lambda error: draw_collected(orders.order(db.session(), order_id), form, error))


def draw_collected(order: Order, form: Form, refusal: AppError | None = None) -> str:
    return render_template(
        "store/collected.html",
        order=order,
        row=queue_row(order),
        closed_on=local_date(order.closed_at, viewer().zone) if order.closed_at else None,
        lines=[
            (line.id, translate(actions.listed([(line.product, line.quantity - line.returned, line.points_each)])))
            for line in order.lines
            if line.returned < line.quantity
        ],
        form=form,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/counter/people")
@access(KEEPER)
def find_people() -> str:
    """Somebody without a code, by number or name."""
    typed = request.args.get("who", "")
    found = orders.people_found(db.session(), typed)
    owners = [queries.owner_of(person.id) for person in found]
    stand = books.balances(db.session(), viewer().community_id, owners, now=now()) if owners else {}
    return render_template(
        "store/people.html",
        typed=typed,
        people=[
            {"id": one.id, "name": one.name, "number": one.number, "points": stand[queries.owner_of(one.id)].available}
            for one in found
        ],
    )


@blueprint.get("/counter/people/<int:person_id>")
@access(KEEPER)
def clerk(person_id: int) -> Answer:
    """Clerk mode: the person stands here and says what it shall be."""
    return draw_clerk(person_id)


def person_of(person_id: int) -> Person:
    found = db.session().get(Person, person_id)
    if found is None or found.community_id != viewer().community_id:
        raise NotFound
    return found


def draw_clerk(person_id: int, refusal: AppError | None = None) -> str:
    session, person = db.session(), person_of(person_id)
    balance = books.balance(session, person.community_id, queries.owner_of(person.id), now=now())
    waiting = [one for one in orders.orders_of(session, person.id) if one.state_at(now()) in WAITING]
    said = translate(refusal.text) if refusal else ""
    if isinstance(refusal, NotEnoughPoints):
        said = translate(N_("刚才那一单没有交。")) + said
    return render_template(
        "store/clerk.html",
        person=person,
        balance=balance,
        month=queries.allowance(session, person, now=now()),
        waiting=[queue_row(one) for one in waiting],
        offers=[drawn(one) for one in queries.offers(session, person, now=now())],
        typed=request.form,
        refusal=said,
    )


@blueprint.post("/counter/people/<int:person_id>")
@access(KEEPER)
def serve(person_id: int) -> Answer:
    """Reserves and hands over in one step, or (button `keep`) reserves only and prints the slip with the code."""
    typed = typed_pieces()
    if typed is None:
        return draw_clerk(person_id, BadPieces()), 422
    pieces = {code: count for code, count in typed.items() if count}

    def keep(session: Any, actor: Any, moment: datetime) -> Done:
        order = actions.reserve(session, person_id, pieces, actor=actor, now=moment, codes=codes())
        return Done(url_for("store.counter_slip", order_id=order.id))

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        if request.form.get("keep"):
            return keep(session, actor, moment)
        order = actions.walk_in(session, person_id, pieces, name_checked=True, actor=actor, now=moment, codes=codes())
        said = Text(N_("交好了：%(goods)s"), {"goods": translate(actions.goods_of(order))})
        return Done(url_for("store.hand_over"), said)

    return act(work, refused=lambda error: draw_clerk(person_id, error))


def typed_pieces() -> dict[str, int] | None:
    """Product code -> pieces of the fields `pieces-<code>` that were filled; None when one isn't a small number."""
    named = {name: typed.strip() for name, typed in request.form.items() if name.startswith("pieces-")}
    filled = {name.removeprefix("pieces-"): typed for name, typed in named.items() if typed}
    if any(not typed.isdecimal() or len(typed) > 2 for typed in filled.values()):
        return None
    return {code: int(typed) for code, typed in filled.items()}


@blueprint.get("/counter/orders/<int:order_id>/slip")
@access(KEEPER)
def counter_slip(order_id: int) -> Answer:
    """The ticket on paper for somebody without a telephone; only for the keeper who reserved it, while it waits."""
    order = orders.order(db.session(), order_id)
    if order.recorded_by_id != viewer().person_id or order.state_at(now()) not in WAITING:
        raise NotFound
    return draw_slip(order, "store/counter_slip.html")


class BadPieces(AppError):
    """Pieces are a small whole number."""

    status = 422
    sentence = N_("件数请写整数，比如 1")


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
        is_open=rules.is_open(queries.openings(session), now(), zone, queries.closed_days(session, day)),
        waiting=[queue_row(one) for one in orders.waiting_orders(session, now=now())],
        handed_over=[queue_row(one) for one in orders.handed_over_on(session, day, zone)],
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/counter/today/print")
@access(KEEPER)
def print_list() -> str:
    """The waiting orders on paper, with a column to sign: for hours without network."""
    return draw_today(page="store/print.html")
