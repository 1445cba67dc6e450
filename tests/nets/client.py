"""T3: one client process with its own log. What it asks is in the log before it is sent, every answer after it came.

It is killed, stopped and cut off from its database by tests.nets.chaos; a new one with the same name goes on with what
has no answer yet. `NAME` "job…" runs the timetable's sweeps instead. One second is an hour; FOLDER/clock shifts it.
"""

import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.nets.asked import Asked, Collect, Count, Hold, Issue, Read, Refund, Release, Reverse, StockIn
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError
from volunteer_app.jobs.timetable import Job, run_due
from volunteer_app.ledger import actions

CODES, PEOPLE, PERSON = ("K01", "K02"), 6, 7
HOUR_S = 1.0
PAUSE_S = 0.01


@dataclass
class Log:
    """Lines of (moment, "ask" or "told", cause, what); a line cut off by a kill counts as not written."""

    path: Path
    asked: dict[str, Asked] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)

    def read(self) -> "Log":
        for line in self.path.read_text().splitlines() if self.path.exists() else ():
            with suppress(ValueError):
                at, what, cause, words = json.loads(line)
                if what == "ask":
                    self.asked[cause] = Read.loads(words)
                    self.first.setdefault(cause, at)
                else:
                    self.told.setdefault(cause, words)
                    self.answered.setdefault(cause, at)
        return self

    def write(self, what: str, cause: str, words: str) -> None:
        at = time.monotonic()
        with self.path.open("a") as file:
            file.write("\n" + json.dumps([at, what, cause, words]))
        if what == "told":
            self.told[cause] = words

    def waiting(self) -> list[Asked]:
        return [asked for cause, asked in self.asked.items() if cause not in self.told]


@dataclass
class Client:
    """Asks, retries, remembers."""

    url: str
    folder: Path
    name: str
    community_id: int
    started: float

    def __post_init__(self) -> None:
        self.log = Log(self.folder / f"{self.name}.log").read()
        self.chance = random.Random(f"{self.name} {len(self.log.asked)}")
        self.engine = create_engine(self.url, pool_size=1)
        self.actor = Actor(self.community_id, PERSON, "web")
        self.number = len(self.log.asked)
        self.holds = [asked.cause for asked in self.log.asked.values() if isinstance(asked, Hold)]
        self.credits = [asked.cause for asked in self.log.asked.values() if isinstance(asked, Issue)]

    def now(self) -> datetime:
        """The shared clock, one second an hour, with the shift that chaos has written down."""
        shift = 0.0
        with suppress(OSError, ValueError):
            shift = float((self.folder / "clock").read_text())
        passed = (time.monotonic() - self.started) / HOUR_S
        return datetime.fromisoformat("2026-10-12T00:30:00+00:00") + timedelta(hours=passed + shift)

    def run(self) -> None:
        while not (self.folder / "stop").exists():
            waiting = self.log.waiting()
            self.send(waiting[0] if waiting and self.chance.random() < 0.7 else self.new())
            time.sleep(PAUSE_S)

    def finish(self) -> None:
        """Everything without an answer gets one."""
        for asked in self.log.waiting():
            while asked.cause not in self.log.told:
                self.send(asked)

    def send(self, asked: Asked) -> None:
        if asked.cause not in self.log.asked:
            self.log.write("ask", asked.cause, asked.dumps())
            self.log.asked[asked.cause] = asked
        try:
            with Session(self.engine) as session:
                in_transaction(session, lambda: asked.perform(session, self.actor, self.now()))
            told = "ok"
        except AppError as refusal:
            told = refusal.code
        except DBAPIError:
            self.engine.dispose()
            time.sleep(0.1)
            return
        self.log.write("told", asked.cause, told)
        if self.chance.random() < 0.05:
            self.send_again(asked)

    def send_again(self, asked: Asked) -> None:
        """A duplicate; whatever comes of it, the first answer stands."""
        with suppress(AppError, DBAPIError), Session(self.engine) as session:
            in_transaction(session, lambda: asked.perform(session, self.actor, self.now()))

    def new(self) -> Asked:
        self.number += 1
        verbs = {
            "issue": 28,
            "hold": 32,
            "collect": 16,
            "release": 8,
            "refund": 5,
            "reverse": 4,
            "stock": 4,
            "count": 3,
        }
        verb = self.chance.choices(list(verbs), list(verbs.values()))[0]
        cause = f"{verb}:{self.name}.{self.number}"
        owner, code = f"person:{self.chance.randint(1, PEOPLE)}", self.chance.choice(CODES)
        if verb == "hold" or (verb in ("collect", "release", "refund") and not self.holds):
            self.holds.append(cause)
            keep = timedelta(hours=self.chance.choice([3, 10, 60]))
            return Hold(cause, owner, self.chance.randint(1, 20), ((code, 1),), keep)
        if verb == "issue" or (verb == "reverse" and not self.credits):
            self.credits.append(cause)
            until = self.now() + timedelta(hours=self.chance.choice([5, 20, 500]))
            return Issue(cause, owner, self.chance.randint(1, 40), self.chance.choice([until, None]))
        if verb == "stock":
            return StockIn(cause, code, self.chance.randint(1, 9))
        if verb == "count":
            return Count(cause, code, self.chance.choice([-1, 1]), PERSON + 1)
        if verb == "reverse":
            return Reverse(cause, self.chance.choice(self.credits[-30:]))
        of = self.chance.choice(self.holds[-6:])
        return {"collect": Collect(cause, of), "release": Release(cause, of), "refund": Refund(cause, of, (1, 0))}[verb]

    def run_timetable(self) -> None:
        """A scheduler: sweeps each second, whoever else does so too."""
        while not (self.folder / "stop").exists():
            with suppress(DBAPIError, ExceptionGroup), Session(self.engine) as session:
                run_due(session, now=self.now(), jobs=(Job("chaos", EachHour(), sweep),))
            time.sleep(0.2)


class EachHour:
    """A slot each hour of the fast clock."""

    def slot(self, now: datetime, _zone: str) -> datetime:
        return now.replace(minute=0, second=0, microsecond=0)


def sweep(session: Session, community_id: int, _slot: datetime, now: datetime) -> int:
    return actions.expire_lots(session, community_id, now=now)


def main(url: str, folder: str, name: str, community_id: str, started: str) -> None:
    client = Client(url, Path(folder), name, int(community_id), float(started))
    if name.startswith("job"):
        client.run_timetable()
    else:
        client.run()
