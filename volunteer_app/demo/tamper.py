"""`youlin demo tamper`: somebody with the database in his hands gives himself points, three times, better each time."""

from datetime import datetime

import click
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from volunteer_app.core.database import in_transaction, scope
from volunteer_app.demo.counter import AT, Counter, fresh_database, open_counter
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import CHAINS, TXNS
from volunteer_app.ledger.queries import balance, chain_head
from volunteer_app.ledger.verify import first_bad, sealed, verify
from volunteer_app.ledger.writing import sealed_part
from volunteer_app.people.owners import owner_of
from volunteer_app.store.counter import actions as counter_actions
from volunteer_app.store.orders.codes import Codes
from volunteer_app.web.database import db

FORGED = 500
MEMBERS = 5
ROW = (
    "UPDATE ledger_posting SET amount = amount + {more} WHERE txn_seq = :seq AND amount > 0",
    "UPDATE ledger_posting SET amount = amount - {more} WHERE txn_seq = :seq AND amount < 0",
)
REST = (
    "UPDATE ledger_posting SET balance_after = balance_after + {more} WHERE account_id = :account",
    "UPDATE ledger_account SET posted = posted + {more}, earned = earned + {more} WHERE id = :account",
    "UPDATE ledger_lot SET amount = amount + {more}, remaining = remaining + {more} WHERE origin_seq = :seq",
    "UPDATE ledger_account SET posted = posted - {more} WHERE kind = 'budget'",
    "UPDATE ledger_posting SET balance_after = balance_after - {more} WHERE txn_seq >= :seq"
    " AND account_id IN (SELECT id FROM ledger_account WHERE kind = 'budget')",
)


def run_tamper() -> int:
    """Plays the three forgeries; the exit code is 0 when each was refused, named or betrayed."""
    with fresh_database("tamper") as (_, called):
        session = db.session()
        counter = in_transaction(session, lambda: open_counter(session, budget=10_000))
        thief = in_transaction(session, lambda: furnish(session, counter))
        scope(session, None)
        printed = chain_head(session, counter.community_id)
        click.echo(
            f"Right books of {MEMBERS} people and a store ({called}): {printed[0]} entries, {thief} has 100 points"
        )
        click.echo(f"  the month sheet is printed with the head {printed[1][:16]}\n")
        return 0 if all([refused(session), named(session, counter), betrayed(session, counter, printed[1])]) else 1


def furnish(session: Session, counter: Counter) -> str:
    """Five members with 100 points, one order; the first of them is the thief."""
    members = [counter.member(session, number, 100) for number in range(MEMBERS)]
    buyer, codes = members[-1], Codes("tamper")
    counter_actions.walk_in(session, buyer, {"K01": 1}, name_checked=True, actor=counter.keeper, now=AT, codes=codes)
    return owner_of(members[0])


def refused(session: Session) -> bool:
    """He writes into the database with the application's tools."""
    click.echo(f"1. UPDATE ledger_posting SET amount = amount + {FORGED} ...")
    try:
        forge(session, ROW)
    except DBAPIError as error:
        session.rollback()
        click.echo(f"   the database refuses: {str(error.orig).splitlines()[0]}\n")
        return True
    return False


def named(session: Session, counter: Counter) -> bool:
    """He owns the database, takes the guards off, and makes every sum fit."""
    click.echo("2. As owner of the database he takes the triggers off and makes every balance fit.")
    take_guards_off(session)
    forge(session, ROW + REST)
    session.commit()
    account = balance(session, counter.community_id, thief_of(session), now=AT)
    worst = first_bad(verify(session, counter.community_id))
    click.echo(f"   his passbook says {account.available} points; youlin ledger verify says:")
    click.echo(f"   BROKEN at {worst.row}: {worst.what}\n" if worst else "   nothing\n")
    return worst is not None


def betrayed(session: Session, counter: Counter, printed: str) -> bool:
    """He computes every later hash anew as well."""
    click.echo("3. He computes all hashes anew, down to the last one.")
    head = chain_anew(session, counter.community_id)
    session.commit()
    findings = verify(session, counter.community_id)
    click.echo(f"   the books agree with themselves: {not findings}; their head is now {head[:16]}")
    click.echo(f"   the month sheet on the notice board says {printed[:16]}: somebody has rewritten the books.")
    return head != printed


def thief_of(session: Session) -> str:
    return str(session.scalar(text("SELECT owner FROM ledger_account WHERE kind = 'points' ORDER BY id LIMIT 1")))


def forge(session: Session, statements: tuple[str, ...]) -> None:
    """Gives the first member FORGED points more, out of his one credit."""
    where = "SELECT p.txn_seq, p.account_id FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
    seq, account = session.execute(text(f"{where} WHERE a.kind = 'points' ORDER BY p.txn_seq LIMIT 1")).one()
    for statement in statements:
        values = {"seq": seq, "account": account}
        session.execute(
            text(statement.format(more=FORGED)), {name: values[name] for name in values if f":{name}" in statement}
        )


def take_guards_off(session: Session) -> None:
    """What nobody but the owner of a database can do."""
    if session.get_bind().dialect.name == "postgresql":
        for table in session.scalars(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'ledger%'")).all():
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def chain_anew(session: Session, community_id: int) -> str:
    """Seals every transaction again; returns the new head."""
    before = rules.GENESIS
    for txn, parts in list(sealed(session, community_id)):
        row = dict(txn._mapping) | {"prev_hash": before}
        assert isinstance(row["recorded_at"], datetime)
        now = rules.seal(sealed_part(row), parts)
        session.execute(TXNS.update().where(TXNS.c.id == txn.id).values(prev_hash=before, hash=now))
        before = now
    session.execute(CHAINS.update().where(CHAINS.c.community_id == community_id).values(hash=before))
    assert session.scalar(select(CHAINS.c.hash).where(CHAINS.c.community_id == community_id)) == before
    return before
