"""G6: redemptions over HTTP at 50 a second, all of the same item, against the product as it is served.

One waitress process on SQLite and two on PostgreSQL; the callers press at fixed moments whether or not earlier answers
have come, each a member of his own with a token and a one-time key. Measured is the time from the press to the answer.
`--rates` presses quicker, to see where it bends. The one that presses shares the two cores: what it costs itself is
told beside.
"""

import asyncio
import http.client
import json
import logging
import multiprocessing
import os
import resource
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks.ledger.databases import postgresql, sqlite
from benchmarks.ledger.tables import gate
from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.store.shop import Shop
from volunteer_app import create_app
from volunteer_app.config import Settings
from volunteer_app.core.database import in_transaction
from volunteer_app.ledger import actions as ledger
from volunteer_app.people import actions as people
from volunteer_app.people.owners import owner_of
from volunteer_app.store.shelf import stock
from volunteer_app.web.serving import serve_all

RATE, SECONDS, WARMING = 50, 10, 100
CONNECTIONS = 64
ITEM = "K01"
CREATED = 201


def measure(rates: Sequence[int] = (RATE,)) -> None:
    """A server, a database and people of its own for each row; some of them press before anybody measures."""
    print(
        "\n| redemptions over HTTP | a second | reserved | p50 ms | p95 ms | worst ms | CPU ms of server | of caller |"
    )
    print("|---|---|---|---|---|---|---|---|")
    slow = {}
    for name, database, processes in (("SQLite", sqlite, 1), ("PostgreSQL", postgresql, 2)):
        for rate in rates:
            with database() as url:
                tokens = members(url, WARMING + rate * SECONDS)
                with served(url, processes) as (port, pid):
                    asyncio.run(Callers(port).press(tokens[:WARMING], RATE))
                    before, own = seconds_of(pid), used()
                    found = asyncio.run(Callers(port).press(tokens[WARMING:], rate))
                    server, caller = seconds_of(pid) - before, used() - own
            times = [took for took, status in found if status == CREATED]
            p95 = quantiles(times, n=20)[18]
            slow |= {name: p95} if rate == RATE else {}
            figures = f"{len(times)} of {len(found)} | {median(times):.0f} | {p95:.0f} | {max(times):.0f}"
            each = 1000 / len(found)
            print(f"| {name} | {rate} | {figures} | {server * each:.1f} | {caller * each:.1f} |", flush=True)
    for name, p95 in slow.items():
        gate(f"G6 {name}, p95 ms", p95, 100, most=True)


def members(url: str, count: int) -> list[str]:
    """A stocked store with so many members who have points; their tokens."""
    clock = SetClock()
    with Session(create_engine(url), expire_on_commit=False) as session:
        shop = Shop(session, clock, Factory(session, clock))
        shop.write(stock.receive, ITEM, 10 * count, source="purchase", actor=shop.system)
        shop.write(ledger.fund, 100 * count, cause="budget:more", reason="追加预算", actor=shop.system)
        ids = [shop.member().id for _ in range(count)]
        return in_transaction(session, lambda: [furnish(shop, one) for one in ids])


def furnish(shop: Shop, person_id: int) -> str:
    """Gives somebody points; a token."""
    known = {"actor": shop.system, "now": shop.clock()}
    to, cause = owner_of(person_id), f"gift:{person_id}"
    ledger.issue(shop.session, to=to, points=100, cause=cause, reason="日巡逻", expires_at=None, **known)
    token: str = people.make_token(shop.session, person_id, "bench", now=shop.clock())["token"]
    return token


@contextmanager
def served(url: str, processes: int) -> Iterator[tuple[int, int]]:
    """The server's port and first process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(url, port, processes))
    process.start()
    assert process.pid is not None
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.join()


def serve(url: str, port: int, processes: int) -> None:
    """As `youlin serve` does; when it can't keep up the table says so, not a warning for each call."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    serve_all(create_app(Settings(url, secret_key="test", clock=SetClock())), "127.0.0.1", port, processes=processes)


def wait_for(port: int) -> None:
    for _ in range(1200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def seconds_of(pid: int) -> float:
    """Processor time so far of a process and of those that it started."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(seconds_of(int(child)) for child in children)


def used() -> float:
    """Processor time of this process so far."""
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime


Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Callers:
    """Many callers in one thread, over connections that are kept: fewer than the server takes, so that a press which
    finds none free waits for one, as behind a proxy.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.free: asyncio.LifoQueue[Pipe | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self.free.put_nowait(None)

    async def press(self, tokens: list[str], rate: int) -> list[tuple[float, int]]:
        """(milliseconds, status) of each press."""
        begin = time.perf_counter() + 0.5
        return await asyncio.gather(*[self.one(token, begin + n / rate) for n, token in enumerate(tokens)])

    async def one(self, token: str, moment: float) -> tuple[float, int]:
        asked = request(token)
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        pipe = await self.free.get()
        reader, writer = pipe or await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(asked)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        self.free.put_nowait((reader, writer))
        return (time.perf_counter() - moment) * 1000, int(head.split(None, 2)[1])


def request(token: str) -> bytes:
    body = json.dumps({"items": [{"product": ITEM, "pieces": 1}]}).encode()
    head = (
        "POST /api/v1/store/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: press-{token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
