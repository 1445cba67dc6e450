"""What each request must book as the books stand, or the name of its refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.nets.asked import (
    PERSON,
    SHELF,
    Asked,
    Collect,
    Count,
    Fund,
    Hold,
    Issue,
    Refund,
    Release,
    Reverse,
    StockIn,
)
from tests.nets.asked_by_two import Adjust, Approve, Close, Drop, Give, Propose, Reinstate, Reopen
from tests.nets.model import (
    ADJUSTMENT,
    BREAKAGE,
    BUDGET,
    GRANT,
    INCOME,
    NEVER,
    NOT_NEGATIVE,
    Kept,
    Key,
    Line,
    Move,
    No,
    Paper,
    Period,
    Same,
    State,
    points,
)


def expect(state: State, asked: Asked, *, now: datetime, by: int = PERSON) -> Move:
    """The transaction that the request of person `by` books; raises No or Same (which books nothing)."""
    move = wanted(state, asked, now, by)
    for key, amount in sorted(move.legs.items(), key=lambda leg: leg[0][1] != "budget"):
        if key[1] in NOT_NEGATIVE and state.posted[key] + amount < 0:
            raise No({"points": "NotEnoughPoints", "budget": "BudgetSpent"}.get(key[1], "NotEnoughStock"))
    if getattr(asked, "checker_id", None) == by:
        raise No("SecondPersonNeeded")
    return move


def wanted(state: State, asked: Asked, now: datetime, by: int) -> Move:
    if isinstance(asked, Approve):
        return approve(state, asked, now)
    if isinstance(asked, Close):
        raise No("PeriodNotOver") if now < asked.ends_at - timedelta(days=1) else Same
    if isinstance(asked, Reopen):
        raise reopened(state.period(asked.starts_at), asked.checker_id, by)
    return WAYS[type(asked)](state, asked)


def new(state: State, cause: str, content: object) -> None:
    if cause in state.told:
        if state.told[cause].content == content:
            raise Same
        raise No("CauseTaken")


def fund(state: State, asked: Fund) -> Move:
    content = ("fund", asked.points)
    new(state, asked.cause, content)
    return Move("fund", asked.cause, Counter({GRANT: -asked.points, BUDGET: asked.points}), content=content)


def issue(state: State, asked: Issue) -> Move:
    content = ("issue", asked.owner, asked.points, asked.expires_at)
    new(state, asked.cause, content)
    owed = min(asked.points, -state.posted[points(asked.owner, "debt")])
    rest = asked.points - owed
    legs = Counter({BUDGET: -asked.points, points(asked.owner, "debt"): owed, points(asked.owner): rest})
    lots = [(asked.owner, rest, asked.expires_at or NEVER)] if rest else []
    return Move("issue", asked.cause, legs, lots=lots, content=content)


def reverse(state: State, asked: Reverse) -> Move:
    if asked.of not in state.told:
        raise No("NotFound")
    original = state.told[asked.of]
    if original.kind not in ("issue", "fund", "stock_in"):
        raise No("CannotReverse")
    content = ("reverse", original.seq)
    new(state, asked.cause, content)
    if original.seq in state.reversed:
        raise No("AlreadyReversed")
    if original.kind != "issue":
        legs = Counter({key: -amount for key, amount in original.legs.items()})
        return Move(f"un_{original.kind}", asked.cause, legs, content=content, reverses=original.seq)
    total, gone = -original.legs[BUDGET], state.ran_out(original.seq)
    owner = next(key[0] for key in original.legs if key[1] in ("points", "debt"))
    back = min(state.posted[points(owner)], total - gone)
    legs = Counter({BUDGET: total, BREAKAGE: -gone, points(owner): -back})
    legs[points(owner, "debt")] = -(total - gone - back)
    uses = state.take(owner, back, first=original.seq)
    return Move("reverse", asked.cause, legs, uses, content=content, reverses=original.seq)


def stock_in(state: State, asked: StockIn) -> Move:
    content = ("stock_in", asked.code, asked.pieces)
    new(state, asked.cause, content)
    unit = f"sku:{asked.code}"
    legs = Counter({("supplier", "purchase", unit): -asked.pieces, (SHELF, "on_hand", unit): asked.pieces})
    return Move("stock_in", asked.cause, legs, content=content)


def count(state: State, asked: Count) -> Move:
    content = ("stock_count", asked.code, asked.more)
    new(state, asked.cause, content)
    unit = f"sku:{asked.code}"
    legs = Counter({("written_off", "count", unit): -asked.more, (SHELF, "on_hand", unit): asked.more})
    return Move("stock_count", asked.cause, legs, content=content)


def hold(state: State, asked: Hold) -> Move:
    content = ("hold", asked.owner, asked.points, asked.goods)
    new(state, asked.cause, content)
    if asked.points > state.posted[points(asked.owner)]:
        raise No("NotEnoughPoints")
    lines = [Line(points(asked.owner), points(asked.owner, "held"), INCOME, asked.points)] if asked.points else []
    for code, pieces in asked.goods:
        shelf = [(SHELF, kind, f"sku:{code}") for kind in ("on_hand", "on_hold", "handed_over")]
        lines.append(Line(*shelf, pieces))
    legs: Counter[Key] = Counter()
    for line in lines:
        legs[line.source] -= line.amount
        legs[line.kept] += line.amount
    uses = state.take(asked.owner, asked.points)
    opens = Kept(asked.cause, 0, NEVER, tuple(lines), dict(uses))
    return Move("hold", asked.cause, legs, uses, content=content, opens=opens)


def collect(state: State, asked: Collect) -> Move:
    kept = hold_of(state, asked.of)
    collected = asked.collected or tuple(line.amount for line in kept.lines)
    content = ("collected", collected)
    if kept.state == "expired":
        raise No("HoldLapsed")
    if kept.state == "released":
        raise No("HoldClosed")
    new(state, f"close:{kept.cause}", content)
    return state.ending(kept, "collect", collected, content)


def release(state: State, asked: Release) -> Move:
    kept = hold_of(state, asked.of)
    if kept.state == "collected":
        raise No("HoldClosed")
    if kept.state != "open":
        raise Same
    return state.ending(kept, "release", (0,) * len(kept.lines), ("released",))


def refund(state: State, asked: Refund) -> Move:
    kept = hold_of(state, asked.of)
    content = ("refund", asked.of, asked.back)
    new(state, asked.cause, content)
    legs: Counter[Key] = Counter()
    for line, amount in zip(kept.lines, asked.back, strict=True):
        if amount > line.collected - line.refunded:
            raise No("MoreThanCollected")
        legs[line.target] -= amount
        legs[line.source] += amount
    uses = state.back(kept, legs)
    return Move("refund", asked.cause, legs, uses, content=content, closes=kept.cause, refunded=asked.back)


def hold_of(state: State, cause: str) -> Kept:
    if cause not in state.holds:
        raise No("NotFound")
    return state.holds[cause]


# ---- gifts and corrections


def give(state: State, asked: Give) -> Move:
    content = ("give", asked.source, asked.target, asked.points)
    new(state, asked.cause, content)
    uses = take(state, asked.source, asked.points)
    lots = [(asked.target, part, state.lots[id_].expires) for id_, part in uses.items()]
    legs = Counter({points(asked.source): -asked.points, points(asked.target): asked.points})
    return Move("give", asked.cause, legs, uses, lots, content=content)


def adjust(state: State, asked: Adjust) -> Move:
    """What is taken away waits to be given again; what is added beyond that is paid by the budget."""
    content = ("adjust", asked.owner, asked.points, asked.expires_at)
    new(state, asked.cause, content)
    spare = min(asked.points, state.posted[ADJUSTMENT])
    legs = Counter({points(asked.owner): asked.points, ADJUSTMENT: -spare, BUDGET: spare - asked.points})
    if asked.points < 0:
        return Move("adjust", asked.cause, legs, take(state, asked.owner, -asked.points), content=content)
    lots = [(asked.owner, asked.points, asked.expires_at or NEVER)]
    return Move("adjust", asked.cause, legs, lots=lots, content=content)


def reinstate(state: State, asked: Reinstate) -> Move:
    if asked.of not in state.told:
        raise No("NotFound")
    expiry = state.told[asked.of]
    if expiry.kind != "expire":
        raise No("CannotReverse")
    content = ("reinstate", expiry.seq, asked.expires_at)
    new(state, asked.cause, content)
    if expiry.seq in state.reversed:
        raise No("AlreadyReversed")
    lost = expiry.legs[BREAKAGE]
    owner = next(key[0] for key in expiry.legs if key[1] == "points")
    legs = Counter({BREAKAGE: -lost, points(owner): lost})
    lots = [(owner, lost, asked.expires_at or NEVER)]
    return Move("reinstate", asked.cause, legs, lots=lots, content=content, reverses=expiry.seq)


def take(state: State, owner: str, amount: int) -> dict[int, int]:
    if amount > state.posted[points(owner)]:
        raise No("NotEnoughPoints")
    return state.take(owner, amount)


# ---- periods and proposals: written down beside the chain, except what an approval books


def reopened(period: Period | None, asked_by: int, by: int) -> Exception:
    """How opening the period ends."""
    if period is None:
        return No("NotFound")
    return No("SecondPersonNeeded") if period.is_closed and by == asked_by else Same()


def propose(state: State, asked: Propose) -> Move:
    wish = asked.wish
    is_known = not isinstance(wish, Reinstate) or wish.of in state.told
    if not is_known or (isinstance(wish, Reopen) and state.period(wish.starts_at) is None):
        raise No("NotFound")
    raise Same


def approve(state: State, asked: Approve, now: datetime) -> Move:
    found = waiting(state, asked.of)
    if found.by == asked.by:
        raise No("SecondPersonNeeded")
    if found.period_id is not None:
        raise reopened(state.periods[found.period_id], found.by, asked.by)
    return expect(state, found.wish, now=now, by=asked.by)


def drop(state: State, asked: Drop) -> Move:
    waiting(state, asked.of)
    raise Same


def waiting(state: State, cause: str) -> Paper:
    found = state.paper(cause)
    if found is None:
        raise No("NotFound")
    if found.state != "waiting":
        raise No("ProposalDecided")
    return found


WAYS: dict[type[Asked], Callable[[State, Any], Move]] = {
    Fund: fund,
    Issue: issue,
    Reverse: reverse,
    StockIn: stock_in,
    Count: count,
    Hold: hold,
    Collect: collect,
    Release: release,
    Refund: refund,
    Give: give,
    Adjust: adjust,
    Reinstate: reinstate,
    Propose: propose,
    Drop: drop,
}
