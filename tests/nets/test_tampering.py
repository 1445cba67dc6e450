"""T7: random tamperings with every column of the ledger's tables, as the owner of the database: verify names them all,
and amounts moved from row to row, so that a sum stays the same.

The suite tries each column once or twice; `make tamper` tries 1,000 on each database.
"""

import os
import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.nets.asked import CHECKER, PERSON
from tests.nets.asked_by_two import Adjust, Approve, Close, Drop, Propose, Reopen
from tests.nets.desk import Desk
from tests.nets.history import History
from tests.nets.tampering import PAIRED, Tampering, columns, shift, take_guards_off, tamper
from volunteer_app.ledger.verify import verify

TIMES = int(os.environ.get("YOULIN_TAMPERINGS", "60"))


def busy_books(session: Session, make: Factory, code: str, seed: int) -> Desk:
    """Books with holds in every state, refunds, reversals, lapsed lots, debts, closed periods and proposals."""
    desk, history = Desk(session, make.community(code, "邻村").id), History(seed)
    for asked in history.opening():
        desk.ask(asked)
    while desk.replay.state.seq < 60:
        desk.ask(history.next(desk.replay.state, desk.now))
        desk.now += history.random.choice([0, 0, 1, 20]) * (desk.now.resolution * 3_600_000_000)
    papers(desk)
    return desk


def papers(desk: Desk) -> None:
    """A period that was opened again, one that stays closed, and proposals in every state."""
    midnight = desk.now.replace(hour=0, minute=0, second=0, microsecond=0)
    adding = Adjust("", desk.owners[0], 5, None, CHECKER)
    for asked in (
        Close("close:1", midnight - timedelta(days=9), midnight - timedelta(days=2)),
        Reopen("reopen:1", midnight - timedelta(days=9), CHECKER),
        Close("close:2", midnight - timedelta(days=2), midnight),
        *[Propose(f"propose:{name}", CHECKER, adding) for name in ("a", "b", "c")],
        Approve("approve:a", "propose:a", PERSON),
        Drop("drop:b", "propose:b", CHECKER),
    ):
        assert desk.ask(asked) == "ok"


def test_every_tampering_is_named(session: Session, make: Factory) -> None:
    desks = [busy_books(session, make, code, seed) for seed, code in enumerate(("one", "two"))]
    for desk in desks:
        desk.check()
    communities, chance = [desk.community_id for desk in desks], random.Random(7)
    unnamed, tried = [], 0
    every = [partial(tamper, session, *one, chance=chance) for one in columns()]
    every += [partial(shift, session, *one, chance=chance) for one in PAIRED]
    while tried < TIMES:
        change = every[tried % len(every)]
        tried += 1
        if done := attempt(session, change, communities):
            unnamed.append(str(done))
    assert unnamed == [], f"{len(unnamed)} of {tried}:\n" + "\n".join(unnamed)


def attempt(session: Session, change: Callable[[], Tampering | None], communities: list[int]) -> Tampering | None:
    """The tampering if verify found nothing; None when it was named, or when even the owner can't write such a row."""
    session.rollback()
    take_guards_off(session)
    try:
        done = change()
    except IntegrityError:
        session.rollback()
        return None
    named = any(verify(session, community_id) for community_id in communities)
    session.rollback()
    return None if named else done
