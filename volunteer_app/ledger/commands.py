"""youlin ledger: check the books and look at a past moment from the command line."""

from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from volunteer_app.ledger.models import ACCOUNTS, CHAINS
from volunteer_app.ledger.past import stood_at
from volunteer_app.ledger.verify import first_bad, verify
from volunteer_app.web.database import db

group = AppGroup("ledger", help="Points and stock books.")


@group.command("verify")
@click.option("--community", "wanted", type=int, default=None, help="Number of one community; all without it.")
def verify_books(wanted: int | None) -> None:
    """Check every invariant and the hash chain; exit 1 and name the first bad row when the books are broken."""
    session = db.session()
    chains = session.execute(select(CHAINS).order_by(CHAINS.c.community_id))
    broken = 0
    for chain in [row for row in chains if wanted in (None, row.community_id)]:
        findings = verify(session, chain.community_id)
        worst = first_bad(findings)
        if worst is None:
            click.echo(f"community {chain.community_id}: books verified, {chain.seq} entries, head {chain.hash[:16]}")
            continue
        broken += 1
        click.echo(f"community {chain.community_id}: BROKEN at {worst.row}: {worst.what}")
        for finding in findings:
            click.echo(f"  not true: {finding.invariant} ({finding.row}: {finding.what})")
    if broken:
        raise SystemExit(1)


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
