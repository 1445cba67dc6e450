"""A member of A takes soap at B's store: points move in A's books, goods in B's, and both settle at the month's end."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.race import race
from tests.volunteer_app.store.pages import page, send, shown_points, words
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.jobs.timetable import expire_orders
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger import periods
from volunteer_app.ledger.rules import NotEnoughPoints
from volunteer_app.ledger.verify import verify
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.counter.models import CodeAttempt
from volunteer_app.store.counter.rules import NameNotChecked
from volunteer_app.store.exchange import actions as exchange
from volunteer_app.store.exchange import clearing, guests, offers
from volunteer_app.store.exchange import queries as exchange_queries
from volunteer_app.store.exchange.models import Clearing
from volunteer_app.store.exchange.rules import NothingToClear
from volunteer_app.store.orders import limits
from volunteer_app.store.orders.models import AwayOrder, GuestOrder
from volunteer_app.store.orders.rules import (
    AlreadyCollected,
    MonthLimit,
    NotOffered,
    OrderCancelled,
    OrderExpired,
    ProductLimit,
    SoldOut,
)
from volunteer_app.store.partners import neighbours
from volunteer_app.store.rules import AlreadyPaid, MonthNotOver
from volunteer_app.store.shelf import prices

NOVEMBER_2 = datetime(2026, 11, 2, 1, tzinfo=UTC)


class Two:
    """Two stocked communities that exchange goods, and what their books say of each other."""

    def __init__(self, here: Shop, there: Shop) -> None:
        self.here, self.there = here, there
        for one, other in ((here, there), (there, here)):
            office = one.make.actor(one.member(0, "coordinator"), "coordinator")
            one.write(neighbours.add_neighbour, other.community.code, actor=office)

    def reserve(self, person: Person, **wanted: int) -> AwayOrder:
        actor, other = self.here.make.actor(person, "volunteer"), self.there.community.id
        found: AwayOrder = self.here.write(exchange.reserve, person.id, other, wanted, actor=actor, codes=CODES)
        return found

    def guest(self, order: AwayOrder) -> GuestOrder:
        self.here.session.rollback()
        return exchange_queries.half_of(self.here.session, order)

    def hand_over(self, order: AwayOrder, *, name_checked: bool = True) -> GuestOrder:
        guest, keeper = self.guest(order), self.there.as_keeper()
        found: GuestOrder = self.there.write(guests.hand_over, guest.id, name_checked=name_checked, actor=keeper)
        return found

    def cancel(self, order: AwayOrder, person: Person) -> AwayOrder:
        found: AwayOrder = self.here.write(exchange.cancel, order.id, actor=self.here.make.actor(person, "volunteer"))
        return found

    def stands(self) -> tuple[int, int]:
        """(what A owes B in A's books, what is due from A in B's books)"""
        here, there = self.here, self.there
        owed = clearing.standings(here.session, here.community.id, now=here.clock())[0].owed
        return owed, clearing.standings(there.session, there.community.id, now=there.clock())[0].due

    def verified(self) -> bool:
        self.here.session.rollback()
        return all(verify(one.session, one.community.id) == [] for one in (self.here, self.there))


@pytest.fixture
def two(session: Session, clock: SetClock, make: Factory) -> Two:
    here = Shop(session, clock, make)
    return Two(here, Shop(session, clock, make, make.community("linan", "邻安社区")))


def test_points_are_held_at_home_and_goods_kept_over_there(two: Two) -> None:
    dai = two.here.member(100)

    order = two.reserve(dai, K01=1)

    assert (order.state, order.points, two.here.balance(dai).held) == ("reserved", 30, 30)
    assert (two.there.left("K01"), two.there.left("K01", "on_hold"), two.here.left("K01")) == (59, 1, 60)
    assert two.verified()


def test_handing_over_spends_at_home_gives_out_there_and_each_notes_the_debt(two: Two) -> None:
    dai = two.here.member(100)
    order = two.reserve(dai, K01=2)

    two.hand_over(order)

    assert (two.here.balance(dai).spent, two.there.left("K01"), two.there.left("K01", "on_hold")) == (60, 58, 0)
    assert two.stands() == (60, 60)
    assert two.here.session.get_one(AwayOrder, order.id).state == "picked_up"
    assert two.verified()


@pytest.mark.parametrize(
    ("wanted", "refusal"), [({"K08": 1, "K01": 1}, NotEnoughPoints), ({"K11": 1, "K01": 1}, MonthLimit)]
)
def test_what_home_refuses_leaves_nothing_in_either_book(
    two: Two, wanted: dict[str, int], refusal: type[AppError]
) -> None:
    """340 points: 350 are too many; 430 are beyond the month's 400."""
    dai = two.here.member(340)

    with pytest.raises(refusal):
        two.reserve(dai, **wanted)

    assert (two.here.balance(dai).available, two.there.left("K01"), two.there.left("K08")) == (340, 60, 30)
    assert (two.here.session.query(AwayOrder).count(), two.here.session.query(GuestOrder).count()) == (0, 0)


def test_the_price_over_there_is_the_one_that_was_shown(client: FlaskClient, two: Two) -> None:
    dai, other = two.here.member(200), two.there.community.id
    sign_in(client, dai)
    shown = shown_points(page(client, f"/store/away/{other}/K01"))
    office = two.there.make.actor(two.there.member(0, "coordinator"), "coordinator")
    two.there.write(prices.set_price, "K01", 90, from_on=date(2026, 10, 12), actor=office)

    again = send(client, f"/store/away/{other}/K01", 409, **shown)

    assert "“香皂”的价格刚刚变了，现在是90分" in again
    asked = {"items": [{"product": "K01", "pieces": 1, "points": 30}]}
    assert client.post(f"/api/v1/store/away/{other}/orders", json=asked).status_code == 409
    assert two.here.balance(dai).held == 0
    send(client, f"/store/away/{other}/K01", **shown_points(again))
    assert two.here.balance(dai).held == 90


def test_what_is_gone_over_there_costs_nothing_at_home(two: Two) -> None:
    """The held points are booked before the empty shelf is met, or after it: none stay held."""
    two.there.session.rollback()
    first, second = two.here.member(400), two.here.member(400)
    for _ in range(9):
        two.there.walk_in(two.there.member(400), K11=1)
    two.reserve(first, K11=1)

    with pytest.raises(SoldOut):
        two.reserve(second, K11=1)
    assert (two.here.balance(second).available, two.here.balance(second).held) == (400, 0)
    assert two.verified()


def test_limits_of_both_communities_count(two: Two) -> None:
    dai = two.here.member(900)
    two.reserve(dai, K08=1)
    with pytest.raises(ProductLimit):
        two.reserve(dai, K08=1)
    with pytest.raises(MonthLimit):
        two.here.reserve(dai, K07=1)
    assert limits.allowance(two.here.session, dai, now=two.here.clock()).left == 80
    two.here.session.rollback()


def test_services_loans_and_yearly_goods_are_for_the_communitys_own(two: Two) -> None:
    dai = two.here.member(1200)
    listed = {
        one.product.code for one in offers.offers(two.here.session, dai, two.there.community.id, now=two.here.clock())
    }

    assert {"K01", "K11"} <= listed
    assert not listed & {"K12", "S01", "L01"}
    two.here.session.rollback()
    with pytest.raises(NotOffered):
        two.reserve(dai, K12=1)


def test_communities_that_have_not_both_agreed_exchange_nothing(
    session: Session, clock: SetClock, make: Factory
) -> None:
    here = Shop(session, clock, make)
    there = Shop(session, clock, make, make.community("linan", "邻安社区"))
    office = make.actor(here.member(0, "coordinator"), "coordinator")
    here.write(neighbours.add_neighbour, "linan", actor=office)
    here.write(neighbours.add_neighbour, "linan", actor=office)
    dai = here.member(100)

    assert neighbours.neighbours(session, here.community.id) == []
    session.rollback()
    with pytest.raises(NotFound):
        here.write(
            exchange.reserve, dai.id, there.community.id, {"K01": 1}, actor=make.actor(dai, "volunteer"), codes=CODES
        )
    with pytest.raises(NotFound):
        here.write(neighbours.add_neighbour, "youlin", actor=office)


def test_cancelling_gives_back_on_both_sides_and_twice_is_once(two: Two) -> None:
    dai, other = two.here.member(100), two.here.member(100)
    order = two.reserve(dai, K01=1)
    with pytest.raises(NotFound):
        two.cancel(order, other)

    two.cancel(order, dai)
    assert two.cancel(order, dai).state == "cancelled"

    assert (two.here.balance(dai).available, two.there.left("K01")) == (100, 60)
    with pytest.raises(OrderCancelled):
        two.hand_over(order)
    assert two.verified()


def test_nobody_comes_and_both_sides_get_theirs_back(two: Two, clock: SetClock) -> None:
    dai = two.here.member(100)
    order = two.reserve(dai, K01=1)
    clock.moment = order.expires_at
    assert (two.here.balance(dai).available, two.there.left("K01")) == (100, 60)
    with pytest.raises(OrderExpired):
        two.hand_over(order)

    swept = [two.here.write(exchange.expire_due, two.here.community.id) for _ in range(2)]

    assert swept == [1, 0]
    assert (two.guest(order).state, two.there.left("K01", "on_hold")) == ("expired", 0)
    assert two.verified()


def test_what_a_closed_store_keeps_is_swept_when_its_books_are_open_again(two: Two, clock: SetClock) -> None:
    """The other community closes October on its last day; the rest of the sweep isn't kept from its turn."""
    dai = two.here.member(200)
    clock.moment = datetime(2026, 10, 22, 1, tzinfo=UTC)
    away, own = two.reserve(dai, K01=1), two.here.reserve(dai, K02=1)
    clock.moment = datetime(2026, 10, 31, 1, tzinfo=UTC)
    office = two.there.make.actor(two.there.member(0, "coordinator"), "coordinator")
    october = datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)
    two.there.write(periods.close, *october, actor=office)

    def sweep() -> int:
        moved: int = two.here.write(lambda session, now: expire_orders(session, two.here.community.id, now, now))
        return moved

    assert (sweep(), own.state, away.state) == (1, "expired", "reserved")
    clock.moment = NOVEMBER_2
    assert (sweep(), two.guest(away).state, two.here.balance(dai).available) == (1, "expired", 200)
    assert two.verified()


def test_a_guests_code_works_once_and_the_name_is_asked(two: Two) -> None:
    dai = two.here.member(100)
    order = two.reserve(dai, K01=1)
    code = exchange.code_of(two.guest(order), CODES)

    def find() -> GuestOrder:
        two.there.session.rollback()
        return exchange_queries.guest_by_code(
            two.there.session,
            code,
            community_id=two.there.community.id,
            keeper_id=two.there.keeper.id,
            codes=CODES,
            now=two.there.clock(),
        )

    assert find().away_id == order.id
    with pytest.raises(NameNotChecked):
        two.hand_over(order, name_checked=False)
    two.hand_over(order)
    with pytest.raises(AlreadyCollected):
        find()
    with pytest.raises(AlreadyCollected):
        two.hand_over(order)
    assert two.here.balance(dai).spent == 30


def test_a_keeper_of_another_community_hands_over_nothing(two: Two) -> None:
    order = two.reserve(two.here.member(100), K01=1)
    guest = two.guest(order)

    with pytest.raises(NotFound):
        two.here.write(guests.hand_over, guest.id, name_checked=True, actor=two.here.as_keeper())


def test_a_month_is_cleared_by_one_person_of_each_community(two: Two, clock: SetClock) -> None:
    two.hand_over(two.reserve(two.here.member(100), K01=2))
    ours = two.here.make.actor(two.here.member(0, "coordinator"), "coordinator")
    theirs = two.there.make.actor(two.there.member(0, "coordinator"), "coordinator")
    october, other = date(2026, 10, 1), two.there.community.id
    with pytest.raises(MonthNotOver):
        two.here.write(clearing.close_month, other, october, actor=ours)
    clock.moment = NOVEMBER_2

    found = two.here.write(clearing.close_month, other, october, actor=ours)
    again = two.here.write(clearing.close_month, other, october, actor=ours)
    assert (found.orders, found.points, again.id) == (1, 60, found.id)
    with pytest.raises(NotFound):
        two.here.write(clearing.receive, found.id, actor=ours)
    two.there.write(clearing.receive, found.id, actor=theirs)

    assert two.stands() == (0, 0)
    with pytest.raises(AlreadyPaid):
        two.there.write(clearing.receive, found.id, actor=theirs)
    with pytest.raises(NothingToClear):
        two.here.write(clearing.close_month, other, date(2026, 9, 1), actor=ours)
    assert two.verified()


def test_both_communities_redeeming_at_each_other_at_once_all_get_theirs(two: Two, database_url: str) -> None:
    """Half take soap over there, half come from there: no circle of locks, no half-booked order."""
    shops = (two.here, two.there)
    keepers = [shop.keeper.id for shop in shops]
    people = [shops[number % 2].member(100) for number in range(8)]
    who = [two.here.make.actor(person, "volunteer") for person in people]
    others, ids = [shops[(number + 1) % 2].community.id for number in range(8)], [person.id for person in people]
    now = two.here.clock()

    def redeem(session: Session, number: int) -> str:
        order = exchange.reserve(
            session, ids[number], others[number], {"K01": 1}, actor=who[number], now=now, codes=CODES
        )
        guest = exchange_queries.half_of(session, order)
        keeper = Actor(others[number], keepers[(number + 1) % 2], "web", frozenset({"keeper"}))
        return guests.hand_over(session, guest.id, name_checked=True, actor=keeper, now=now).state

    found = Counter(
        one if isinstance(one, str) else type(one).__name__ for one in race(database_url, redeem, writers=8)
    )

    assert found == {"picked_up": 8}
    assert (two.here.left("K01"), two.there.left("K01"), two.stands()) == (56, 56, (120, 120))
    assert two.verified()


def test_a_member_sees_the_other_store_and_a_keeper_there_hands_over(client: FlaskClient, two: Two) -> None:
    dai = two.here.member(100, name="刘桂芳")
    sign_in(client, dai)
    other = two.there.community.id
    assert "看看邻安社区的超市" in page(client, "/store/away")
    assert "还有60块" in page(client, f"/store/away/{other}")
    assert "到邻安社区去取" in page(client, f"/store/away/{other}/K01")
    assert "积分还差220分" in send(client, f"/store/away/{other}/K08", 409)
    send(client, f"/store/away/{other}/K01")
    order = two.here.session.query(AwayOrder).one()
    ticket = f"/store/away/orders/{order.id}"
    assert "凭码到那边取" in words(page(client, ticket))
    assert client.get(f"{ticket}/qr.svg").mimetype == "image/svg+xml"
    code = exchange.code_of(two.guest(order), CODES)

    keeper = client.application.test_client()
    sign_in(keeper, two.there.keeper)
    assert "没有这个码" in send(keeper, "/counter/guests/code", 409, code="000000")
    shown = send(keeper, "/counter/guests/code", 200, code=code)
    assert ("香皂1块" in shown, "刘桂芳" in shown, "友邻社区" in shown, code in shown) == (True, False, True, False)
    send(keeper, f"/counter/guests/{two.guest(order).id}")

    assert two.here.balance(dai).spent == 30
    assert "已经取走" in words(page(client, ticket))
    assert "这个码10月12日已经取过了" in send(keeper, "/counter/guests/code", 409, code=code)


def test_a_guests_code_at_the_main_counter_leads_to_the_guests_and_is_no_try(client: FlaskClient, two: Two) -> None:
    code = exchange.code_of(two.guest(two.reserve(two.here.member(100), K01=1)), CODES)
    sign_in(client, two.there.keeper)

    assert "这是别的社区来的码，请到“别的社区来的”里查" in send(client, "/counter/code", 409, code=code)
    assert client.post("/api/v1/counter/code", json={"code": code}).get_json()["code"] == "GuestsCode"
    two.there.session.rollback()
    assert two.there.session.query(CodeAttempt).count() == 0
    sign_in(home := client.application.test_client(), two.here.keeper)
    assert "没有这个码" in send(home, "/counter/code", 409, code=code)


def test_the_member_cancels_on_the_page(client: FlaskClient, two: Two) -> None:
    dai = two.here.member(100)
    order = two.reserve(dai, K01=1)
    sign_in(client, dai)

    send(client, f"/store/away/orders/{order.id}/cancel")

    assert two.here.balance(dai).available == 100
    assert "取消了，30分退回来了。" in words(page(client, "/store/away"))
    stranger = client.application.test_client()
    sign_in(stranger, two.here.member(0))
    page(stranger, f"/store/away/orders/{order.id}", 404)


def test_the_member_is_told_of_points_that_ran_out_meanwhile(client: FlaskClient, two: Two, clock: SetClock) -> None:
    dai = two.here.member()
    gift = {"to": owner_of(dai.id), "points": 30, "cause": "soon", "reason": "日巡逻", "actor": two.here.system}
    two.here.write(ledger.issue, expires_at=clock() + timedelta(days=2), **gift)
    order = two.reserve(dai, K01=1)
    clock.tick(days=3)
    sign_in(client, dai)

    send(client, f"/store/away/orders/{order.id}/cancel")

    assert "取消了，30分过了有效期，不能再用。" in words(page(client, "/store/away"))
    assert "积分已经退回" not in page(client, f"/store/away/orders/{order.id}")


def test_offices_of_both_communities_clear_a_month(client: FlaskClient, two: Two, clock: SetClock) -> None:
    two.hand_over(two.reserve(two.here.member(100), K01=1))
    sign_in(client, two.here.member(0, "coordinator"))
    there = client.application.test_client()
    sign_in(there, two.there.member(0, "coordinator"))
    assert "没有这个代号的社区" in send(client, "/neighbours", 404, code="nowhere")
    send(client, "/neighbours", code="linan")
    assert "互通了" in page(client, "/neighbours")
    clock.moment = NOVEMBER_2

    send(client, f"/neighbours/{two.there.community.id}/close", month="2026-10-01")
    assert "2026年10月的账写好了" in page(client, "/neighbours")
    found = two.here.session.query(Clearing).one()
    assert "等对方收到后确认" in page(client, "/neighbours")
    send(client, f"/neighbours/received/{found.id}", 404)
    assert "友邻社区欠我们" in page(there, "/neighbours")
    send(there, f"/neighbours/received/{found.id}")

    assert "11月2日两边结清" in page(client, "/neighbours")
    assert two.stands() == (0, 0)


def test_every_month_that_was_forgotten_is_offered(client: FlaskClient, two: Two, clock: SetClock) -> None:
    """Soap in October and in December; it is January before anybody looks."""
    there = two.there.community.id
    two.hand_over(two.reserve(two.here.member(100), K01=1))
    clock.moment = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)  # half an hour before the local month is over
    two.hand_over(two.reserve(two.here.member(100), K01=2))
    sign_in(client, two.here.member(0, "coordinator"))
    assert offered(client) == ["2026-10-01"]
    clock.moment = datetime(2027, 1, 5, 1, tzinfo=UTC)
    assert offered(client) == ["2026-10-01", "2026-12-01"]

    assert "2026年11月没有人到那边换过，不用结" in send(client, f"/neighbours/{there}/close", 409, month="2026-11-01")
    send(client, f"/neighbours/{there}/close", 422, month="上个月")
    send(client, f"/neighbours/{there}/close", month="2026-10-01")
    assert offered(client) == ["2026-12-01"]
    send(client, f"/neighbours/{there}/close", month="2026-12-01")

    assert offered(client) == []
    closed = two.here.session.query(Clearing).order_by(Clearing.month)
    assert [(one.month, one.points) for one in closed] == [(date(2026, 10, 1), 30), (date(2026, 12, 1), 60)]


def offered(client: FlaskClient) -> list[str]:
    """The months that the page offers to settle."""
    return re.findall(r'name="month" value="([^"]+)"', page(client, "/neighbours"))


def test_redeeming_elsewhere_over_json(client: FlaskClient, two: Two) -> None:
    dai = two.here.member(100)
    sign_in(client, dai)
    address = f"/api/v1/store/away/{two.there.community.id}/orders"
    asked = {"items": [{"product": "K01", "pieces": 1}]}
    first = client.post(address, json=asked, headers={"Idempotency-Key": "a1"})
    again = client.post(address, json=asked, headers={"Idempotency-Key": "a1"})
    assert (first.status_code, again.get_json()) == (201, first.get_json())
    second = client.post(address, json={"items": [{"product": "K02", "pieces": 1}]}).get_json()
    cancelled = client.post(f"/api/v1/store/away/orders/{second['id']}/cancel").get_json()
    assert cancelled["state"] == "cancelled"

    order = two.here.session.get_one(AwayOrder, first.get_json()["id"])
    code = exchange.code_of(two.guest(order), CODES)
    keeper = client.application.test_client()
    sign_in(keeper, two.there.keeper)
    assert keeper.post("/api/v1/counter/guests/code", json={"code": "000000"}).status_code == 409
    seen = keeper.post("/api/v1/counter/guests/code", json={"code": code}).get_json()
    done = keeper.post(f"/api/v1/counter/guests/{seen['id']}/hand-over", json={"name_checked": True})
    assert done.get_json()["state"] == "picked_up"


def test_a_month_is_cleared_over_json(client: FlaskClient, two: Two, clock: SetClock) -> None:
    two.hand_over(two.reserve(two.here.member(100), K01=1))
    sign_in(client, two.here.member(0, "coordinator"))
    there, other = client.application.test_client(), two.there.community.id
    sign_in(there, two.there.member(0, "coordinator"))
    assert client.post("/api/v1/neighbours", json={"code": "nowhere"}).status_code == 404
    assert client.post("/api/v1/neighbours", json={"code": "linan"}).get_json() == {"id": other}
    [standing] = client.get("/api/v1/neighbours").get_json()
    assert (standing["id"], standing["agreed"], standing["owed"]) == (other, True, 30)
    clock.moment = NOVEMBER_2

    closed = client.post(f"/api/v1/neighbours/{other}/clearings", json={"month": "2026-10-12"}).get_json()
    assert (closed["month"], closed["points"], closed["received_at"]) == ("2026-10-01", 30, None)
    address = f"/api/v1/neighbours/clearings/{closed['id']}/received"
    assert client.post(address).status_code == 404  # not one's own debt
    assert there.post(address).get_json()["received_at"] is not None
    assert there.post(address).status_code == 409
    assert [one["id"] for one in there.get("/api/v1/neighbours/clearings").get_json()] == [closed["id"]]
    assert two.stands() == (0, 0)
