"""youlin ledger: check the books and look at a past moment from the command line."""

from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from volunteer_app.core.database import make_durable
from volunteer_app.ledger.guards import missing_guard
from volunteer_app.ledger.models import ACCOUNTS, CHAINS
from volunteer_app.ledger.past import stood_at
from volunteer_app.ledger.verify import Finding, first_bad, late, verify
from volunteer_app.web.access import now
from volunteer_app.web.database import db

group = AppGroup("ledger", help="Points and stock books.")


@group.command("verify")
@click.option("--community", "wanted", type=int, default=None, help="Number of one community; all without it.")
def verify_books(wanted: int | None) -> None:
    """Check every invariant (I1 to I18) and the hash chain; exit 1 and name the first bad row when the books are
    broken. A sweep that is late is told and breaks nothing.
    """
    session = db.session()
    chains = session.execute(select(CHAINS).order_by(CHAINS.c.community_id))
    broken = [tell(session, chain) for chain in chains if wanted in (None, chain.community_id)]
    if guard := missing_guard(session):
        click.echo(f"BROKEN: {told(guard)}")
    if guard or any(broken):
        raise SystemExit(1)


def tell(session: Session, chain: Row[Any]) -> bool:
    """Says what is wrong with one community's books; True when something is."""
    findings = verify(session, chain.community_id)
    make_durable(session)
    if worst := first_bad(findings):
        click.echo(f"community {chain.community_id}: BROKEN at {worst.row}: {worst.what}")
        for finding in findings:
            click.echo(f"  not true: {told(finding)}")
    else:
        click.echo(f"community {chain.community_id}: books verified, {chain.seq} entries, head {chain.hash[:16]}")
    if waiting := late(session, chain.community_id, now=now()):
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
