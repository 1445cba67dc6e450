"""Services as vouchers: a partner shop takes each in once, and two people settle its month."""

import re
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.store.pages import page, send, words
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app.core.audit import AuditEvent
from volunteer_app.core.clock import last_day
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import queries as books
from volunteer_app.ledger.rules import SecondPersonNeeded
from volunteer_app.ledger.verify import verify
from volunteer_app.people.models import Person
from volunteer_app.store.counter import queries as counter
from volunteer_app.store.counter import returns
from volunteer_app.store.counter.models import CodeAttempt
from volunteer_app.store.counter.rules import TRIES, NotAVoucher, VoucherElsewhere, VoucherUsed
from volunteer_app.store.orders.models import Order
from volunteer_app.store.orders.rules import AlreadyCollected, OnePlace, OrderExpired, OwnOrder
from volunteer_app.store.partners import shops
from volunteer_app.store.partners.models import Partner
from volunteer_app.store.partners.rules import NotAPartnerPerson, PartnerTaken
from volunteer_app.store.rules import AlreadyPaid, MonthNotOver
from volunteer_app.store.shelf.models import Product
from volunteer_app.store.vouchers import actions as vouchers
from volunteer_app.store.vouchers.models import Settlement
from volunteer_app.store.vouchers.rules import NothingToSettle

NOVEMBER_2 = datetime(2026, 11, 2, 1, tzinfo=UTC)


class Barber:
    """A shop that gives haircuts (S01, 100 points, 10 yuan), and whoever signs in there."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.person = shop.member(0, "partner", name="方师傅")
        self.office = shop.make.actor(shop.member(0, "coordinator"), "coordinator")
        self.second = shop.make.actor(shop.member(0, "admin"), "admin")
        self.partner: Partner = shop.write(
            shops.add_partner,
            "巧手理发店",
            sign_in=self.person.number,
            services=["S01"],
            address="东街3号",
            phone="0513-5550 0188",
            actor=self.office,
        )

    def take(self, order: Order) -> Order:
        actor = self.shop.make.actor(self.person, "partner")
        found: Order = self.shop.write(vouchers.take_voucher, order.id, code_hash=order.code_hash, actor=actor)
        return found

    def claim(self) -> int:
        self.shop.session.rollback()
        found = books.amounts(
            self.shop.session, self.shop.community.id, owner=self.partner.owner, kind="claim", now=self.shop.clock()
        )
        return found.get("points", 0)


@pytest.fixture
def barber(shop: Shop) -> Barber:
    return Barber(shop)


def test_a_haircut_is_a_voucher_for_thirty_days_and_its_points_are_the_shops_claim(shop: Shop, barber: Barber) -> None:
    dai = shop.member(150)
    order = shop.reserve(dai, S01=1)
    assert last_day(order.expires_at, "Asia/Shanghai") == date(2026, 11, 11)
    assert shop.balance(dai).held == 100

    barber.take(order)

    assert (order.state, order.handed_by_id, barber.claim()) == ("picked_up", barber.person.id, 100)
    assert (shop.balance(dai).available, shop.balance(dai).spent) == (50, 100)
    assert verify(shop.session, shop.community.id) == []


def test_a_voucher_works_once(shop: Shop, barber: Barber) -> None:
    order = shop.reserve(shop.member(100), S01=1)
    barber.take(order)

    with pytest.raises(AlreadyCollected):
        barber.take(order)
    assert barber.claim() == 100


def test_an_unused_voucher_gives_its_points_back(shop: Shop, barber: Barber, clock: SetClock) -> None:
    dai = shop.member(100)
    order = shop.reserve(dai, S01=1)
    clock.moment = order.expires_at

    with pytest.raises(OrderExpired):
        barber.take(order)
    assert (shop.balance(dai).available, barber.claim()) == (100, 0)


def test_a_voucher_is_used_at_its_shop_and_goods_at_the_counter(shop: Shop, barber: Barber) -> None:
    dai = shop.member(200)
    voucher, soap = shop.reserve(dai, S01=1), shop.reserve(dai, K01=1)

    with pytest.raises(VoucherElsewhere) as refusal:
        shop.hand_over(voucher)
    assert str(refusal.value) == "这是一张券，请到“巧手理发店”用"
    with pytest.raises(NotAVoucher):
        barber.take(soap)
    assert [one.id for one in counter.waiting_orders(shop.session, now=shop.clock())] == [soap.id]


def test_goods_and_a_service_are_two_orders(shop: Shop, barber: Barber) -> None:
    assert barber.partner.id
    dai = shop.member(200)

    with pytest.raises(OnePlace):
        shop.reserve(dai, S01=1, K01=1)
    assert shop.balance(dai).held == 0


def test_the_shop_does_not_take_its_own_voucher(shop: Shop, barber: Barber) -> None:
    own = shop.member(100, "partner")
    shop.session.get_one(Partner, barber.partner.id).person_id = own.id
    shop.session.commit()
    order, actor = shop.reserve(own, S01=1), shop.make.actor(own, "partner")

    with pytest.raises(OwnOrder):
        shop.write(vouchers.take_voucher, order.id, code_hash=order.code_hash, actor=actor)


def test_a_used_voucher_is_not_taken_back(shop: Shop, barber: Barber) -> None:
    order = barber.take(shop.reserve(shop.member(100), S01=1))

    with pytest.raises(VoucherUsed):
        shop.write(returns.take_back, order.id, order.lines[0].id, 1, reason="不好看", actor=shop.as_keeper())


def test_a_month_is_settled_by_two_people_once(shop: Shop, barber: Barber, clock: SetClock) -> None:
    for _ in range(2):
        barber.take(shop.reserve(shop.member(100), S01=1))
    october = date(2026, 10, 1)
    with pytest.raises(MonthNotOver):
        shop.write(vouchers.close_month, barber.partner.id, october, actor=barber.office)
    clock.moment = NOVEMBER_2

    found = shop.write(vouchers.close_month, barber.partner.id, october, actor=barber.office)
    again = shop.write(vouchers.close_month, barber.partner.id, october, actor=barber.second)

    assert (found.vouchers, found.points, found.amount_fen, again.id) == (2, 200, 2000, found.id)
    with pytest.raises(SecondPersonNeeded):
        shop.write(vouchers.pay, found.id, actor=barber.office)
    assert barber.claim() == 200
    shop.write(vouchers.pay, found.id, actor=barber.second)
    assert barber.claim() == 0
    with pytest.raises(AlreadyPaid):
        shop.write(vouchers.pay, found.id, actor=barber.second)
    assert verify(shop.session, shop.community.id) == []


def test_a_month_without_vouchers_is_not_settled(shop: Shop, barber: Barber, clock: SetClock) -> None:
    clock.moment = NOVEMBER_2

    with pytest.raises(NothingToSettle):
        shop.write(vouchers.close_month, barber.partner.id, date(2026, 10, 1), actor=barber.office)


def test_the_database_itself_wants_two_people_and_one_community(shop: Shop, barber: Barber, clock: SetClock) -> None:
    barber.take(shop.reserve(shop.member(100), S01=1))
    clock.moment = NOVEMBER_2
    found = shop.write(vouchers.close_month, barber.partner.id, date(2026, 10, 1), actor=barber.office)
    row = shop.session.get_one(Settlement, found.id)
    row.paid_by_id, row.txn_id = row.closed_by_id, 1
    with pytest.raises(IntegrityError):
        shop.session.commit()
    shop.session.rollback()

    elsewhere = Shop(shop.session, shop.clock, shop.make, shop.make.community("other", "邻村"))
    foreign = shop.session.query(Product).filter_by(community_id=elsewhere.community.id, code="S01").one()
    foreign.partner_id = barber.partner.id
    with pytest.raises(IntegrityError):
        shop.session.commit()
    shop.session.rollback()


def test_a_shop_is_registered_once_with_somebody_who_holds_the_role(shop: Shop, barber: Barber) -> None:
    with pytest.raises(PartnerTaken):
        shop.write(shops.add_partner, "巧手理发店", actor=barber.office)
    with pytest.raises(NotAPartnerPerson):
        shop.write(shops.add_partner, "老郑家电", sign_in=shop.keeper.number, actor=barber.office)
    with pytest.raises(NotFound):
        shop.write(shops.add_partner, "老郑家电", sign_in="V999", actor=barber.office)
    with pytest.raises(NotFound):
        shop.write(shops.add_partner, "老郑家电", services=["K01"], actor=barber.office)


def code_of(order: Order) -> str:
    return CODES.code(order.community_id, order.id, order.code_turn)


def test_the_shop_types_the_code_and_takes_the_voucher(client: FlaskClient, shop: Shop, barber: Barber) -> None:
    dai = shop.member(200, name="刘桂芳")
    order, soap = shop.reserve(dai, S01=1), shop.reserve(dai, K01=1)
    sign_in(client, barber.person)
    assert "巧手理发店" in page(client, "/partner")

    assert "没有这个码" in send(client, "/partner/code", 409, code="000000")
    assert "不是您店里的券" in send(client, "/partner/code", 409, code=code_of(soap))
    shown = send(client, "/partner/code", 200, code=code_of(order))
    assert ("理发1次" in shown, "刘桂芳" in shown) == (True, False)
    [code] = re.findall(r'name="code" value="(.*?)"', shown)
    send(client, f"/partner/vouchers/{order.id}", code=code)

    assert "这个月收的券：1张，100分" in words(page(client, "/partner"))
    assert "一共1张" in page(client, "/partner/settlement?month=2026-10")
    shop.session.rollback()
    assert shop.session.query(CodeAttempt).count() == 1
    refused = shop.session.query(AuditEvent).filter_by(verb="refuse", note="POST /partner/code")
    assert refused.count() == 2  # the unknown code, and the one of the soap


def test_a_voucher_is_not_taken_without_its_code(client: FlaskClient, shop: Shop, barber: Barber) -> None:
    """Neither page nor JSON takes a voucher by its number; the code of another one is an unknown one and a try."""
    dai = shop.member(200)
    order, other = shop.reserve(dai, S01=1), shop.reserve(shop.member(100), S01=1)
    sign_in(client, barber.person)
    pages, json = f"/partner/vouchers/{order.id}", f"/api/v1/partner/vouchers/{order.id}"

    send(client, pages, 422)
    assert client.post(json, json={}).status_code == 422
    assert shop.session.query(CodeAttempt).count() == 0
    assert "没有这个码" in send(client, pages, 409, code=code_of(other))
    assert client.post(json, json={"code": code_of(other)}).get_json()["title"].startswith("没有这个码")
    refused = shop.session.query(AuditEvent).filter_by(verb="refuse", subject="refusal:UnknownCode")
    assert (shop.session.query(CodeAttempt).count(), refused.count()) == (2, 2)
    for _ in range(TRIES - 2):
        send(client, pages, 409, code=code_of(other))
    assert "歇10分钟" in send(client, pages, 429, code=code_of(order))
    assert (shop.balance(dai).spent, barber.claim()) == (0, 0)


def test_whoever_has_no_shop_yet_is_told_so(client: FlaskClient, shop: Shop) -> None:
    sign_in(client, shop.member(0, "partner"))

    for address in ("/partner", "/partner/settlement"):
        assert "还没有登记您的店" in page(client, address)
    assert "还没有登记您的店" in send(client, "/partner/code", 409, code="000000")


def test_the_voucher_shows_its_shop_and_a_picture_of_its_code(client: FlaskClient, shop: Shop, barber: Barber) -> None:
    dai = shop.member(100)
    sign_in(client, dai)
    send(client, "/store/reserve/S01")
    order = shop.session.query(Order).one()

    shown = words(page(client, f"/store/orders/{order.id}"))
    picture = client.get(f"/store/orders/{order.id}/qr.svg")

    assert "券好了，凭码到店里用" in shown
    assert ("巧手理发店" in shown, "东街3号" in shown, "最晚11月11日" in shown) == (True, True, True)
    assert (picture.status_code, picture.mimetype, picture.headers["Cache-Control"]) == (
        200,
        "image/svg+xml",
        "no-store",
    )
    barber.take(order)
    assert client.get(f"/store/orders/{order.id}/qr.svg").status_code == 404
    assert "已经取走" in words(page(client, f"/store/orders/{order.id}"))


def test_the_office_registers_a_shop_and_settles_its_month(
    client: FlaskClient, shop: Shop, barber: Barber, clock: SetClock
) -> None:
    barber.take(shop.reserve(shop.member(100), S01=1))
    first, second = (shop.member(0, "coordinator") for _ in range(2))
    sign_in(client, first)
    assert "没有这个编号" in send(client, "/partners/new", 404, name="老郑家电", sign_in="V999")
    send(client, "/partners/new", name="老郑家电", services=["S03"])
    assert "家电检修" in page(client, "/partners")
    address = f"/partners/{barber.partner.id}"
    assert "这个月还没过完" in send(client, f"{address}/close?month=2026-10", 409)
    clock.moment = NOVEMBER_2

    send(client, f"{address}/close?month=2026-10")
    done = shop.session.query(Settlement).one()
    assert "付了钱请另一位来确认" in page(client, f"{address}?month=2026-10")
    assert "请另一位来核对" in send(client, f"{address}/paid/{done.id}?month=2026-10", 409)
    other = client.application.test_client()
    sign_in(other, second)
    send(other, f"{address}/paid/{done.id}?month=2026-10")

    assert "11月2日付清" in words(page(client, f"{address}?month=2026-10"))
    assert "商户签名" in page(client, f"{address}/print?month=2026-10")
    assert client.get("/sheets/settlements?month=2026-10").status_code == 200
    listed = client.get("/sheets/settlements?month=2026-10&kind=csv").get_data(as_text=True)
    assert ("巧手理发店" in listed, "2026-11-02" in listed) == (True, True)


def test_partner_shops_over_json(client: FlaskClient, shop: Shop, barber: Barber, clock: SetClock) -> None:
    order = shop.reserve(shop.member(100), S01=1)
    at_shop = client.application.test_client()
    sign_in(at_shop, barber.person)
    assert at_shop.post("/api/v1/partner/code", json={"code": "000000"}).status_code == 409
    seen = at_shop.post("/api/v1/partner/code", json={"code": code_of(order)}).get_json()
    taken = at_shop.post(f"/api/v1/partner/vouchers/{seen['id']}", json={"code": code_of(order)}).get_json()
    assert (taken["state"], taken["partner_id"], taken["code"]) == ("picked_up", barber.partner.id, None)

    office: Person = shop.member(0, "coordinator")
    sign_in(client, office)
    assert client.post("/api/v1/store/partners", json={"name": "老郑家电"}).status_code == 201
    assert [one["name"] for one in client.get("/api/v1/store/partners").get_json()] == ["巧手理发店", "老郑家电"]
    clock.moment = NOVEMBER_2
    address = f"/api/v1/store/partners/{barber.partner.id}/settlements"
    closed = client.post(address, json={"month": "2026-10-01"}).get_json()
    assert (closed["points"], closed["paid_at"]) == (100, None)
    assert client.post(f"/api/v1/store/settlements/{closed['id']}/paid").status_code == 409
    assert client.get(f"/api/v1/store/settlements/{closed['id']}").get_json()["amount_fen"] == 1000
