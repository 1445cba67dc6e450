"""Pages of redeeming elsewhere: the other community's shelf, the ticket."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import render_template, url_for
from werkzeug.wrappers import Response

from volunteer_app.core.clock import last_day
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.rules import load_text
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.store.exchange import actions, offers, queries
from volunteer_app.store.orders import limits
from volunteer_app.store.orders.drawing import STATE_CHIPS, STATE_WORDS, cancelled, codes, drawn, me
from volunteer_app.store.orders.models import WAITING, AwayOrder
from volunteer_app.store.orders.rules import kept_until
from volunteer_app.store.orders.typed_pieces import seen_points
from volunteer_app.store.orders.words import listed
from volunteer_app.store.partners import neighbours
from volunteer_app.store.views import CUSTOMERS, blueprint
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import translate
from volunteer_app.web.qr import picture_of


@blueprint.get("/store/away")
@access(*CUSTOMERS)
def away_stores() -> str:
    """Which other communities' stores take our points, and what is waiting there."""
    session, who = db.session(), viewer()
    return render_template(
        "store/away_stores.html",
        stores=[{"name": one.name, "id": one.id} for one in neighbours.neighbours(session, who.community_id)],
        waiting=[away_row(one) for one in queries.away_orders_of(session, who.person_id)],
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
    other = neighbours.neighbour(session, who.community_id, other_id)
    found = offers.offers(session, me(), other_id, now=now())
    return render_template(
        "store/away_shop.html",
        other=other,
        now_offers=[drawn(one) for one in found if one.verdict == "ok"],
        later_offers=[drawn(one) for one in found if one.verdict != "ok"],
        balance=books.balance(session, who.community_id, owner_of(who.person_id), now=now()),
        month=limits.allowance(session, me(), now=now()),
    )


@blueprint.get("/store/away/<int:other_id>/<code>")
@access(*CUSTOMERS)
def away_ask(other_id: int, code: str) -> Answer:
    """One question: reserve one of this over there?"""
    return draw_away_question(other_id, code)


def draw_away_question(other_id: int, code: str, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    other = neighbours.neighbour(session, who.community_id, other_id)
    offer = next((one for one in offers.offers(session, me(), other_id, now=now()) if one.product.code == code), None)
    if offer is None:
        raise NotFound
    free = books.balance(session, who.community_id, owner_of(who.person_id), now=now()).available
    keep_days = limits.rule_on(session, who.community_id, local_today()).keep_days
    return render_template(
        "store/away_reserve.html",
        other=other,
        item=drawn(offer),
        measure=translate(offer.product.measure),
        after=free - offer.points,
        until=last_day(kept_until(now(), keep_days, who.zone), who.zone),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/store/away/<int:other_id>/<code>")
@access(*CUSTOMERS)
def away_reserve(other_id: int, code: str) -> Answer:
    """Reserves one piece over there."""
    who, seen = viewer(), seen_points()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        made = actions.reserve(
            session, who.person_id, other_id, {code: 1}, actor=actor, now=moment, codes=codes(), seen=seen
        )
        return Done(url_for("store.away_ticket", away_id=made.id))

    return act(work, refused=lambda error: draw_away_question(other_id, code, error))


@blueprint.get("/store/away/orders/<int:away_id>")
@access(*CUSTOMERS)
def away_ticket(away_id: int) -> Answer:
    """The code for the other community's counter."""
    return draw_away_ticket(away_id)


def draw_away_ticket(away_id: int, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    order = queries.own_away_order(session, away_id, who.person_id)
    state = order.state_at(now())
    with scoped(session, order.other_id):
        guest = queries.half_of(session, order)
        lines = [
            {
                "character": line.product.sign,
                "text": translate(listed([(line.product, line.quantity, line.points_each)])),
                "points": line.quantity * line.points_each,
            }
            for line in guest.lines
        ]
    other = session.get_one(Community, order.other_id)
    return render_template(
        "store/away_ticket.html",
        order=order,
        state=state,
        code=actions.code_of(guest, codes()) if state in WAITING else "",
        goods=lines,
        other=other,
        until=last_day(order.expires_at, who.zone),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.get("/store/away/orders/<int:away_id>/qr.svg")
@access(*CUSTOMERS)
def away_qr(away_id: int) -> Response:
    """The code as a picture that a scanner types."""
    session = db.session()
    order = queries.own_away_order(session, away_id, viewer().person_id)
    if order.state_at(now()) not in WAITING:
        raise NotFound
    with scoped(session, order.other_id):
        return picture_of(actions.code_of(queries.half_of(session, order), codes()))


@blueprint.post("/store/away/orders/<int:away_id>/cancel")
@access(*CUSTOMERS)
def away_cancel(away_id: int) -> Answer:
    """Gives the points and the goods back."""
    who = viewer()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        cancel = partial(actions.cancel, session, away_id, actor=actor, now=moment)
        said = cancelled(session, cancel, community_id=who.community_id, person_id=who.person_id, now=moment)
        return Done(url_for("store.away_stores"), said)

    return act(work, refused=lambda error: draw_away_ticket(away_id, error))
