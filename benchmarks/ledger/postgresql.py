"""One posting between two accounts with limits, by pgbench: ours, pgledger's, and the bare insert of one row.

Ours writes the transaction, two postings, both balances and the hash chain, commits, and waits for the disk; every law
of the database is on. Random accounts are taken from 1,000 of one community, whose chain all postings share, or from
8 communities; the hot ones all take from one account.
"""

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from benchmarks.ledger.databases import COMMUNITIES, postgresql
from benchmarks.ledger.tables import Rounds, gate, ratio, show

CLIENTS = (1, 4, 8)
WARMING = 2
ACCOUNTS = """INSERT INTO ledger_account (id, community_id, owner, kind, unit, least, posted, version)
    SELECT i * 8 + {0}, {0}, 'store:' || i, 'on_hand', 'sku:K01', 0, 1000000000, 0 FROM generate_series(0, 999) AS i"""
OTHERS = """INSERT INTO pgledger_accounts
    SELECT 'account' || i, 'account', 'PTS', 1000000000, 0, false, true, NULL, now(), now()
    FROM generate_series(0, 999) AS i"""
POST = r"""\set n :n + 1
\set c {community}
\set a {source} * 8 + :c
\set b random(500, 999) * 8 + :c
{begin}INSERT INTO ledger_entry (community_id, kind, cause, content, reason, at, actor_id, accounts, amounts, earned,
 spent, expired, lot_accounts, lot_amounts, lot_expires, use_lots, use_amounts, keeps)
 VALUES (:c::int, 'move', 'b:' || :client_id || ':' || :round || ':' || :n, repeat('0', 64),
 '{{"text":"入库","values":{{}}}}', now(), 7, ARRAY[:a::int, :b::int], ARRAY[-1, 1]::bigint[],
 '{{0,0}}', '{{0,0}}', '{{0,0}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '[]')
 RETURNING id, seq, recorded_at{no_wait};
{commit}
"""
EARLY = {
    "begin": "\\startpipeline\nBEGIN;\n",
    "no_wait": ", set_config('synchronous_commit', 'off', true)",
    "commit": "COMMIT;\nSELECT pg_logical_emit_message(true, 'youlin', '');\n\\endpipeline",
}
WAITING = {"begin": "", "no_wait": "", "commit": ""}
OTHER = r"""\set b random(500, 999)
\set a {source}
SELECT pgledger_create_transfer('account' || :a, 'account' || :b, 1);
"""
SCRIPTS = {
    "insert of one row": "INSERT INTO ceiling (v) VALUES ('x');",
    "ours, random": POST.format(community=1, source="random(0, 499)", **EARLY),
    "ours, hot": POST.format(community=1, source="0", **EARLY),
    "ours, random in 8 communities": POST.format(community="random(1, 8)", source="random(0, 499)", **EARLY),
    "ours, random, disk under the locks": POST.format(community=1, source="random(0, 499)", **WAITING),
}
OTHER_SCRIPTS = {
    "pgledger, random": OTHER.format(source="random(0, 499)"),
    "pgledger, hot": OTHER.format(source="0"),
}


def measure(rounds: Rounds, pgledger: Path | None, within: Path | None = None) -> None:
    with postgresql(within) as url, tempfile.TemporaryDirectory() as folder:
        fill(url, pgledger)
        scripts = SCRIPTS | (OTHER_SCRIPTS if pgledger else {})
        paths = {name: Path(folder) / f"{number}.sql" for number, name in enumerate(scripts)}
        for name, path in paths.items():
            path.write_text(scripts[name])
        for path in paths.values():
            arm(url, path, WARMING, rounds.seconds)()
        analyze(url)
        for clients in CLIENTS:
            arms = {name: arm(url, path, clients, rounds.seconds) for name, path in paths.items()}
            report(rounds.of(arms), clients)
        verify(url)


def fill(url: str, pgledger: Path | None) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for community in range(1, 9):
            connection.execute(text(COMMUNITIES.format(community)))
            connection.execute(text(ACCOUNTS.format(community)))
        connection.execute(text("CREATE TABLE ceiling (id bigserial PRIMARY KEY, v text)"))
        if pgledger is not None:
            connection.connection.driver_connection.execute(pgledger.read_text())  # type: ignore[union-attr]
            connection.execute(text(OTHERS))
    engine.dispose()


def analyze(url: str) -> None:
    """As autovacuum does within a minute: without figures PostgreSQL plans to read a community's every row."""
    engine = create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def arm(url: str, script: Path, clients: int, seconds: float) -> Callable[[], float]:
    found = make_url(url)
    where = ["-h", str(found.host), "-p", str(found.port), "-U", str(found.username), str(found.database)]
    how = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)), "-T", f"{seconds:.0f}"]
    turn = iter(range(1, 10**6))

    def run() -> float:
        own = ["-D", "n=0", "-D", f"round={clients}{next(turn)}{abs(hash(script.name)) % 10**6}"]
        command = ["pgbench", *how, *own, "-f", str(script), *where]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        (per_second,) = re.findall(r"^tps = ([0-9.]+)", said, re.MULTILINE)
        return float(per_second)

    return run


def report(found: dict[str, list[float]], clients: int) -> None:
    show(f"PostgreSQL, {clients} clients", found, "per second")
    for how in ("random", "hot") if "pgledger, hot" in found else ():
        gate(f"G1 {how}, {clients} clients, ours over pgledger", ratio(found, f"ours, {how}", f"pgledger, {how}"), 1.5)
    if "pgledger, hot" in found:
        spread = ratio(found, "ours, random in 8 communities", "pgledger, random")
        gate(f"G1 random in 8 communities, {clients} clients, ours over pgledger", spread, 1.5)
    gate(f"G2 {clients} clients, ours over the insert", ratio(found, "ours, random", "insert of one row"), 0.33)
    gate(f"G3 {clients} clients, hot over random", ratio(found, "ours, hot", "ours, random"), 0.5)


SIZE = """SELECT (pg_total_relation_size('ledger_txn') + pg_total_relation_size('ledger_posting'))
    / (SELECT COUNT(*) FROM ledger_txn)"""
WRONG = """SELECT COUNT(*) FROM ledger_account a WHERE a.posted <> 1000000000 +
    (SELECT COALESCE(SUM(p.amount), 0) FROM ledger_posting p WHERE p.account_id = a.id)"""


def verify(url: str) -> None:
    """What the rush has left behind is right: every balance, every hash, no gap."""
    from sqlalchemy.orm import Session

    from volunteer_app.ledger.verify import first_broken_seal

    with Session(create_engine(url)) as session:
        wrong = session.execute(text(WRONG)).scalar_one()
        broken = [seal for community in range(1, 9) if (seal := first_broken_seal(session, community))]
        print(f"afterwards: {wrong} wrong balances, {len(broken)} broken chains", broken[:1] or "")
        gate("G7 bytes a posting", session.execute(text(SIZE)).scalar_one(), 743, most=True)
