"""Two clerks, one rice cooker: simultaneous orders on real files and a real server."""

from collections import Counter

from sqlalchemy.orm import Session

from tests.race import race
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.core.errors import AppError
from volunteer_app.ledger.verify import verify
from volunteer_app.store.counter import actions as counter
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders import basket, reserving
from volunteer_app.store.orders.models import Order
from volunteer_app.store.shelf import stock


def outcomes(found: list[str | AppError]) -> Counter[str]:
    return Counter(one if isinstance(one, str) else type(one).__name__ for one in found)


def verified(shop: Shop) -> bool:
    shop.session.rollback()
    return verify(shop.session, shop.community.id) == []


def test_two_clerks_and_the_last_rice_cooker(shop: Shop, database_url: str) -> None:
    shop.walk_in(shop.member(1200), K12=1)
    people = [shop.member(1200).id for _ in range(2)]
    clerks = [shop.as_keeper(), shop.as_keeper(shop.member(0, "keeper"))]
    now = shop.clock()

    def redeem(session: Session, number: int) -> str:
        actor = clerks[number]
        order = counter.walk_in(
            session, people[number], {"K12": 1}, name_checked=True, actor=actor, now=now, codes=CODES
        )
        return order.state

    assert outcomes(race(database_url, redeem, writers=2)) == {"picked_up": 1, "SoldOut": 1}
    assert (shop.left("K12"), verified(shop)) == (0, True)


def test_one_person_ordering_twice_at_once_keeps_the_monthly_limit(shop: Shop, database_url: str) -> None:
    """900 points, rice for 320 from eight devices: the limit of one a month lets one through."""
    person = shop.member(900)
    actor, now = shop.make.actor(person, "volunteer"), shop.clock()

    def order(session: Session, _number: int) -> str:
        return reserving.reserve(session, person.id, {"K08": 1}, actor=actor, now=now, codes=CODES).state

    assert outcomes(race(database_url, order, writers=8)) == {"reserved": 1, "ProductLimit": 7}
    assert shop.balance(person).held == 320


def test_one_basket_sent_twice_at_once_is_reserved_once(shop: Shop, database_url: str) -> None:
    person = shop.member(400)
    person_id = person.id
    actor, now = shop.make.actor(person, "volunteer"), shop.clock()
    shop.write(basket.put, person.id, "K01", actor=actor)

    def order(session: Session, _number: int) -> str:
        return basket.reserve(session, person_id, {}, actor=actor, now=now, codes=CODES)[0].state

    assert outcomes(race(database_url, order, writers=4)) == {"reserved": 1, "NothingChosen": 3}
    assert (shop.balance(person).held, verified(shop)) == (30, True)


def test_one_piece_put_into_the_basket_twice_at_once_counts_twice(shop: Shop, database_url: str) -> None:
    person = shop.member()
    person_id = person.id
    actor, now = shop.make.actor(person, "volunteer"), shop.clock()

    def put(session: Session, _number: int) -> str:
        return basket.put(session, person_id, "K01", actor=actor, now=now).product.code

    assert outcomes(race(database_url, put, writers=4)) == {"K01": 4}
    shop.session.rollback()
    assert [one.pieces for one in basket.lines_of(shop.session, person.id)] == [4]


def test_two_people_who_count_the_same_at_once_book_it_once(shop: Shop, database_url: str) -> None:
    clerks, now = [shop.as_keeper(), shop.as_keeper(shop.member(0, "keeper"))], shop.clock()

    def count(session: Session, number: int) -> str:
        return stock.count(session, "K01", 58, actor=clerks[number], now=now).state

    assert outcomes(race(database_url, count, writers=2)) == {"waiting": 1, "booked": 1}
    assert (shop.left("K01"), verified(shop)) == (58, True)


def test_one_order_at_two_counters_is_handed_over_once(shop: Shop, database_url: str) -> None:
    person = shop.member(100)
    order = shop.reserve(person, K01=1)
    order_id, ticked = order.id, [line.id for line in order.lines]
    actor, now = shop.as_keeper(), shop.clock()

    def hand_over(session: Session, _number: int) -> str:
        return counter.hand_over(session, order_id, ticked=ticked, name_checked=True, actor=actor, now=now).state

    assert outcomes(race(database_url, hand_over, writers=6)) == {"picked_up": 1, "AlreadyCollected": 5}
    assert (shop.balance(person).spent, shop.left("K01")) == (30, 59)


def test_sweeps_cancels_and_hand_overs_at_once_leave_right_books(shop: Shop, database_url: str) -> None:
    person = shop.member(400)
    made = [shop.reserve(person, K01=1), shop.reserve(person, K02=1), shop.reserve(person, K03=1)]
    ids, lines = [order.id for order in made], {order.id: [line.id for line in order.lines] for order in made}
    owner, keeper, now = shop.make.actor(person, "volunteer"), shop.as_keeper(), shop.clock()
    late = made[0].expires_at

    def act(session: Session, number: int) -> str:
        order_id = ids[number % 3]
        if number % 4 == 0:
            return orders.cancel(session, order_id, actor=owner, now=now).state
        if number % 4 == 1:
            return str(orders.expire_due(session, owner.community_id, now=late))
        return counter.hand_over(
            session, order_id, ticked=lines[order_id], name_checked=True, actor=keeper, now=now
        ).state

    race(database_url, act, writers=12)

    assert verified(shop)
    states = Counter(shop.session.get_one(Order, order_id).state for order_id in ids)
    balance = shop.balance(person)
    assert states["reserved"] == 0
    assert balance.held == 0
    assert balance.available + balance.spent == 400
