"""Products and orders as pages show them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.opening.models import Opening
from volunteer_app.store.opening.queries import closed_dates, openings
from volunteer_app.store.opening.rules import next_openings
from volunteer_app.store.orders.codes import Codes
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.offers import Offer
from volunteer_app.store.orders.words import goods_of
from volunteer_app.store.shelf.models import Product
from volunteer_app.store.shelf.rules import FRIDAY
from volunteer_app.web.access import local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.language import translate


def codes() -> Codes:
    """Pick-up codes under the application's secret."""
    return Codes(current_app.config["SECRET_KEY"])


def me() -> Person:
    return db.session().get_one(Person, viewer().person_id)


def drawn(offer: Offer) -> dict[str, Any]:
    """A product for the page: its lines and why it can't be reserved."""
    product = offer.product
    limit = ""
    if product.most_each is not None:
        words = N_("每月%(most)d%(measure)s") if product.limit_months == 1 else N_("每年%(most)d%(measure)s")
        limit = translate(Text(words, {"most": product.most_each, "measure": Text(product.measure)}))
    left = ""
    if offer.left is not None and offer.left > 0:
        left = translate(Text(N_("还有%(left)d%(measure)s"), {"left": offer.left, "measure": Text(product.measure)}))
    return {
        "code": product.code,
        "name": translate(product.called),
        "character": product.sign,
        "price": offer.points,
        "pack": translate(product.pack) if product.pack else "",
        "stock": " · ".join(words for words in (left, limit) if words),
        "fridays_only": product.fridays_only,
        "is_lent": product.kind == "lending",
        "cannot": reason(offer),
        "icon": "tick" if offer.verdict == "limit" else "",
    }


def reason(offer: Offer) -> str:
    """Why the product can't be reserved; empty when it can."""
    words = {
        "ok": Text(""),
        "short": Text(N_("还差 %(short)d 分"), {"short": offer.short}),
        "limit": Text(N_("这个月已经预约了") if offer.product.limit_months == 1 else N_("今年已经预约了")),
        "month": Text(N_("这个月只能再换%(left)d分，下个月1日再来"), {"left": offer.month_left})
        if offer.month_left
        else Text(N_("这个月的分用满了，下个月1日再来")),
        "gone": Text(N_("换完了，到货再贴通知")),
    }[offer.verdict]
    return translate(words) if words.template else ""


def pick_up_times(products: Iterable[Product], until: date) -> list[tuple[date, Opening]] | None:
    """(local date, opening) from today through that day at which all of these are given out at the counter; None while
    the store's hours aren't known.
    """
    hours, today = openings(db.session()), local_today()
    if not hours:
        return None
    fridays_only = any(one.fridays_only for one in products)
    found = next_openings(hours, today, until, closed_dates(db.session(), today))
    return [(day, one) for day, one in found if not fridays_only or day.weekday() == FRIDAY]


def cancelled(
    session: Session, cancel: Callable[[], object], *, community_id: int, person_id: int, now: datetime
) -> Text:
    """Cancels an order of the person; what came back of its points and where the rest went, by his balances."""
    owner = owner_of(person_id)
    before = books.balance(session, community_id, owner, now=now)
    cancel()
    after = books.balance(session, community_id, owner, now=now)
    moved = (
        (N_("%(points)d分退回来了"), after.available - before.available),
        (N_("%(points)d分抵了以前记错的分"), before.debt - after.debt),
        (N_("%(points)d分过了有效期，不能再用"), after.expired - before.expired),
    )
    said = [translate(Text(words, {"points": points})) for words, points in moved if points]
    comma = translate(N_("，"))
    return Text(N_("取消了，%(what)s。"), {"what": comma.join(said) or translate(N_("东西不留了"))})


def order_row(order: Order) -> dict[str, Any]:
    """An order as a line of a list."""
    state = order.state_at(now())
    return {
        "title": translate(goods_of(order)),
        "date": order.made_on,
        "chip": {"word": translate(STATE_WORDS[state]), "kind": STATE_CHIPS[state]},
        "amount": translate(Text(N_("%(points)d分"), {"points": order.points})) if order.points else "",
        "href": url_for("store.ticket", order_id=order.id),
    }


STATE_WORDS = {
    "reserved": N_("等您来取"),
    "ready": N_("可以来取了"),
    "picked_up": N_("已经取走"),
    "cancelled": N_("已经取消"),
    "expired": N_("过期了"),
}
STATE_CHIPS = {"reserved": "wait", "ready": "yes", "picked_up": "info", "cancelled": "line", "expired": "line"}
