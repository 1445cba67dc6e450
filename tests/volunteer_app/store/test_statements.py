"""How many statements a redemption takes. Fifty a second of the same item hang on it: one more keeps the shelf locked
longer, so it needs a reason that stands here.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.volunteer_app.store.shop import Shop
from volunteer_app.people import actions as people

MOST = {"sqlite": 18, "postgresql": 22}
"""Before the write 2: the transaction begins, who is asking.

To decide 6: the transaction begins, the form's key is claimed, the person is locked, what the rules leave to him, the
products, the number of the order. To keep 5: a code that nobody waits with, what has run out, the lots that pay, the
hold, its lines. To write 5: no kept piece is over, the audit row, the order, its lines, the answer under the key.

After the write, when nothing is locked any more, 1: the order, for its code, which isn't stored with the answer.

On SQLite the driver does the rest unseen, on PostgreSQL the beginnings. There 5 more keep: the accounts, no
hold has lapsed, the accounts locked, the cause is new, the posting.
"""


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_redemption_takes_few_statements_however_much_somebody_has_had(client: FlaskClient, shop: Shop) -> None:
    shop.reserve(shop.member(400), K01=1, K02=1, K03=1)
    dai = shop.member(400)
    token = shop.write(people.make_token, dai.id, "phone")["token"]
    dialect = shop.session.get_bind().dialect.name
    shop.session.rollback()
    taken = []
    for code in ("K01", "K02", "K03"):
        asked = {"items": [{"product": code, "pieces": 1}]}
        with statements() as seen:
            answer = client.post("/api/v1/store/orders", json=asked, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.get_json()
        taken.append(len(seen))
    assert max(taken[1:]) <= MOST[dialect], "\n".join(seen)
    assert taken[1] == taken[2]
