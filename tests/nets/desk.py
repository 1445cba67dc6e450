"""A desk: one community's books with the model beside them. What is asked of one is asked of both."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from tests.conftest import MONDAY
from tests.nets.asked import PERSON, SHELF, Asked, Sweep
from tests.nets.expects import expect
from tests.nets.model import NEVER, Move, No, Same, State
from tests.nets.replay import Broken, Replay
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError
from volunteer_app.ledger import queries
from volunteer_app.ledger.verify import verify
from volunteer_app.places.models import Community

OWNERS = ("person:1", "person:2", "person:3")
CODES = ("K01", "K02")


@dataclass(frozen=True)
class Foreseen:
    """`answers` are right: one, but in a closed period. There whatever would be booked is refused, and who comes with
    anything else may meet something lapsed that would have to be booked first. `state` has everything lapsed booked.
    """

    answers: set[str]
    state: State
    move: Move | None = None

    def after(self, now: datetime) -> State:
        """The books when the request has been answered."""
        state = self.state
        if self.move:
            ids = tuple(range(max(state.lots, default=0) + 1, max(state.lots, default=0) + 1 + len(self.move.lots)))
            state.book(self.move, lot_ids=ids, expires=NEVER)
            state.expire_lots(now)
            state.pay_debts()
        return state.settled(now)


@dataclass
class Desk:
    """One community's books, the model beside them, and the clock. `ask` sends a request to both."""

    session: Session
    community_id: int
    now: datetime = MONDAY
    owners: tuple[str, ...] = OWNERS

    @cached_property
    def replay(self) -> Replay:
        return Replay(self.community_id)

    @property
    def actor(self) -> Actor:
        return Actor(self.community_id, PERSON, "web")

    def ask(self, asked: Asked) -> str:
        """The answer's name; raises Broken when the product's isn't the model's."""
        foreseen = self.foresee(asked)
        try:
            in_transaction(self.session, lambda: asked.perform(self.session, self.actor, self.now))
            told = "ok"
        except AppError as refusal:
            told = refusal.code
        self.judge(asked, told, foreseen)
        return told

    def foresee(self, asked: Asked) -> Foreseen:
        """What must come of the request; from now on the replay knows it."""
        self.replay.ask(asked)
        before = self.replay.state
        settled = before.settled(self.now)
        has_lapsed, is_closed = settled.seq > before.seq, self.is_closed()
        if isinstance(asked, Sweep):
            return Foreseen({"PeriodClosed" if is_closed and has_lapsed else "ok"}, settled)
        try:
            move = expect(settled, asked, now=self.now)
            told = "PeriodClosed" if is_closed else "ok"
        except No as refusal:
            move, told = None, str(refusal)
        except Same:
            move, told = None, "ok"
        may_meet = {"PeriodClosed"} if is_closed and has_lapsed else set()
        return Foreseen({told, *may_meet}, settled, move if told == "ok" else None)

    def is_closed(self) -> bool:
        """What is booked now belongs to a closed period."""
        last = self.replay.last
        return self.replay.state.is_closed(max(self.now, last.recorded_at) if last else self.now)

    def judge(self, asked: Asked, told: str, foreseen: Foreseen) -> int:
        """The answer, the new transactions and the books after them; returns how many transactions there are."""
        if told not in foreseen.answers:
            raise Broken(f"{asked} at {self.now}: {told}, the model says {foreseen.answers}")
        new = self.replay.catch_up(self.session)
        if told == "ok" and not self.replay.has(asked):
            raise Broken(f"{asked} at {self.now}: was said to be done")
        should = foreseen.after(self.now).standing()
        stand = self.replay.state.settled(self.now).standing()
        if stand != should:
            wrong = {key: (stand.get(key), should.get(key)) for key in {*stand, *should}}
            wrong = {key: pair for key, pair in wrong.items() if pair[0] != pair[1]}
            raise Broken(f"{asked} at {self.now}: (is, should be) {wrong}")
        return new

    def compare(self) -> None:
        """What the product says of everybody at this moment, with nothing booked for it, is what the model says."""
        settled = self.replay.state.settled(self.now)
        told = queries.balances(self.session, self.community_id, self.owners, now=self.now)
        for owner, one in told.items():
            said = (one.available, one.held, one.debt, one.earned, one.spent, one.expired)
            if said != settled.figures(owner):
                raise Broken(f"{owner} at {self.now} reads {said}, the model says {settled.figures(owner)}")
        shelf = queries.amounts(self.session, self.community_id, owner=SHELF, kind="on_hand", now=self.now)
        for code in CODES:
            unit = f"sku:{code}"
            if shelf.get(unit, 0) != settled.posted[SHELF, "on_hand", unit]:
                raise Broken(f"{unit}: {shelf}, the model says {settled.posted[SHELF, 'on_hand', unit]}")

    def check(self) -> None:
        """Every invariant of `youlin ledger verify`."""
        found = verify(self.session, self.community_id)
        if found:
            raise Broken(str(found))


def found(session: Session, code: str) -> int:
    """A new community."""
    made = Community(code=code, name="邻村", contact_name="小顾", contact_phone="1", issuer="居委会")
    session.add(made)
    session.commit()
    return made.id
