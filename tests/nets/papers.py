"""Closed periods and proposals as they stand, against what people have asked for and what the chain says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.nets.asked import Asked
from tests.nets.asked_by_two import Adjust, Approve, Close, Drop, Give, Propose, Reinstate, Reopen, told
from tests.nets.model import Paper, Period

if TYPE_CHECKING:
    from tests.nets.replay import Replay

KINDS = {Give: "give", Adjust: "adjust", Reinstate: "reinstate", Reopen: "reopen"}


def learn_periods(replay: Replay, rows: list[Any]) -> None:
    """Every period was closed by somebody's request, at the end of the chain of that moment, and opened by two."""
    asked = [one for one in replay.sent if isinstance(one, Close | Reopen)]
    for row in rows:
        before = replay.state.periods.get(row.id)
        if before is None:
            spans = [(one.starts_at, one.ends_at) for one in asked if isinstance(one, Close)]
            replay.need((row.starts_at, row.ends_at) in spans, "nobody closed", row)
            replay.need(row.last_hash == replay.hash_at(row.last_seq), "another end of the chain", row)
        else:
            replay.need((before.starts, before.ends, before.last) == (row.starts_at, row.ends_at, row.last_seq), row)
        if row.reopened_at is not None:
            replay.need(may_reopen(replay, row), "nobody opened", row)
        replay.state.periods[row.id] = Period(
            row.id, row.starts_at, row.ends_at, row.last_seq, is_closed=row.reopened_at is None
        )


def may_reopen(replay: Replay, row: Any) -> bool:
    """Two people have asked for it: in a request of their own, or by a proposal."""
    papers = [paper for paper in replay.state.papers.values() if paper.period_id == row.id]
    agreed = [(paper.by, one.by) for paper in papers for one in replay.approvals(paper.cause)]
    direct = [
        (one.checker_id, replay.person)
        for one in replay.sent
        if isinstance(one, Reopen) and one.starts_at == row.starts_at
    ]
    return (row.asked_by_id, row.reopened_by_id) in direct + agreed and row.asked_by_id != row.reopened_by_id


def learn_proposals(replay: Replay, rows: list[Any]) -> None:
    """New proposals say what their request asked for; they are waiting in the model until `follow_proposals`."""
    for row in rows:
        if row.id in replay.state.papers:
            continue
        [asked] = [one for one in replay.asked.get(row.reason, []) if isinstance(one, Propose)] or [None]
        replay.need(asked is not None, "nobody proposed", row)
        assert isinstance(asked, Propose)
        content = json.loads(row.asked)
        said = (row.kind, row.proposed_by_id, content)
        replay.need(said == (KINDS[type(asked.wish)], asked.by, wished(replay, asked.wish, content)), "says", said)
        replay.state.papers[row.id] = Paper(
            row.id, row.reason, asked.by, "waiting", as_booked(asked, row.id), content.get("period_id")
        )


def as_booked(asked: Propose, id_: int) -> Any:
    """The wish as its approval books it."""
    if isinstance(asked.wish, Reopen):
        return asked.wish
    return replace(asked.wish, cause=f"proposal:{id_}", checker_id=asked.by)


def wished(replay: Replay, wish: Asked, content: dict[str, Any]) -> dict[str, object]:
    """What the proposal must say."""
    if isinstance(wish, Give):
        return {"source": wish.source, "target": wish.target, "points": wish.points}
    if isinstance(wish, Adjust):
        return {"owner": wish.owner, "points": wish.points, "expires_at": told(wish.expires_at)}
    if isinstance(wish, Reinstate):
        return {"txn_id": replay.txn_ids[wish.of], "expires_at": told(wish.expires_at)}
    assert isinstance(wish, Reopen)
    of_period = [one.id for one in replay.state.periods.values() if one.starts == wish.starts_at]
    return {"period_id": content["period_id"] if content["period_id"] in of_period else of_period}


def follow_proposals(replay: Replay, rows: list[Any]) -> None:
    """A decided proposal was decided by somebody's request, and an approved one stands in the chain."""
    replay.need(len(rows) == len(replay.state.papers), "proposals", len(rows))
    for row in rows:
        paper = replay.state.papers[row.id]
        if paper.state == row.state:
            continue
        replay.need(paper.state == "waiting", "was decided before", row)
        kind = {"approved": Approve, "dropped": Drop}[row.state]
        deciders = [one.by for one in replay.sent if isinstance(one, kind) and one.of == paper.cause]
        replay.need(row.decided_by_id in deciders, "nobody decided", row)
        booked = replay.state.told.get(f"proposal:{row.id}")
        replay.need(row.txn_seq == (booked.seq if booked else None), "became", row.txn_seq)
        is_booked = row.state == "approved" and paper.period_id is None
        replay.need(is_booked == (booked is not None), row.state, "and booked", booked)
        replay.state.papers[row.id] = replace(paper, state=row.state)
