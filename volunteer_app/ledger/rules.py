"""What the ledger decides without a database: limits of each kind of account, refusals, sentences, fingerprints."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import NamedTuple

from volunteer_app.core.errors import Refused
from volunteer_app.core.ids import fingerprint
from volunteer_app.core.language import N_, Text

POINTS = "points"
GENESIS = "0" * 64


class Key(NamedTuple):
    """What names an account: an owner (a word), what it keeps there, and the unit."""

    owner: str
    kind: str
    unit: str = POINTS


LIMITS: dict[str, tuple[int | None, int | None]] = {
    "points": (0, None),
    "held": (0, None),
    "debt": (None, 0),
    "budget": (0, None),
    "adjustment": (0, None),
    "on_hand": (0, None),
    "on_hold": (0, None),
    "on_loan": (0, None),
    "set_aside": (0, None),
    "claim": (0, None),
    "owed": (0, None),
    "due": (None, 0),
}
"""Least and most of the kinds of account that have a limit; all others (income, breakage, supplier …) have none."""

LOCKED_LAST = ("on_hand", "on_hold", "on_loan", "set_aside", "claim", "owed", "due", "adjustment", "budget")
"""Kinds that many transactions share: locked after everybody's own, so that they stay locked shortest."""

KEPT = {"points": "held", "on_hand": "on_hold"}
"""Where a hold keeps what it takes."""

MEMBER_KINDS = ("points", "held", "debt")
"""An owner's points wherever they stand: a person's, a household's, a stairwell's or team's, the care pool's."""

TWO_PEOPLE = ("adjust", "reinstate", "stock_count", "write_off")
"""Kinds of transaction that the database takes with two people's names only."""

SUMS = {
    "issue": "earned",
    "reverse": "earned",
    "adjust": "earned",
    "collect": "spent",
    "refund": "spent",
    "expire": "expired",
    "reinstate": "expired",
}


def sum_of(kind: str, amount: int) -> tuple[str, int] | None:
    """Which sum of a member's account a posting counts in, and what it adds there; None when it only moves within.

    A gift is earned by who gets it and spent by who gives it.
    """
    name = SUMS.get(kind) if kind != "give" else "earned" if amount > 0 else "spent"
    return None if name is None else (name, amount if name == "earned" else -amount)


class NotEnoughPoints(Refused):
    """The member hasn't got the points, now that lapsed ones are gone."""

    sentence = N_("积分还差%(short)d分，什么都没有登记")


class NotEnoughStock(Refused):
    """Somebody was a moment earlier, or the shelf is empty."""

    sentence = N_("刚刚换完了，没有扣您的分")


class BudgetSpent(Refused):
    """The programme's budget doesn't cover the credit."""

    sentence = N_("积分预算还差%(short)d分，请先追加预算")


class PeriodClosed(Refused):
    """Nothing is recorded into a closed period."""

    sentence = N_("这个月的账已经结了；要补记，请两个人一起重新打开")


class PeriodNotOver(Refused):
    """A period is closed on its last day or later."""

    sentence = N_("这个月还没有过完，最后一天起才能结账")


class ProposalDecided(Refused):
    """A proposal is decided once."""

    sentence = N_("这一件已经办过了")


class MoreThanOwed(Refused):
    """A partner shop or another community is paid what it has collected, never more."""

    sentence = N_("结的分比应结的多%(short)d分，什么都没有登记")


class CauseTaken(Refused):
    """The cause has been posted with other content."""

    sentence = N_("这件事已经记过账，内容却不一样")


class AlreadyReversed(Refused):
    """A transaction is reversed at most once."""

    sentence = N_("这一笔已经冲正过了")


class CannotReverse(Refused):
    """Holds are released or refunded, and a reversal stays."""

    sentence = N_("这种账不能冲正")


class HoldClosed(Refused):
    """The hold has been collected or released before."""

    sentence = N_("这一单已经办过了")


class HoldLapsed(Refused):
    """The time to collect is over; points and goods are back."""

    sentence = N_("已经过期，积分和东西都退回去了")


class MoreThanCollected(Refused):
    """No more comes back than was handed over."""

    sentence = N_("退回的比当初取走的还多")


class SecondPersonNeeded(Refused):
    """Maker and checker are two people."""

    sentence = N_("这一笔要两个人：请另一位来核对")


def shortage(key: Key, short: int) -> Refused:
    """The refusal of an account that would fall below its limit by `short`."""
    if key.kind == "points":
        return NotEnoughPoints(short=short)
    if key.kind == "budget":
        return BudgetSpent(short=short)
    if key.kind in ("claim", "owed", "due"):
        return MoreThanOwed(short=short)
    return NotEnoughStock(short=short)


class Taken(NamedTuple):
    """A part of a lot: what a transaction takes out of it, or could give back to it."""

    lot_id: int
    amount: int


def first_in_first_out(lots: Iterable[Taken], amount: int) -> list[Taken]:
    """Takes `amount` from the lots in the order given; the caller has made sure that they hold that much."""
    taken: list[Taken] = []
    for lot in lots:
        part = min(lot.amount, amount)
        if part > 0:
            taken.append(Taken(lot.lot_id, part))
            amount -= part
    assert amount == 0, f"lots are short by {amount}"
    return taken


class Return(NamedTuple):
    """Points that a lapsed hold gives back to one lot: when it lapsed, when the lot runs out (None never)."""

    lapsed_at: datetime
    seq: int
    lot_id: int
    runs_out_at: datetime | None
    amount: int


def come_back(returns: Iterable[Return], debt: int, now: datetime) -> tuple[int, int]:
    """(free, paid) of points that come back to somebody who owes `debt`: each hold pays at the moment it lapses, out of
    what runs out first, so that the answer doesn't depend on when the lapses are booked.
    """
    left: dict[tuple[datetime, int], int] = {}
    paid = 0
    for (lapsed_at, _), parts in groupby(sorted(returns, key=lapse_of), key=lapse_of):
        for part in parts:
            lot = (part.runs_out_at or datetime.max.replace(tzinfo=UTC), part.lot_id)
            left[lot] = left.get(lot, 0) + part.amount
        for lot in sorted(left):
            if lot[0] > lapsed_at:
                pays = min(left[lot], debt - paid)
                left[lot] -= pays
                paid += pays
    return sum(amount for (runs_out_at, _), amount in left.items() if runs_out_at > now), paid


def lapse_of(part: Return) -> tuple[datetime, int]:
    return part.lapsed_at, part.seq


def dump_text(text: Text | str) -> str:
    """A sentence as canonical JSON."""
    return canonical(as_json(text if isinstance(text, Text) else Text(text)))


def as_json(value: object) -> object:
    """A sentence, its inner sentences and values, as JSON can hold them."""
    if isinstance(value, Text):
        return {"text": value.template, "values": {name: as_json(inner) for name, inner in value.values.items()}}
    return value


def load_text(stored: str) -> Text:
    """The sentence again."""
    found = from_json(json.loads(stored))
    assert isinstance(found, Text)
    return found


def from_json(value: object) -> object:
    if isinstance(value, dict):
        return Text(value["text"], {name: from_json(inner) for name, inner in value["values"].items()})
    return value


def canonical(value: object) -> str:
    """JSON with one spelling only: sorted names, no spaces, UTF-8."""
    return CANONICAL.encode(value)


CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_of(*asked: object) -> str:
    """Fingerprint of what was asked for, so that a repeated cause with other content is noticed."""
    return fingerprint(canonical([iso(item) if isinstance(item, datetime) else item for item in asked]))


def iso(moment: datetime | None) -> str | None:
    """UTC with microseconds, the same on every database."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def kept(expires_at: datetime, line: Iterable[object]) -> list[object]:
    """What a hold's line says for good: until when, its number, unit, whence, where to, meant for whom, how much."""
    return [iso(expires_at), *line]


def seal(row: Mapping[str, object], parts: Mapping[str, list[list[object]]]) -> str:
    """The hash of a transaction: `row` is its own columns with the hash before it, `parts` its postings and lots, the
    words of their accounts, and the hold that it opens.
    """
    return fingerprint(canonical({"txn": dict(row), **parts}))
