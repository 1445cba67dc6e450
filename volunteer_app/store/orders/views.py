"""Pages for people who collect: the store, and the question before reserving."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.clock import last_day
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.people.owners import owner_of
from volunteer_app.store.lending import queries as lending
from volunteer_app.store.lending.models import Loan
from volunteer_app.store.opening.drawing import opening_words
from volunteer_app.store.opening.queries import openings
from volunteer_app.store.orders import basket, limits, queries, reserving
from volunteer_app.store.orders import offers as orders
from volunteer_app.store.orders.drawing import codes, drawn, me, order_row, pick_up_times
from volunteer_app.store.orders.models import WAITING
from volunteer_app.store.orders.rules import kept_until
from volunteer_app.store.orders.typed_pieces import seen_points
from volunteer_app.store.partners import neighbours
from volunteer_app.store.shelf import queries as shelf
from volunteer_app.store.views import CUSTOMERS, blueprint
from volunteer_app.web.access import access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import language, translate
from volunteer_app.web.names import place_name


@blueprint.get("/store")
@access(*CUSTOMERS)
def shop() -> str:
    """What can be taken now, what a little later, and what is waiting."""
    session, who = db.session(), viewer()
    offers = orders.offers(session, me(), now=now())
    donors = names_of_donors([one.product.id for one in offers])
    items = [(one.verdict, drawn(one) | {"donors": donors.get(one.product.id, "")}) for one in offers]
    return render_template(
        "store/shop.html",
        now_offers=[item for verdict, item in items if verdict == "ok"],
        later_offers=[item for verdict, item in items if verdict != "ok"],
        borrowed=[borrowed_row(one) for one in lending.loans_of(session, who.person_id)],
        picked=len(basket.lines_of(session, who.person_id)),
        elsewhere=bool(neighbours.neighbours(session, who.community_id)),
        balance=books.balance(session, who.community_id, owner_of(who.person_id), now=now()),
        month=limits.allowance(session, me(), now=now()),
        openings=[opening_words(one) for one in openings(session)],
        waiting=[
            order_row(one) | {"amount": ""}
            for one in queries.orders_of(session, who.person_id)
            if one.state_at(now()) in WAITING
        ],
    )


def names_of_donors(product_ids: list[int]) -> dict[int, str]:
    """Product id -> donors who agreed to be named, as the shelf says it."""
    found = shelf.named_donors(db.session(), product_ids)
    said = {key: "、".join(place_name(name, language()) for name in names) for key, names in found.items()}
    return {key: translate(Text(N_("%(donors)s捐赠"), {"donors": names})) for key, names in said.items()}


def borrowed_row(loan: Loan) -> dict[str, Any]:
    """Something borrowed as a line of a list: when it is due, and that it is late."""
    late = loan.days_late(local_today())
    chip = {"word": translate(Text(N_("过了%(days)d天"), {"days": late})), "kind": "wait"}
    return {"title": translate(loan.product.called), "date": loan.due_on, "chip": chip if late else None}


@blueprint.get("/store/reserve/<code>")
@access(*CUSTOMERS)
def ask(code: str) -> Answer:
    """One question: reserve one of this?"""
    return draw_question(code)


def draw_question(code: str, refusal: AppError | None = None) -> str:
    session, who = db.session(), viewer()
    offer = orders.offer(session, me(), code, now=now())
    free = books.balance(session, who.community_id, owner_of(who.person_id), now=now()).available
    today = local_today()
    rule = limits.rule_on(session, who.community_id, today)
    keep_days = rule.voucher_days if offer.product.partner_id else rule.keep_days
    until = last_day(kept_until(now(), keep_days, who.zone), who.zone)
    return render_template(
        "store/reserve.html",
        item=drawn(offer),
        measure=translate(offer.product.measure),
        after=free - offer.points,
        until=until,
        cannot_come=offer.product.partner_id is None and pick_up_times([offer.product], until) == [],
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/store/reserve/<code>")
@access(*CUSTOMERS)
def reserve(code: str) -> Answer:
    """Reserves one piece and shows the ticket."""
    who, seen = viewer(), seen_points()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        made = reserving.reserve(session, who.person_id, {code: 1}, actor=actor, now=moment, codes=codes(), seen=seen)
        return Done(url_for("store.ticket", order_id=made.id))

    return act(work, refused=lambda error: draw_question(code, error))
