"""Somebody without a code: found by number or name, served at once or given a slip."""

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.rules import NotEnoughPoints
from volunteer_app.people.models import PRESENT, Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.counter import actions, queries
from volunteer_app.store.counter.drawing import queue_row
from volunteer_app.store.orders import limits, offers, reserving, views_tickets
from volunteer_app.store.orders import queries as orders
from volunteer_app.store.orders.drawing import codes, drawn
from volunteer_app.store.orders.models import WAITING
from volunteer_app.store.orders.typed_pieces import BadPieces, seen_points, typed_pieces
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.views import KEEPER, blueprint
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import translate


@blueprint.get("/counter/people")
@access(KEEPER)
def find_people() -> str:
    """Somebody without a code, by number or name."""
    typed = request.args.get("who", "")
    found = queries.people_found(db.session(), typed)
    owners = [owner_of(person.id) for person in found]
    stand = books.balances(db.session(), viewer().community_id, owners, now=now()) if owners else {}
    return render_template(
        "store/people.html",
        typed=typed,
        people=[
            {"id": one.id, "name": one.name, "number": one.number, "points": stand[owner_of(one.id)].available}
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
    if found is None or found.community_id != viewer().community_id or found.state not in PRESENT:
        raise NotFound
    return found


def draw_clerk(person_id: int, refusal: AppError | None = None) -> str:
    session, person = db.session(), person_of(person_id)
    balance = books.balance(session, person.community_id, owner_of(person.id), now=now())
    waiting = [one for one in orders.orders_of(session, person.id) if one.state_at(now()) in WAITING]
    said = translate(refusal.text) if refusal else ""
    if isinstance(refusal, NotEnoughPoints):
        said = translate(N_("刚才那一单没有交。")) + said
    return render_template(
        "store/clerk.html",
        person=person,
        balance=balance,
        month=limits.allowance(session, person, now=now()),
        waiting=[queue_row(one) for one in waiting],
        offers=[drawn(one) for one in offers.offers(session, person, now=now())],
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
    pieces, seen = {code: count for code, count in typed.items() if count}, seen_points()

    def keep(session: Any, actor: Any, moment: datetime) -> Done:
        order = reserving.reserve(session, person_id, pieces, actor=actor, now=moment, codes=codes(), seen=seen)
        return Done(url_for("store.counter_slip", order_id=order.id))

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        if request.form.get("keep"):
            return keep(session, actor, moment)
        order = actions.walk_in(
            session, person_id, pieces, name_checked=True, actor=actor, now=moment, codes=codes(), seen=seen
        )
        said = Text(N_("交好了：%(goods)s"), {"goods": translate(goods_of(order))})
        return Done(url_for("store.hand_over"), said)

    return act(work, refused=lambda error: draw_clerk(person_id, error))


@blueprint.get("/counter/orders/<int:order_id>/slip")
@access(KEEPER)
def counter_slip(order_id: int) -> Answer:
    """The ticket on paper for somebody without a telephone; only for the keeper who reserved it, while it waits."""
    order = orders.order(db.session(), order_id)
    if order.recorded_by_id != viewer().person_id or order.state_at(now()) not in WAITING:
        raise NotFound
    return views_tickets.draw_slip(order, "store/counter_slip.html")
