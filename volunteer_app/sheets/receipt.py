"""One entry of a member as a receipt: number, what, balance before and after, the lots it touched, its fingerprint."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from volunteer_app.core.clock import last_day, local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import rules
from volunteer_app.ledger.models import ACCOUNTS, LOT_USES, LOTS, POSTINGS, TXNS, Txn
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.places.models import Community
from volunteer_app.sheets.statement import foot
from volunteer_app.sheets.table import Cell, Column, Sheet


@dataclass(frozen=True, slots=True)
class LotPart:
    """Points of one lot that the entry brought, gave back (positive) or took (negative); `last_on` None: for ever."""

    earned_on: date
    last_on: date | None
    amount: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """`before` and `after`: what could be spent. `held` and `debt`: how much more is kept, or owed, since."""

    person: Person
    seq: int
    at: datetime
    text: Text
    before: int
    after: int
    held: int
    debt: int
    lots: list[LotPart]
    hash: str


def receipt(session: Session, here: Community, person: Person, seq: int) -> Receipt:
    """The member's own side of entry `seq`; NotFound when the entry doesn't touch the member's points."""
    txn = session.scalars(select(Txn).where(Txn.community_id == here.id, Txn.seq == seq)).first()
    moved = legs(session, here.id, owner_of(person.id), seq)
    if txn is None or not moved:
        raise NotFound
    after = standing_after(session, here.id, owner_of(person.id), seq)
    return Receipt(
        person=person,
        seq=seq,
        at=txn.recorded_at.astimezone(ZoneInfo(here.zone)),
        text=rules.load_text(txn.reason),
        before=after - moved.get("points", 0),
        after=after,
        held=moved.get("held", 0),
        debt=-moved.get("debt", 0),
        lots=lots_of(session, here, owner_of(person.id), seq),
        hash=txn.hash,
    )


def mine(community_id: int, owner: str) -> tuple[ColumnElement[bool], ...]:
    return (ACCOUNTS.c.community_id == community_id, ACCOUNTS.c.owner == owner, ACCOUNTS.c.unit == rules.POINTS)


def legs(session: Session, community_id: int, owner: str, seq: int) -> dict[str, int]:
    """Kind of account -> what the entry changed there."""
    joined = POSTINGS.join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id)
    statement = select(ACCOUNTS.c.kind, POSTINGS.c.amount).select_from(joined)
    found = session.execute(statement.where(*mine(community_id, owner), POSTINGS.c.txn_seq == seq))
    return {kind: int(amount) for kind, amount in found}


def standing_after(session: Session, community_id: int, owner: str, seq: int) -> int:
    """What could be spent just after the entry, by the last posting up to it."""
    joined = POSTINGS.join(ACCOUNTS, ACCOUNTS.c.id == POSTINGS.c.account_id)
    statement = select(POSTINGS.c.balance_after).select_from(joined)
    statement = statement.where(*mine(community_id, owner), ACCOUNTS.c.kind == "points", POSTINGS.c.txn_seq <= seq)
    return int(session.execute(statement.order_by(POSTINGS.c.txn_seq.desc()).limit(1)).scalar() or 0)


def lots_of(session: Session, here: Community, owner: str, seq: int) -> list[LotPart]:
    """The lots that the entry opened, took from or gave back to, the one that runs out first at the top."""
    named = LOTS.join(ACCOUNTS, ACCOUNTS.c.id == LOTS.c.account_id).join(
        TXNS, (TXNS.c.community_id == LOTS.c.community_id) & (TXNS.c.seq == LOTS.c.origin_seq)
    )
    opened = select(TXNS.c.recorded_at, LOTS.c.expires_at, LOTS.c.amount).select_from(named)
    opened = opened.where(*mine(here.id, owner), LOTS.c.origin_seq == seq)
    used = select(TXNS.c.recorded_at, LOTS.c.expires_at, -LOT_USES.c.amount)
    used = used.select_from(named.join(LOT_USES, LOT_USES.c.lot_id == LOTS.c.id))
    used = used.where(*mine(here.id, owner), LOT_USES.c.txn_seq == seq).order_by(
        LOTS.c.expires_at.asc().nulls_last(), LOTS.c.id
    )
    return [
        LotPart(local_date(earned, here.zone), last_day(expires, here.zone) if expires else None, int(amount))
        for statement in (opened, used)
        for earned, expires, amount in session.execute(statement)
    ]


LOTS_SHOWN = (
    Column(N_("哪天得的分"), "date"),
    Column(N_("能用到"), "date"),
    Column(N_("这一笔"), "number"),
)


def receipt_sheet(found: Receipt, here: Community) -> Sheet:
    """The receipt for Excel and paper."""
    rows: list[list[Cell]] = [
        [part.earned_on, part.last_on or Text(N_("一直能用")), part.amount] for part in found.lots
    ]
    values: dict[str, object] = {"row": found.seq}
    return Sheet(
        title=N_("积分收据"),
        columns=LOTS_SHOWN,
        rows=rows,
        facts=[
            Text(N_("第%(row)d笔"), values),
            f"{found.person.name} {found.person.number}",
            f"{found.at:%Y-%m-%d %H:%M}",
            found.text,
        ],
        figures=figures(found),
        foot=foot((found.seq, found.hash), here),
        internal=False,
    )


AVAILABLE, HELD, OWED = N_("能用的变了"), N_("留着的变了"), N_("待抵扣变了")
CHANGES = (AVAILABLE, HELD, OWED)


def figures(found: Receipt) -> list[tuple[Text, int]]:
    """Before, change and after; kept and owed points where the entry moved any."""
    said = [
        (Text(N_("这一笔之前")), found.before),
        (Text(AVAILABLE), found.after - found.before),
        (Text(N_("这一笔之后")), found.after),
    ]
    if found.held:
        said.append((Text(HELD), found.held))
    if found.debt:
        said.append((Text(OWED), found.debt))
    return said
