"""What people take for their points: orders collected, one by proxy, one cancelled, one forgotten, one refused; a
voucher used at the barber's.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from volunteer_app.core.database import scoped
from volunteer_app.demo.closing import SPENDER
from volunteer_app.demo.stage import Stage, moment
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.queries import balance, balances
from volunteer_app.ledger.rules import NotEnoughPoints
from volunteer_app.people.owners import owner_of
from volunteer_app.store.counter import actions as counter
from volunteer_app.store.counter import returns
from volunteer_app.store.exchange import actions as exchange
from volunteer_app.store.exchange import clearing, guests
from volunteer_app.store.exchange import queries as exchange_queries
from volunteer_app.store.lending import queries as lending
from volunteer_app.store.orders import actions as orders_actions
from volunteer_app.store.orders import reserving
from volunteer_app.store.orders.models import Order
from volunteer_app.store.partners import shops
from volunteer_app.store.vouchers import actions as vouchers


@dataclass(frozen=True, slots=True)
class Act:
    """One thing at the store: `verb` reserve, collect, cancel, walk_in, refuse (a reserve that must be), sweep,
    voucher (the partner shop takes it in), bring_back (what was lent), away and away_given (next door).
    """

    at: str
    verb: str
    number: str = ""
    goods: dict[str, int] = field(default_factory=dict)
    proxy: str = ""


OCTOBER = (
    Act("10-05 09:00", "reserve", "V035", {"K07": 1}),
    Act("10-08 20:15", "reserve", "V030", {"K01": 1, "K02": 1}),
    Act("10-09 14:20", "collect", "V030"),
    Act("10-09 14:35", "collect", "V035"),
    Act("10-10 10:00", "reserve", "V025", {"K08": 1}),
    Act("10-12 09:30", "reserve", "V072", {"K02": 2}),
    Act("10-12 19:00", "reserve", "V042", {"K04": 1}),
    Act("10-13 10:00", "reserve", "V047", {"K10": 1}),
    Act("10-14 10:00", "cancel", "V047"),
    Act("10-14 18:00", "reserve", "V040", {"K05": 1}),
    Act("10-15 09:20", "collect", "V040"),
    Act("10-15 09:40", "walk_in", "V060", {"K01": 1, "K02": 1}),
    Act("10-15 09:50", "walk_in", "V021", {"L01": 1}),
    Act("10-16 14:05", "collect", "V025"),
    Act("10-16 14:40", "collect", "V072", proxy="宋建华"),
    Act("10-16 15:00", "refuse", "V003", {"K08": 1, "K01": 1}),
    Act("10-18 11:00", "reserve", "V055", {"S01": 1}),
    Act("10-19 10:00", "away", "V025", {"K01": 1}),
    Act("10-20 00:05", "sweep"),
    Act("10-23 14:30", "away_given", "V025"),
    Act("10-23 15:10", "voucher", "V055"),
    Act("10-27 19:00", "reserve", "V050", {"K05": 1}),
    Act("10-29 09:30", "bring_back", "V021"),
    Act("10-30 14:30", "collect", "V050"),
    Act("10-30 14:50", "walk_in", "V033", {"L01": 1}),
    Act("11-01 00:05", "sweep"),
)
"""V042's towel is forgotten and goes back on the 20th; the last sweep books the old points that ran out."""


def shop_in_october(stage: Stage) -> None:
    """Every act in the order of time, each in its own transaction."""
    orders: dict[str, int] = {}
    for act in OCTOBER:
        stage.write(partial(perform, stage, act, orders))


def perform(stage: Stage, act: Act, orders: dict[str, int]) -> None:
    session, keeper, at = stage.session, stage.founded.keeper, moment(act.at)
    if act.verb == "sweep":
        sweep(stage, at)
        return
    person = stage.founded.person[act.number]
    if act.verb == "reserve":
        made = reserving.reserve(session, person, act.goods, actor=stage.own(act.number), now=at, codes=stage.codes)
        orders[act.number] = made.id
    elif act.verb == "refuse":
        refused(stage, act, at)
    elif act.verb == "cancel":
        orders_actions.cancel(session, orders[act.number], actor=stage.own(act.number), now=at)
    elif act.verb == "walk_in":
        counter.walk_in(session, person, act.goods, name_checked=True, actor=keeper, now=at, codes=stage.codes)
    elif act.verb == "voucher":
        voucher = session.get_one(Order, orders[act.number])
        vouchers.take_voucher(session, voucher.id, code_hash=voucher.code_hash, actor=stage.shop, now=at)
    elif act.verb == "bring_back":
        loan = lending.loans_of(session, person)[0]
        returns.bring_back(session, loan.id, state="back", note="", actor=keeper, now=at)
    elif act.verb == "away":
        there = stage.next_door.community_id
        exchange.reserve(session, person, there, act.goods, actor=stage.own(act.number), now=at, codes=stage.codes)
    elif act.verb == "away_given":
        give_next_door(stage, person, at)
    else:
        order = session.get_one(Order, orders[act.number])
        ticked = [line.id for line in order.lines]
        counter.hand_over(
            session,
            order.id,
            ticked=ticked,
            name_checked=True,
            actor=keeper,
            now=at,
            proxy_name=act.proxy,
            code_hash=order.code_hash,
        )


def give_next_door(stage: Stage, person: int, at: datetime) -> None:
    """The keeper next door hands over what the person reserved there."""
    order = exchange_queries.away_orders_of(stage.session, person)[0]
    with scoped(stage.session, order.other_id):
        guest = exchange_queries.half_of(stage.session, order)
        guests.hand_over(stage.session, guest.id, name_checked=True, actor=stage.next_door.keeper, now=at)
        stage.session.flush()


def settle_october(stage: Stage) -> None:
    """The barber's month and what is owed next door: written down by one person, seen paid by another."""
    session, first, at = stage.session, stage.founded.coordinator, moment("11-03 09:30")
    shop = shops.all_partners(session)[0]
    month = at.date().replace(month=10, day=1)
    done = stage.write(lambda: vouchers.close_month(session, shop.id, month, actor=first, now=at).id)
    owed = stage.write(
        lambda: clearing.close_month(session, stage.next_door.community_id, month, actor=first, now=at).id
    )
    stage.write(lambda: vouchers.pay(session, done, actor=stage.founded.second, now=moment("11-04 10:00")))
    with scoped(session, stage.next_door.community_id):
        stage.write(
            lambda: clearing.receive(session, owed, actor=stage.next_door.coordinator, now=moment("11-05 10:00"))
        )


def refused(stage: Stage, act: Act, at: datetime) -> None:
    """Too few points: nothing is booked, and the demo stops if it were."""
    person = stage.founded.person[act.number]
    try:
        with stage.session.begin_nested():
            reserving.reserve(stage.session, person, act.goods, actor=stage.own(act.number), now=at, codes=stage.codes)
    except NotEnoughPoints:
        return
    raise AssertionError("an order without points went through")


def sweep(stage: Stage, at: datetime) -> None:
    """What the timetable does at night: orders that nobody came for, points that ran out."""
    orders_actions.expire_due(stage.session, stage.founded.community_id, now=at)
    ledger.expire_lots(stage.session, stage.founded.community_id, now=at)


def shop_in_november(stage: Stage) -> None:
    """One person spends nearly all that October gave; a towel is kept for another."""
    person, at = stage.founded.person[SPENDER], moment("11-06 14:20")

    def spend_all() -> None:
        now_there = balance(stage.session, stage.founded.community_id, owner_of(person), now=at).available
        goods = {"K05": 1} if now_there >= 150 else {"K04": 1} if now_there >= 80 else {"K02": 1}
        counter.walk_in(
            stage.session, person, goods, name_checked=True, actor=stage.founded.keeper, now=at, codes=stage.codes
        )

    stage.write(spend_all)
    stage.write(lambda: perform(stage, Act("11-06 20:10", "reserve", "V030", {"K04": 1}), {}))


def held_points(stage: Stage) -> int:
    """Points that orders keep at the end of the demo."""
    owners = [owner_of(person) for person in stage.founded.person.values()]
    standing = balances(stage.session, stage.founded.community_id, owners, now=moment("11-09 08:05"))
    return sum(row.held for row in standing.values())
