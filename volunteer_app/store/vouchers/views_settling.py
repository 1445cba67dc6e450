"""The office's pages of partner shops: who they are, settling a month."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for

from volunteer_app.core.language import N_
from volunteer_app.store.partners import shops
from volunteer_app.store.views import OFFICE, READERS, asked_month, blueprint, this_month
from volunteer_app.store.vouchers import actions, queries, views
from volunteer_app.store.vouchers.queries import Statement
from volunteer_app.web.access import access, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import translate


@blueprint.get("/partners")
@access(*READERS)
def list_partners() -> str:
    """The shops, what they give, and what this month has come to."""
    session, month = db.session(), this_month()
    services = shops.services_of(session)
    return render_template(
        "store/partners.html",
        month=month,
        rows=[
            {
                "id": shop.id,
                "name": shop.name,
                "place": shop.address,
                "services": "、".join(translate(one.called) for one in services.get(shop.id, [])),
                "points": queries.statement(session, shop, month).points,
            }
            for shop in shops.all_partners(session)
        ],
        may_act=not viewer().roles.isdisjoint(OFFICE),
    )


def statement_of(partner_id: int) -> Statement:
    session = db.session()
    return queries.statement(session, shops.partner(session, partner_id), asked_month())


@blueprint.get("/partners/<int:partner_id>")
@access(*READERS)
def show_statement(partner_id: int) -> Answer:
    """A shop's month."""
    return views.draw_statement(statement_of(partner_id))


@blueprint.get("/partners/<int:partner_id>/print")
@access(*READERS)
def print_statement(partner_id: int) -> Answer:
    """The same for the printer, with room for both signatures."""
    return views.draw_statement(statement_of(partner_id), page="store/statement_print.html")


@blueprint.post("/partners/<int:partner_id>/close")
@access(*OFFICE)
def close_month(partner_id: int) -> Answer:
    """Writes down what the shop is owed for the month."""
    month = asked_month()

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        actions.close_month(session, partner_id, month, actor=actor, now=moment)
        back = url_for("store.show_statement", partner_id=partner_id, month=f"{month:%Y-%m}")
        return Done(back, N_("这个月的账写好了。付了钱，请另一位来确认。"))

    return act(work, refused=lambda error: views.draw_statement(statement_of(partner_id), refusal=error))


@blueprint.post("/partners/<int:partner_id>/paid/<int:settlement_id>")
@access(*OFFICE)
def pay_settlement(partner_id: int, settlement_id: int) -> Answer:
    """The second person has seen it paid."""

    def work(session: Any, actor: Any, moment: datetime) -> Done:
        done = actions.pay(session, settlement_id, actor=actor, now=moment)
        back = url_for("store.show_statement", partner_id=done.partner_id, month=f"{done.month:%Y-%m}")
        return Done(back, N_("记下了，已经付清。"))

    return act(work, refused=lambda error: views.draw_statement(statement_of(partner_id), refusal=error))
