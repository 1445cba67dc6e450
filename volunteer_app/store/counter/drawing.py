"""An order as the keeper sees it: masked name, number, balance and goods; nothing else of anybody."""

from typing import Any

from volunteer_app.core.clock import last_day
from volunteer_app.ledger import queries as books
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.orders import reserving
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.words import goods_of, listed
from volunteer_app.web.access import now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Form
from volunteer_app.web.language import translate


def at_hand(order: Order, form: Form, code: str) -> dict[str, Any]:
    """The order that is being handed over, as the component takes it."""
    before = books.balance(db.session(), order.community_id, owner_of(order.person_id), now=now())
    ticked = form.typed.get("goods", [])
    return {
        "id": order.id,
        "state": order.state_at(now()),
        "is_extended": order.is_extended,
        "is_ours": reserving.is_own_household(order.person, db.session().get_one(Person, viewer().person_id)),
        "code": code,
        "name": order.person.name,
        "number": order.person.number,
        "until": last_day(order.expires_at, viewer().zone),
        "goods": [
            {
                "key": str(line.id),
                "text": translate(listed([(line.product, line.quantity, line.points_each)])),
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
        "goods": translate(goods_of(order)),
        "until": last_day(order.expires_at, viewer().zone),
        "state": order.state_at(now()),
        "points": order.points,
        "on_paper": order.person.channel == "paper",
    }
