"""youlin ledger: check the books and look at a past moment from the command line."""

from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from volunteer_app.core.database import make_durable
from volunteer_app.ledger.guards import missing_guard
from volunteer_app.ledger.models import ACCOUNTS
from volunteer_app.ledger.past import stood_at
from volunteer_app.ledger.queries import chain_head
from volunteer_app.ledger.verify import Finding, first_bad, late, verify
from volunteer_app.web.access import now
from volunteer_app.web.database import db

EVERY = text(
    "SELECT id FROM community UNION SELECT community_id FROM ledger_txn UNION SELECT community_id FROM ledger_chain"
    " ORDER BY 1"
)
"""Whose books there are; a row that somebody took away in one table doesn't hide them."""

group = AppGroup("ledger", help="Points and stock books.")


@group.command("verify")
@click.option("--community", "wanted", type=int, default=None, help="Number of one community; all without it.")
def verify_books(wanted: int | None) -> None:
    """Check every invariant (I1 to I18) and the hash chain; exit 1 and name the first bad row when the books are
    broken. A sweep that is late is told and breaks nothing.
    """
    session = db.session()
    every = session.scalars(EVERY).all()
    if wanted is not None and wanted not in every:
        raise click.ClickException(f"there is no community {wanted}")
    broken = [tell(session, community_id) for community_id in every if wanted in (None, community_id)]
    if guard := missing_guard(session):
        click.echo(f"BROKEN: {told(guard)}")
    if guard or any(broken):
        raise SystemExit(1)


def tell(session: Session, community_id: int) -> bool:
    """Says what is wrong with one community's books; True when something is."""
    findings = verify(session, community_id)
    entries, head = chain_head(session, community_id)
    make_durable(session)
    if worst := first_bad(findings):
        click.echo(f"community {community_id}: BROKEN at {worst.row}: {worst.what}")
        for finding in findings:
            click.echo(f"  not true: {told(finding)}")
    else:
        click.echo(f"community {community_id}: books verified, {entries} entries, head {head[:16]}")
    if waiting := late(session, community_id, now=now()):
        click.echo(f"  late, and no balance is wrong for it: {told(waiting)}; do the jobs run?")
    return worst is not None


def told(finding: Finding) -> str:
    return f"{finding.number} {finding.invariant} ({finding.row}: {finding.what})"


@group.command("balance")
@click.argument("owner")
@click.option("--at", required=True, help="A moment with its offset, for example 2026-10-15T12:00+08:00.")
@click.option("--community", type=int, default=1, show_default=True, help="Number of the community.")
def past_balance(owner: str, at: str, community: int) -> None:
    """What OWNER (for example person:17) had at a past moment, replayed from the entries until then."""
    moment = read_moment(at)
    session = db.session()
    named = select(ACCOUNTS.c.id).where(ACCOUNTS.c.community_id == community, ACCOUNTS.c.owner == owner)
    if session.execute(named).first() is None:
        raise click.ClickException(f"community {community} has no account of {owner}")
    found = stood_at(session, community, owner, at=moment)
    click.echo(f"{owner} at {at}: {found.available} to spend, {found.held} held, {found.debt} owed")


def read_moment(told: str) -> datetime:
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise click.BadParameter(f"{told} is no moment; write 2026-10-15T12:00+08:00") from error
    if moment.tzinfo is None:
        raise click.BadParameter(f"{told} lacks its offset from UTC; write 2026-10-15T12:00+08:00")
    return moment
