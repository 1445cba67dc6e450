"""Pages of guests at our counter."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.clock import last_day
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.store.counter import typed_codes
from volunteer_app.store.exchange import guests, queries
from volunteer_app.store.orders.models import GuestOrder
from volunteer_app.store.views import KEEPER, blueprint
from volunteer_app.web.access import access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act
from volunteer_app.web.language import translate


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
        waiting=[guest_row(one) for one in queries.waiting_guests(session, now=now())],
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
        "goods": translate(queries.goods_of(order)),
        "points": order.points,
        "until": last_day(order.expires_at, viewer().zone),
    }


@blueprint.post("/counter/guests/code")
@access(KEEPER)
def find_guest() -> Answer:
    """Opens the guest's order with this code."""
    return typed_codes.opened(queries.guest_by_code, draw_guests, name="order")


@blueprint.post("/counter/guests/<int:guest_id>")
@access(KEEPER)
def give_guest(guest_id: int) -> Answer:
    """Gives the goods to the guest."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        order = guests.hand_over(session, guest_id, name_checked=True, actor=actor, now=moment)
        said = Text(N_("交好了：%(goods)s"), {"goods": translate(queries.goods_of(order))})
        return Done(url_for("store.guest_counter"), said)

    return act(work, refused=lambda error: draw_guests(refusal=error))
