"""Pages of redeeming elsewhere: the other community's shelf, the ticket, guests at our counter, settling both books."""

from datetime import date, datetime
from typing import Any

from flask import render_template, url_for
from werkzeug.wrappers import Response

from volunteer_app.core.clock import local_date
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.rules import load_text
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.store import actions, away, clearing, guests, queries, rules, schemas, typed_codes
from volunteer_app.store.clearing_models import AwayOrder, GuestOrder
from volunteer_app.store.models import WAITING
from volunteer_app.store.views import (
    CUSTOMERS,
    STATE_CHIPS,
    STATE_WORDS,
    blueprint,
    codes,
    drawn,
    me,
    picture_of,
)
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate

KEEPER = "keeper"
OFFICE = ("coordinator", "admin")
READERS = ("coordinator", "admin", "auditor")


@blueprint.get("/store/away")
@access(*CUSTOMERS)
def away_stores() -> str:
    """Which other communities' stores take our points, and what is waiting there."""
    session, who = db.session(), viewer()
    return render_template(
        "store/away_stores.html",
        stores=[{"name": one.name, "id": one.id} for one in away.neighbours(session, who.community_id)],
        waiting=[away_row(one) for one in guests.away_orders_of(session, who.person_id)],
    )


def away_row(order: AwayOrder) -> dict[str, Any]:
    state = order.state_at(now())
    return {
        "title": translate(load_text(order.goods)),
        "date": order.made_on,
        "chip": {"word": translate(STATE_WORDS[state]), "kind": STATE_CHIPS[state]},
        "amount": translate(Text(N_("%(points)d分"), {"points": order.points})),
        "href": url_for("store.away_ticket", away_id=order.id),
    }


@blueprint.get("/store/away/<int:other_id>")
@access(*CUSTOMERS)
def away_shop(other_id: int) -> Answer:
    """The other community's shelf."""
    session, who = db.session(), viewer()
    other = away.neighbour(session, who.community_id, other_id)
    found = away.offers(session, me(), other_id, now=now())
    return render_template(
        "store/away_shop.html",
        other=other,
        now_offers=[drawn(one) for one in found if one.verdict == "ok"],
        later_offers=[drawn(one) for one in found if one.verdict != "ok"],
        balance=books.balance(session, who.community_id, queries.owner_of(who.person_id), now=now()),
        month=queries.allowance(session, me(), now=now()),
    )


@blueprint.get("/store/away/<int:other_id>/<code>")
@access(*CUSTOMERS)
def away_ask(other_id: int, code: str) -> Answer:
    """One question: reserve one of this over there?"""
    return draw_away_question(other_id, code)


def draw_away_question(other_id: int, code: str, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    other = away.neighbour(session, who.community_id, other_id)
    offer = next((one for one in away.offers(session, me(), other_id, now=now()) if one.product.code == code), None)
    if offer is None:
        raise NotFound
    free = books.balance(session, who.community_id, queries.owner_of(who.person_id), now=now()).available
    keep_days = queries.rule_on(session, who.community_id, local_today()).keep_days
    return render_template(
        "store/away_reserve.html",
        other=other,
        item=drawn(offer),
        measure=translate(offer.product.measure),
        after=free - offer.points,
        until=rules.last_day(rules.kept_until(now(), keep_days, who.zone), who.zone),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/store/away/<int:other_id>/<code>")
@access(*CUSTOMERS)
def away_reserve(other_id: int, code: str) -> Answer:
    """Reserves one piece over there."""
    who = viewer()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        made = away.reserve(session, who.person_id, other_id, {code: 1}, actor=actor, now=moment, codes=codes())
        return Done(url_for("store.away_ticket", away_id=made.id))

    return act(work, refused=lambda error: draw_away_question(other_id, code, error))


@blueprint.get("/store/away/orders/<int:away_id>")
@access(*CUSTOMERS)
def away_ticket(away_id: int) -> Answer:
    """The code for the other community's counter."""
    return draw_away_ticket(away_id)


def draw_away_ticket(away_id: int, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    order = guests.own_away_order(session, away_id, who.person_id)
    state = order.state_at(now())
    with scoped(session, order.other_id):
        guest = guests.half_of(session, order)
        lines = [
            {
                "character": line.product.sign,
                "text": translate(actions.listed([(line.product, line.quantity, line.points_each)])),
                "points": line.quantity * line.points_each,
            }
            for line in guest.lines
        ]
    other = session.get_one(Community, order.other_id)
    return render_template(
        "store/away_ticket.html",
        order=order,
        state=state,
        code=away.code_of(guest, codes()) if state in WAITING else "",
        goods=lines,
        other=other,
        until=rules.last_day(order.expires_at, who.zone),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/store/away/orders/<int:away_id>/qr.svg")
@access(*CUSTOMERS)
def away_qr(away_id: int) -> Response:
    """The code as a picture that a scanner types."""
    session = db.session()
    order = guests.own_away_order(session, away_id, viewer().person_id)
    if order.state_at(now()) not in WAITING:
        raise NotFound
    with scoped(session, order.other_id):
        return picture_of(away.code_of(guests.half_of(session, order), codes()))


@blueprint.post("/store/away/orders/<int:away_id>/cancel")
@access(*CUSTOMERS)
def away_cancel(away_id: int) -> Answer:
    """Gives the points and the goods back."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = away.cancel(session, away_id, actor=actor, now=moment)
        return Done(url_for("store.away_stores"), Text(N_("取消了，%(points)d分退回来了。"), {"points": order.points}))

    return act(work, refused=lambda error: draw_away_ticket(away_id, error))


@blueprint.get("/counter/guests")
@access(KEEPER)
def guest_counter() -> Answer:
    """The next guest's code."""
    return draw_guests()


def draw_guests(*, order: GuestOrder | None = None, form: Form | None = None, refusal: AppError | None = None) -> str:
    session = db.session()
    return render_template(
        "store/guests.html",
        at_hand=guest_row(order) if order else None,
        form=form or Form(),
        waiting=[guest_row(one) for one in guests.waiting_guests(session, now=now())],
        refusal=translate(refusal.text) if refusal else "",
    )


def guest_row(order: GuestOrder) -> dict[str, Any]:
    """A guest's order as the counter sees it: masked name, number and community, goods, points; never the code."""
    session = db.session()
    with scoped(session, order.home_id):
        person = session.get_one(Person, order.guest_id)
        home = session.get_one(Community, order.home_id)
    return {
        "id": order.id,
        "name": person.name,
        "number": person.number,
        "home": home.name,
        "goods": translate(guests.goods_of(order)),
        "points": order.points,
        "until": rules.last_day(order.expires_at, viewer().zone),
    }


@blueprint.post("/counter/guests/code")
@access(KEEPER)
def find_guest() -> Answer:
    """Opens the guest's order with this code; unknown codes are remembered, so that none can be guessed."""
    form = read_form(schemas.CodeForm())
    if form.errors:
        return draw_guests(form=form), 422
    try:
        order = typed_codes.look_up(guests.guest_by_code, form.values["code"])
    except AppError as refusal:
        return draw_guests(form=form, refusal=refusal), refusal.status
    return draw_guests(order=order)


@blueprint.post("/counter/guests/<int:guest_id>")
@access(KEEPER)
def give_guest(guest_id: int) -> Answer:
    """Gives the goods to the guest."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = away.hand_over(session, guest_id, name_checked=True, actor=actor, now=moment)
        said = Text(N_("交好了：%(goods)s"), {"goods": translate(guests.goods_of(order))})
        return Done(url_for("store.guest_counter"), said)

    return act(work, refused=lambda error: draw_guests(refusal=error))


@blueprint.get("/neighbours")
@access(*READERS)
def list_neighbours() -> Answer:
    """The communities that we exchange goods with, and what is to be settled."""
    return draw_neighbours(Form())


def draw_neighbours(form: Form, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    found = clearing.clearings(session, who.community_id)
    names = queries.community_names(session)
    month = clearing.zone_month(session, who.community_id, now=now())
    return render_template(
        "store/neighbours.html",
        rows=clearing.standings(session, who.community_id, now=now()),
        month=month,
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
        clearing.add_neighbour(session, form.values["code"], actor=actor, now=moment)
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
    """Writes down what we owe for last month."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        month: date = clearing.zone_month(session, actor.community_id, now=moment)
        clearing.close_month(session, other_id, month, actor=actor, now=moment)
        return Done(url_for("store.list_neighbours"), N_("上个月的账写好了。对方收到后确认，两边一起结清。"))

    return act(work, refused=lambda error: draw_neighbours(Form(), error))


@blueprint.post("/neighbours/received/<int:clearing_id>")
@access(*OFFICE)
def receive_clearing(clearing_id: int) -> Answer:
    """The other community's settlement has arrived."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        clearing.receive(session, clearing_id, actor=actor, now=moment)
        return Done(url_for("store.list_neighbours"), N_("两边的账一起结清了。"))

    return act(work, refused=lambda error: draw_neighbours(Form(), error))
