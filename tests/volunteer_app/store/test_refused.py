"""Bad input at the store and the books: each refusal by its own name, nothing booked, one audit row."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.factory import sign_in
from tests.volunteer_app.store.shop import Shop
from volunteer_app.core.audit import AuditEvent
from volunteer_app.core.database import table_of
from volunteer_app.ledger import periods
from volunteer_app.ledger.models import Hold, Txn
from volunteer_app.people.models import Person
from volunteer_app.store.orders.codes import check_digit

OCTOBER = datetime(2026, 9, 30, 16, tzinfo=UTC), datetime(2026, 10, 31, 16, tzinfo=UTC)
Asking = Callable[[FlaskClient, Shop], tuple[Person, Callable[[], TestResponse]]]


def overdraft(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    return shop.member(10), lambda: client.post("/store/reserve/K01")  # soap costs 30


def stock_out(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    for _ in range(2):  # both cookers that there are
        shop.reserve(shop.member(1200), K12=1)
    return shop.member(1200), lambda: client.post("/store/reserve/K12")


def wrong_code(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    code = "12345" + check_digit("12345")
    return shop.keeper, lambda: client.post("/counter/code", data={"code": code})


def used_code(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    code = shop.code(shop.hand_over(shop.reserve(shop.member(30), K01=1)))
    return shop.keeper, lambda: client.post("/counter/code", data={"code": code})


def expired_order(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    order = shop.reserve(shop.member(30), K01=1)
    shop.clock.moment = order.expires_at
    goods = [line.id for line in order.lines]
    return shop.keeper, lambda: client.post(f"/counter/orders/{order.id}", data={"goods": goods})


def key_reused(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    dai = shop.member(100)
    sign_in(client, dai)

    def reserve(pieces: int) -> TestResponse:
        items = [{"product": "K02", "pieces": pieces}]
        return client.post("/api/v1/store/orders", json={"items": items}, headers={"Idempotency-Key": "k" * 32})

    assert reserve(1).status_code == 201
    return dai, lambda: reserve(2)


def closed_period(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    dai = shop.member(30)
    shop.clock.moment = datetime(2026, 10, 31, 12, tzinfo=UTC)
    shop.write(periods.close, *OCTOBER, actor=shop.make.actor(shop.member(0, "coordinator"), "coordinator"))
    return dai, lambda: client.post("/store/reserve/K01")


def foreign_order(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    other = Shop(shop.session, shop.clock, shop.make, shop.make.community(code="other", name="北桥社区"))
    order_id = other.reserve(other.member(30), K01=1).id
    return shop.keeper, lambda: client.post(f"/counter/orders/{order_id}/ready")


def own_credit(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    gu = shop.member(0, "coordinator")
    asked = {"who": gu.number, "points": "5", "reason": "漏记"}
    return gu, lambda: client.post("/books/adjustments", data=asked)


def unregistered_shop(client: FlaskClient, shop: Shop) -> tuple[Person, Callable[[], TestResponse]]:
    return shop.member(0, "partner"), lambda: client.post("/partner/code", data={"code": "418206"})


REFUSED: tuple[tuple[Asking, str, int], ...] = (
    (overdraft, "NotEnoughPoints", 409),
    (stock_out, "SoldOut", 409),
    (wrong_code, "UnknownCode", 409),
    (used_code, "AlreadyCollected", 409),
    (key_reused, "KeyReused", 409),
    (foreign_order, "NotFound", 404),
    (own_credit, "NotForOneself", 409),
    (unregistered_shop, "NoPartner", 409),
    (expired_order, "OrderExpired", 409),
    (closed_period, "PeriodClosed", 409),
)
"""What is asked, the refusal's name, its status; those that need a later day come last."""


def test_a_refusal_books_nothing_and_leaves_one_audit_row(client: FlaskClient, shop: Shop) -> None:
    for asking, name, status in REFUSED:
        person, ask = asking(client, shop)
        who, before = person.id, booked(shop)
        noted = refusals(shop)
        sign_in(client, person)

        answer = ask()

        assert (name, answer.status_code) == (name, status)
        assert booked(shop) == before, name
        assert refusals(shop) == [*noted, (f"refusal:{name}", who)]


def refusals(shop: Shop) -> list[tuple[str, int | None]]:
    shop.session.rollback()
    rows = shop.session.scalars(select(AuditEvent).where(AuditEvent.verb == "refuse").order_by(AuditEvent.id))
    return [(row.subject, row.actor_id) for row in rows]


def booked(shop: Shop) -> tuple[int, int]:
    """Transactions and holds in the books of every community."""
    shop.session.rollback()
    return tuple(  # type: ignore[return-value]
        shop.session.execute(select(func.count()).select_from(table_of(kind))).scalar_one() for kind in (Txn, Hold)
    )
