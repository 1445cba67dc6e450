"""G6: redemptions over HTTP at 50 a second, all of the same item, against the product as it is served.

One waitress process with 8 threads on 127.0.0.1; the callers press at fixed moments whether or not earlier answers have
come, each a member of his own with a token and a one-time key. Measured is the time from the press to the answer.
"""

import http.client
import json
import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
from volunteer_app.people import actions as people
from volunteer_app.store import stock

RATE, SECONDS = 50, 10
ITEM = "K01"


def measure() -> None:
    print("\n| redemptions over HTTP | pressed a second | reserved | p50 ms | p95 ms | worst ms |")
    print("|---|---|---|---|---|---|")
    slow = {}
    for name, database in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with database() as url:
            tokens = members(url)
            with served(url) as port:
                found = press(port, tokens)
        times = [took for took, status in found if status == 201]
        slow[name] = quantiles(times, n=20)[18]
        figures = f"{median(times):.0f} | {slow[name]:.0f} | {max(times):.0f}"
        print(f"| {name} | {RATE} | {len(times)} of {len(found)} | {figures} |", flush=True)
    for name, p95 in slow.items():
        gate(f"G6 {name}, p95 ms", p95, 100, most=True)


def members(url: str) -> list[str]:
    """A stocked store with a member for each press; their tokens."""
    clock = SetClock()
    tokens = []
    with Session(create_engine(url)) as session:
        shop = Shop(session, clock, Factory(session, clock))
        shop.write(stock.receive, ITEM, 10 * RATE * SECONDS, source="purchase", actor=shop.system)
        for _ in range(RATE * SECONDS):
            person_id = shop.member(100).id
            made = shop.write(people.make_token, person_id, "bench")
            tokens.append(made["token"])
    return tokens


@contextmanager
def served(url: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(url, port))
    process.start()
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.join()


def serve(url: str, port: int) -> None:
    from waitress import serve as run

    run(create_app(Settings(url, secret_key="test", clock=SetClock())), host="127.0.0.1", port=port, threads=8)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def press(port: int, tokens: list[str]) -> list[tuple[float, int]]:
    """(milliseconds, status) of each press."""
    kept = threading.local()
    begin = time.perf_counter() + 0.5

    def one(number: int) -> tuple[float, int]:
        moment = begin + number / RATE
        time.sleep(max(0.0, moment - time.perf_counter()))
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Authorization": f"Bearer {tokens[number]}", "Content-Type": "application/json"}
        body = json.dumps({"items": [{"product": ITEM, "pieces": 1}]})
        kept.connection.request("POST", "/api/v1/store/orders", body, headers | {"Idempotency-Key": f"press-{number}"})
        answer = kept.connection.getresponse()
        answer.read()
        return (time.perf_counter() - moment) * 1000, answer.status

    with ThreadPoolExecutor(64) as pool:
        return list(pool.map(one, range(len(tokens))))
