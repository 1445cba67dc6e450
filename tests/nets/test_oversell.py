"""T5: one rice cooker, 200 simultaneous redemptions, each on a connection of its own: exactly one wins, every round.

The suite plays a round or two on a real file and a real server; `make oversell` plays 100.
"""

import os
from collections import Counter

from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction, scoped
from volunteer_app.demo.counter import AT, open_counter
from volunteer_app.demo.counter import Counter as Store
from volunteer_app.demo.race import Answer, furnish, pieces, press
from volunteer_app.ledger.queries import balances
from volunteer_app.ledger.verify import verify
from volunteer_app.people.owners import owner_of
from volunteer_app.store.orders import actions as orders
from volunteer_app.store.orders.codes import Codes

ROUNDS = int(os.environ.get("YOULIN_ROUNDS", "1"))
PEOPLE = 200
CODES = Codes("race")


def test_200_want_the_last_rice_cooker_and_one_has_it(session: Session, database_url: str) -> None:
    counter = in_transaction(session, lambda: open_counter(session, budget=300_000))
    members = in_transaction(session, lambda: furnish(session, counter, PEOPLE))
    session.info.clear()
    for number in range(ROUNDS):
        answers = press(database_url, counter, members, codes=CODES, now=AT, connections=PEOPLE)
        check_one_won(session, counter, members, answers, number)
        give_back(session, counter, answers)


def check_one_won(session: Session, counter: Store, members: list[int], answers: list[Answer], number: int) -> None:
    """Everybody was answered, one has an order, 199 were told why not, and the books agree."""
    session.rollback()
    told = Counter(answer.sentence for answer in answers)
    assert told == {"": 1, "刚刚换完了，没有扣您的分": PEOPLE - 1}, f"round {number}: {told}"
    assert (pieces(session, counter, "on_hand"), pieces(session, counter, "on_hold")) == (0, 1)
    standing = balances(session, counter.community_id, [owner_of(one) for one in members], now=AT)
    assert Counter((one.available, one.held) for one in standing.values()) == {(1200, 0): PEOPLE - 1, (0, 1200): 1}
    assert verify(session, counter.community_id) == []


def give_back(session: Session, counter: Store, answers: list[Answer]) -> None:
    """The winner cancels, so that the next round has its piece."""
    won = next(answer for answer in answers if answer.order_id is not None)
    assert won.order_id is not None
    order_id, own = won.order_id, Actor(counter.community_id, won.person_id, "web", frozenset({"volunteer"}))
    with scoped(session, counter.community_id):
        in_transaction(session, lambda: orders.cancel(session, order_id, actor=own, now=AT))
