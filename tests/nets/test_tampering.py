"""T7: random tamperings with every column of the ledger's tables, as the owner of the database: verify names them all.

The suite tries each column once or twice; `make tamper` tries 1,000 on each database.
"""

import os
import random

from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.nets.desk import Desk
from tests.nets.history import History
from tests.nets.tampering import Tampering, columns, take_guards_off, tamper
from volunteer_app.ledger.verify import verify

TIMES = int(os.environ.get("YOULIN_TAMPERINGS", "110"))


def busy_books(session: Session, make: Factory, code: str, seed: int) -> Desk:
    """Books with holds in every state, refunds, reversals, lapsed lots and debts."""
    desk, history = Desk(session, make.community(code, "邻村").id), History(seed)
    for asked in history.opening():
        desk.ask(asked)
    while desk.replay.state.seq < 60:
        desk.ask(history.next(desk.replay.state, desk.now))
        desk.now += history.random.choice([0, 0, 1, 20]) * (desk.now.resolution * 3_600_000_000)
    return desk


def test_every_tampering_is_named(session: Session, make: Factory) -> None:
    desks = [busy_books(session, make, code, seed) for seed, code in enumerate(("one", "two"))]
    for desk in desks:
        desk.check()
    communities, chance = [desk.community_id for desk in desks], random.Random(7)
    unnamed, tried, every = [], 0, columns()
    while tried < TIMES:
        table, column = every[tried % len(every)]
        tried += 1
        if done := attempt(session, table, column, communities, chance):
            unnamed.append(str(done))
    assert unnamed == [], f"{len(unnamed)} of {tried}:\n" + "\n".join(unnamed)


def attempt(
    session: Session, table: Table, column: str, communities: list[int], chance: random.Random
) -> Tampering | None:
    """The tampering if verify found nothing; None when it was named, or when even the owner can't write such a row."""
    session.rollback()
    take_guards_off(session)
    try:
        done = tamper(session, table, column, chance)
    except IntegrityError:
        session.rollback()
        return None
    named = any(verify(session, community_id) for community_id in communities)
    session.rollback()
    return None if named else done
