"""T3 over HTTP: members redeem and cancel against a real waitress process that is killed, stopped and cut off.

    python -m tests.nets.web                              20 s on each database
    python -m tests.nets.web --seconds 120 --database postgres

A client without an answer asks again with the same Idempotency-Key, now and then twice at once, and now and then hangs
up before the answer. In the end every key has one answer, which it gets again; every order was somebody's answer.
"""

import argparse
import http.client
import json
import logging
import multiprocessing
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import SetClock, build_schema, settings_for
from tests.factory import Factory
from tests.nets.chaos import SAFE
from tests.nets.replay import need
from tests.postgres import Cluster, NoPostgres
from tests.volunteer_app.store.shop import Shop
from volunteer_app import create_app
from volunteer_app.config import THREADS
from volunteer_app.core.database import in_transaction
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.verify import verify
from volunteer_app.people import actions as people
from volunteer_app.people.owners import owner_of
from volunteer_app.store.orders.models import Order
from volunteer_app.store.shelf import stock

MEMBERS, ITEM, PIECES = 8, "K01", 40
FORK = multiprocessing.get_context("fork")
PATIENCE_S = 3.0
FINAL = (200, 201, 409)
HANGS_UP, TWICE, CANCELS = 0.1, 0.1, 0.7


@dataclass
class Server:
    """The product as it is served; a new process on the same port whenever the last one was killed."""

    app: Flask
    port: int
    process: ForkProcess | None = None

    def start(self) -> None:
        self.process = FORK.Process(target=serve, args=(self.app, self.port), daemon=True)
        self.process.start()

    def kill(self) -> None:
        """kill -9, in the middle of whatever it does."""
        assert self.process is not None
        self.process.kill()
        self.process.join()

    def stop_for(self, seconds: float) -> None:
        assert self.process is not None
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.process.pid, signal.SIGCONT)


def serve(app: Flask, port: int) -> None:
    from waitress import serve as run

    logging.disable(logging.CRITICAL)
    run(app, host="127.0.0.1", port=port, threads=THREADS)


@dataclass
class Member:
    """One person's requests in order; `answers` is key -> (status, body), `orders` the ids that were told."""

    port: int
    token: str
    chance: random.Random
    ended: threading.Event
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    orders: list[int] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        body = json.dumps({"items": [{"product": ITEM, "pieces": 1}]}).encode()
        while not self.ended.is_set():
            status, told = self.until_answered("/api/v1/store/orders", body)
            if status != 201:
                continue
            self.orders.append(json.loads(told)["id"])
            if self.chance.random() < CANCELS:
                status, told = self.until_answered(f"/api/v1/store/orders/{self.orders[-1]}/cancel", b"{}")
                need(status == 200, "an own order can't be cancelled:", status, told)
                self.cancelled.append(self.orders[-1])

    def until_answered(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Asks with one key until there is an answer, however often the server dies meanwhile."""
        key = f"{self.token[:8]}-{len(self.asked)}"
        self.asked[key] = path, body
        while True:
            second = threading.Thread(target=self.ask, args=(key,))
            is_twice = self.chance.random() < TWICE
            if is_twice:
                second.start()
            answer = self.ask(key, hangs_up=self.chance.random() < HANGS_UP)
            if is_twice:
                second.join()
            if answer and answer[0] in FINAL:
                self.answers[key] = answer
                return answer
            time.sleep(0.05)

    def ask(self, key: str, *, hangs_up: bool = False) -> tuple[int, bytes] | None:
        """The answer; None when there is none."""
        path, body = self.asked[key]
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("POST", path, body, headers)
            if hangs_up:
                self.seen["hung up"] += 1
                return None
            answer = connection.getresponse()
            told = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.seen["no answer"] += 1
            return None
        finally:
            connection.close()
        self.seen[str(answer.status)] += 1
        return told


@dataclass
class Stage:
    """A database with a stocked store, its server, and members with points."""

    url: str
    community_id: int
    server: Server
    cluster: Cluster | None
    members: list[Member]
    ended: threading.Event
    done: Counter[str] = field(default_factory=Counter)


def run_web(database: str, seconds: float, seed: int) -> str:
    """Plays and judges; returns what happened. Raises Broken when something was lost or doubled."""
    chance = random.Random(f"web {seed}")
    with set_up(database, chance) as stage:
        with ThreadPoolExecutor(len(stage.members)) as pool:
            running = [pool.submit(member.run) for member in stage.members]
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(chance.uniform(0.5, 1.5))
                fault(stage, chance)
            stage.ended.set()
            for one in running:
                one.result()
        return judge(stage)


def fault(stage: Stage, chance: random.Random) -> None:
    kind = chance.choice(["kill", "kill", "stop", "database"])
    if kind == "stop":
        stage.server.stop_for(chance.uniform(0.2, PATIENCE_S + 0.5))
    else:
        stage.server.kill()
        if kind == "database" and stage.cluster:
            stage.cluster.restart()
        stage.server.start()
    stage.done[kind] += 1


@contextmanager
def set_up(database: str, chance: random.Random) -> Iterator[Stage]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="youlin-web-")))
        cluster = Cluster(SAFE) if database == "postgres" else None
        if cluster:
            stack.callback(cluster.stop)
        url = cluster.url if cluster else f"sqlite:///{folder}/youlin.db"
        build_schema(url)
        community_id, tokens = furnish(url)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        server = Server(create_app(settings_for(url, SetClock())), port)
        ended = threading.Event()
        members = [Member(port, token, random.Random(f"{chance.random()}"), ended) for token in tokens]
        server.start()
        stack.callback(server.kill)
        yield Stage(url, community_id, server, cluster, members, ended)


def furnish(url: str) -> tuple[int, list[str]]:
    """A stocked store and members who have points enough; the community and everybody's token."""
    engine, clock = create_engine(url), SetClock()
    with Session(engine, expire_on_commit=False) as session:
        shop = Shop(session, clock, Factory(session, clock))
        shop.write(stock.receive, ITEM, PIECES, source="purchase", actor=shop.system)
        ids = [shop.member().id for _ in range(MEMBERS)]
        tokens = in_transaction(session, lambda: [furnish_one(shop, one) for one in ids])
        community_id = shop.system.community_id
    engine.dispose()
    return community_id, tokens


def furnish_one(shop: Shop, person_id: int) -> str:
    known: dict[str, Any] = {"actor": shop.system, "now": shop.clock()}
    owner, cause = owner_of(person_id), f"gift:{person_id}"
    ledger.issue(shop.session, to=owner, points=200, cause=cause, reason="日巡逻", expires_at=None, **known)
    token: str = people.make_token(shop.session, person_id, "net", now=shop.clock())["token"]
    return token


def judge(stage: Stage) -> str:
    """One answer for each key, now as then; every order was told to somebody, once; the books verify."""
    for member in stage.members:
        for key, answer in member.answers.items():
            need(answer[0] == 409 or again(member, key) == answer, "another answer for", key)
    told = [id_ for member in stage.members for id_ in member.orders]
    cancelled = {id_ for member in stage.members for id_ in member.cancelled}
    engine = create_engine(stage.url)
    with Session(engine) as session:
        states = {order.id: order.state for order in session.query(Order)}
        found = verify(session, stage.community_id)
    engine.dispose()
    need(not found, found)
    need(sorted(told) == sorted(states), "told", sorted(told), "in the books", sorted(states))
    wrong = {id_: state for id_, state in states.items() if (state == "cancelled") != (id_ in cancelled)}
    need(not wrong, "orders in another state", wrong)
    seen = sum((member.seen for member in stage.members), Counter[str]())
    return f"{len(states)} orders, {len(cancelled)} cancelled, {dict(stage.done)}, {dict(seen)}"


def again(member: Member, key: str) -> tuple[int, bytes]:
    for _ in range(200):
        if (answer := member.ask(key)) is not None and answer[0] < 500:
            return answer
        time.sleep(0.1)
    raise TimeoutError(f"no answer for {key}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgres"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    broken = 0
    for database in [given.database] if given.database else ["sqlite", "postgres"]:
        with suppress(NoPostgres):
            try:
                said = run_web(database, given.seconds, given.seed)
            except AssertionError as error:
                broken, said = broken + 1, f"BROKEN: {error}"
            print(f"{database:9} web {said}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
