"""`youlin demo race`: everybody wants the last rice cooker at the same moment, and exactly one gets it."""

import threading
import time
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction, scope
from volunteer_app.core.errors import AppError
from volunteer_app.demo.counter import AT, Counter, fresh_database, open_counter
from volunteer_app.ledger.queries import amounts, balances, chain_head
from volunteer_app.ledger.verify import verify
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.accounts import SHELF
from volunteer_app.store.counter import actions as counter_actions
from volunteer_app.store.orders import reserving
from volunteer_app.store.orders.codes import Codes
from volunteer_app.web.database import db

COOKER, POINTS = "K12", 1200
CONNECTIONS = 32
"""Most database connections at a time, as a web server would have; everybody else waits for one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person was told: an order, or a sentence."""

    person_id: int
    order_id: int | None
    sentence: str


def run_race(number: int) -> int:
    """Plays the race and tells it; the exit code is 0 when exactly one won and the books verify."""
    with fresh_database("race") as (_, called):
        session = db.session()
        click.echo(f"One rice cooker is left. {number} people with {POINTS} points each press 'redeem' ({called}).")
        counter = in_transaction(session, lambda: open_counter(session, budget=(number + 1) * POINTS))
        members = in_transaction(session, lambda: furnish(session, counter, number))
        scope(session, None)
        began = time.monotonic()
        codes = Codes("race")
        answers = press(db.engine.url.render_as_string(hide_password=False), counter, members, codes=codes, now=AT)
        click.echo(f"All pressed at once and were answered within {time.monotonic() - began:.1f} s.\n")
        return 0 if tell(session, counter, members, answers) else 1


def furnish(session: Session, counter: Counter, number: int) -> list[int]:
    """Everybody's ids; one more person took the other rice cooker yesterday."""
    members = [counter.member(session, one, POINTS) for one in range(number + 1)]
    counter_actions.walk_in(
        session, members.pop(), {COOKER: 1}, name_checked=True, actor=counter.keeper, now=AT, codes=Codes("race")
    )
    return members


def press(
    url: str, counter: Counter, members: Sequence[int], *, codes: Codes, now: datetime, connections: int = CONNECTIONS
) -> list[Answer]:
    """Everybody reserves the rice cooker at the same moment, each in a thread and a transaction of its own."""
    engine = create_engine(url, pool_size=connections, max_overflow=0, pool_timeout=300)
    together = threading.Barrier(len(members))
    answers: list[Answer] = []

    def run(person_id: int) -> None:
        together.wait()
        answers.append(reserve(engine, counter, person_id, codes=codes, now=now))

    threads = [threading.Thread(target=run, args=(person_id,)) for person_id in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    return answers


def reserve(engine: Engine, counter: Counter, person_id: int, *, codes: Codes, now: datetime) -> Answer:
    own = Actor(counter.community_id, person_id, "demo", frozenset({"volunteer"}))
    with Session(engine) as session:
        try:
            order_id = in_transaction(
                session,
                lambda: reserving.reserve(session, person_id, {COOKER: 1}, actor=own, now=now, codes=codes).id,
            )
        except AppError as refusal:
            return Answer(person_id, None, str(refusal))
    return Answer(person_id, order_id, "")


def tell(session: Session, counter: Counter, members: Sequence[int], answers: Sequence[Answer]) -> bool:
    """Who won, what the others heard, what stands on the shelf and in the passbooks."""
    winners = [answer for answer in answers if answer.order_id is not None]
    for winner in winners:
        person = session.get_one(Person, winner.person_id)
        click.echo(f"  {person.name} ({person.number}) has it: order {winner.order_id}")
    for sentence, count in Tally(answer.sentence for answer in answers if answer.order_id is None).items():
        click.echo(f"  {count} people were told: {sentence}")
    free = pieces(session, counter, "on_hand")
    click.echo(f"On the shelf {free}, kept for an order {pieces(session, counter, 'on_hold')}")
    standing = balances(session, counter.community_id, [owner_of(one) for one in members], now=AT)
    for (available, held), count in Tally((one.available, one.held) for one in standing.values()).most_common():
        click.echo(f"  {count} people have {available} points free and {held} kept for an order")
    findings = verify(session, counter.community_id)
    entries, head = chain_head(session, counter.community_id)
    click.echo(f"Books {'BROKEN' if findings else 'verified'}: {entries} entries, head {head[:16]}")
    return len(winners) == 1 and len(answers) == len(members) and free == 0 and not findings


def pieces(session: Session, counter: Counter, kind: str) -> int:
    return amounts(session, counter.community_id, owner=SHELF, kind=kind, now=AT).get(f"sku:{COOKER}", 0)
