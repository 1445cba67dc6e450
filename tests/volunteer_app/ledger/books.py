"""A community's books for tests: a funded programme, members, a shelf; every call is one write transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.ledger import actions, holds, queries
from volunteer_app.ledger.book import Booked
from volunteer_app.ledger.holds import Held, Line
from volunteer_app.ledger.rules import Key

SHELF = "store:main"


class Books:
    """Calls the actions with the values that a test doesn't care about."""

    def __init__(self, session: Session, clock: SetClock, community_id: int, budget: int = 100_000) -> None:
        self.session = session
        self.clock = clock
        self.actor = Actor(community_id, 7, "web")
        self.forged = False
        self.write(actions.fund, budget, cause="budget:2026", reason="年度预算")

    def write(self, action: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("actor", self.actor)
        return in_transaction(self.session, lambda: action(self.session, *args, now=self.clock(), **kwargs))

    def issue(self, to: str, points: int, cause: str, expires_at: datetime | None = None) -> Booked:
        found: Booked = self.write(
            actions.issue, to=to, points=points, cause=cause, reason="日巡逻", expires_at=expires_at
        )
        return found

    def stock(self, code: str, pieces: int, cause: str | None = None) -> Booked:
        unit = f"sku:{code}"
        moved = [(Key("supplier", "purchase", unit), Key(SHELF, "on_hand", unit), pieces)]
        found: Booked = self.write(actions.move, "stock_in", moved, cause=cause or f"in:{code}", reason="入库")
        return found

    def hold(self, owner: str, points: int, cause: str, code: str = "", days: float = 7) -> Held:
        """Holds points of the owner and, with a code, one piece of stock."""
        lines = [Line(Key(owner, "points"), Key(SHELF, "income"), points)]
        if code:
            unit = f"sku:{code}"
            lines.append(Line(Key(SHELF, "on_hand", unit), Key(SHELF, "handed_over", unit), 1))
        until = self.clock.moment.fromtimestamp(self.clock.moment.timestamp() + days * 86400, self.clock.moment.tzinfo)
        found: Held = self.write(holds.hold, lines, cause=cause, reason="预约", expires_at=until)
        return found

    def collect(self, held: Held, **lines: Any) -> Booked:
        found: Booked = self.write(holds.collect, held.hold_id, reason="取走了", **lines)
        return found

    def release(self, held: Held) -> Booked:
        found: Booked = self.write(holds.release, held.hold_id, reason="取消了")
        return found

    def balance(self, owner: str) -> queries.Balance:
        self.session.rollback()
        return queries.balance(self.session, self.actor.community_id, owner, now=self.clock())

    def on_hand(self, code: str) -> int:
        self.session.rollback()
        stands = queries.amounts(self.session, self.actor.community_id, owner=SHELF, kind="on_hand", now=self.clock())
        return stands.get(f"sku:{code}", 0)

    def count(self) -> int:
        """Transactions in the chain."""
        self.session.rollback()
        return self.session.execute(text("SELECT COUNT(*) FROM ledger_txn")).scalar_one()
