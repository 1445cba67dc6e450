"""youlin ledger: check the books from the command line."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from volunteer_app.ledger.models import CHAINS
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
