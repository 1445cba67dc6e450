"""What clients ask of the books: each request is a value that can be sent twice, logged as JSON, and judged later."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.ledger import actions, holds
from volunteer_app.ledger.models import HOLDS, TXNS
from volunteer_app.ledger.rules import Key

SHELF = "store:main"
PERSON, CHECKER = 7, 8
"""Who asks, and who has counted or agreed as well."""


@dataclass(frozen=True)
class Asked:
    """A request; `cause` names what it books."""

    cause: str

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        raise NotImplementedError

    def dumps(self) -> str:
        """One line of a client's log."""
        return json.dumps([type(self).__name__, asdict(self)], default=plain)


@dataclass(frozen=True)
class Fund(Asked):
    points: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        return actions.fund(session, self.points, cause=self.cause, reason="预算", actor=actor, now=now)


@dataclass(frozen=True)
class Issue(Asked):
    owner: str
    points: int
    expires_at: datetime | None = None

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        return actions.issue(
            session,
            to=self.owner,
            points=self.points,
            cause=self.cause,
            reason="日巡逻",
            expires_at=self.expires_at,
            actor=actor,
            now=now,
        )


@dataclass(frozen=True)
class Reverse(Asked):
    """Undoes what the cause `of` has booked."""

    of: str

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        found = select(TXNS.c.id).where(TXNS.c.community_id == actor.community_id, TXNS.c.cause == self.of)
        txn_id = session.execute(found).scalar()
        if txn_id is None:
            raise NotFound
        return actions.reverse(session, txn_id, cause=self.cause, reason="记错了", actor=actor, now=now)


@dataclass(frozen=True)
class StockIn(Asked):
    code: str
    pieces: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        unit = f"sku:{self.code}"
        moves = [(Key("supplier", "purchase", unit), Key(SHELF, "on_hand", unit), self.pieces)]
        return actions.move(session, "stock_in", moves, cause=self.cause, reason="入库", actor=actor, now=now)


@dataclass(frozen=True)
class Count(Asked):
    """A stocktake found `more` pieces than booked, or fewer when it is negative; `checker_id` counted too."""

    code: str
    more: int
    checker_id: int

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        unit = f"sku:{self.code}"
        shelf, gone = Key(SHELF, "on_hand", unit), Key("written_off", "count", unit)
        moves = [(gone, shelf, self.more)] if self.more > 0 else [(shelf, gone, -self.more)]
        return actions.move(
            session,
            "stock_count",
            moves,
            cause=self.cause,
            reason="盘点",
            actor=actor,
            now=now,
            checker_id=self.checker_id,
        )


@dataclass(frozen=True)
class Hold(Asked):
    """Keeps points of the owner and pieces of goods ((code, pieces), ...) for `keep` after now."""

    owner: str
    points: int
    goods: tuple[tuple[str, int], ...]
    keep: timedelta = timedelta(days=7)

    def lines(self) -> list[holds.Line]:
        asked = [holds.Line(Key(self.owner, "points"), Key(SHELF, "income"), self.points)] if self.points else []
        for code, pieces in self.goods:
            unit = f"sku:{code}"
            asked.append(holds.Line(Key(SHELF, "on_hand", unit), Key(SHELF, "handed_over", unit), pieces))
        return asked

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        until = now + self.keep
        return holds.hold(
            session, self.lines(), cause=self.cause, reason="预约", expires_at=until, actor=actor, now=now
        )


def hold_id(session: Session, actor: Actor, cause: str) -> int:
    found = session.execute(
        select(HOLDS.c.id).where(HOLDS.c.community_id == actor.community_id, HOLDS.c.cause == cause)
    ).scalar()
    if found is None:
        raise NotFound
    return int(found)


@dataclass(frozen=True)
class Collect(Asked):
    """Ends the hold `of`; `collected` is an amount for each line in order, None all of them."""

    of: str
    collected: tuple[int, ...] | None = None

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        some = None if self.collected is None else dict(enumerate(self.collected, 1))
        found = hold_id(session, actor, self.of)
        return holds.collect(session, found, reason="取走了", collected=some, actor=actor, now=now)


@dataclass(frozen=True)
class Release(Asked):
    of: str

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        return holds.release(session, hold_id(session, actor, self.of), reason="取消了", actor=actor, now=now)


@dataclass(frozen=True)
class Refund(Asked):
    """Takes back an amount of each line of the collected hold `of`."""

    of: str
    back: tuple[int, ...]

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        lines = {number: amount for number, amount in enumerate(self.back, 1) if amount}
        found = hold_id(session, actor, self.of)
        return holds.refund(session, found, lines, cause=self.cause, reason="退回", actor=actor, now=now)


@dataclass(frozen=True)
class Sweep(Asked):
    """What the timetable does: books lapsed holds and lots."""

    def perform(self, session: Session, actor: Actor, now: datetime) -> object:
        due = select(HOLDS.c.id).where(
            HOLDS.c.community_id == actor.community_id, HOLDS.c.state == "open", HOLDS.c.expires_at <= now
        )
        job = Actor(actor.community_id, None, "job")
        holds.settle_holds(session, list(session.scalars(due.order_by(HOLDS.c.id).limit(200))), actor=job, now=now)
        return actions.expire_lots(session, actor.community_id, now=now)


def plain(value: object) -> object:
    """A moment or a span as JSON can hold it."""
    assert isinstance(value, datetime | timedelta)
    return value.isoformat() if isinstance(value, datetime) else value.total_seconds()


KINDS = (Fund, Issue, Reverse, StockIn, Count, Hold, Collect, Release, Refund, Sweep)


class Read:
    """Requests out of a log again."""

    by_name: ClassVar = {kind.__name__: kind for kind in KINDS}

    @classmethod
    def loads(cls, line: str) -> Asked:
        name, values = json.loads(line)
        if values.get("expires_at"):
            values["expires_at"] = datetime.fromisoformat(values["expires_at"])
        if "keep" in values:
            values["keep"] = timedelta(seconds=values["keep"])
        for listed in ("goods", "back", "collected"):
            if values.get(listed) is not None:
                values[listed] = tuple(tuple(one) if isinstance(one, list) else one for one in values[listed])
        found: Asked = cls.by_name[name](**values)
        return found
