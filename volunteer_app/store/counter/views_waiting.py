"""What a keeper does for somebody without a telephone whose order waits: kept longer, given up."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for

from volunteer_app.core.clock import last_day
from volunteer_app.core.language import N_, Text
from volunteer_app.store.counter import views
from volunteer_app.store.orders import actions, reserving
from volunteer_app.store.orders import queries as orders
from volunteer_app.store.orders.drawing import cancelled
from volunteer_app.store.views import KEEPER, blueprint
from volunteer_app.web.access import access, viewer
from volunteer_app.web.forms import Answer, Done, Form, act


@blueprint.post("/counter/orders/<int:order_id>/cancel")
@access(KEEPER)
def cancel_for(order_id: int) -> Answer:
    """Gives the points and the goods back to somebody else."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        person = orders.order(session, order_id).person
        reserving.refuse_own_household(session, person, actor)
        cancel = partial(actions.cancel, session, order_id, actor=actor, now=moment)
        said = cancelled(session, cancel, community_id=person.community_id, person_id=person.id, now=moment)
        return Done(url_for("store.hand_over"), said)

    return act(work, refused=lambda error: views.redraw(order_id, Form(), error))


@blueprint.post("/counter/orders/<int:order_id>/extend")
@access(KEEPER)
def extend_for(order_id: int) -> Answer:
    """Keeps somebody else's order for as many days again, once."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        reserving.refuse_own_household(session, orders.order(session, order_id).person, actor)
        day = last_day(actions.extend(session, order_id, actor=actor, now=moment).expires_at, viewer().zone)
        said = Text(N_("多留了几天，最晚%(month)d月%(day)d日。"), {"month": day.month, "day": day.day})
        return Done(url_for("store.show_order", order_id=order_id), said)

    return act(work, refused=lambda error: views.redraw(order_id, Form(), error))
