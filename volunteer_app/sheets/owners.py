"""Accounts as people call them: 姚*娟 030 留存, 社区积分预算, 货架. The ledger never reads these words."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_
from volunteer_app.people.models import Person
from volunteer_app.people.owners import person_of

OWN = {"points": "", "held": N_("留存"), "debt": N_("待抵扣")}
WORDS = {
    "budget": N_("社区积分预算"),
    "adjustment": N_("更正"),
    "points": N_("集体积分"),
    "grant": N_("批准的积分"),
    "breakage": N_("过期作废"),
    "income": N_("超市"),
    "on_hand": N_("货架"),
    "on_hold": N_("留着的货"),
    "handed_over": N_("居民领走"),
    "purchase": N_("采购"),
    "donated": N_("捐来的"),
    "partner": N_("商家"),
    "community": N_("社区自备"),
    "on_loan": N_("借出去"),
    "count": N_("盘点差额"),
    "set_aside": N_("放在一边的货"),
    "write_off": N_("报废"),
    "claim": N_("商户待结"),
    "owed": N_("欠别的社区"),
    "due": N_("别的社区欠"),
    "settled": N_("已经结清"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an entry: a person (name and number, to be masked by whoever shows it) or a word."""

    word: str
    person_id: int | None = None
    name: str = ""
    number: str = ""


def side(owner: str, kind: str, people: dict[int, Person]) -> Side:
    """The account's owner and kind in words; a kind that nobody has named yet stands as it is."""
    person_id = person_of(owner)
    if person_id is None:
        return Side(WORDS.get(kind, kind))
    person = people.get(person_id)
    return Side(OWN.get(kind, kind), person_id, person.name if person else "", person.number if person else owner)


def people_by_id(session: Session, community_id: int, person_ids: Iterable[int | None]) -> dict[int, Person]:
    wanted = {found for found in person_ids if found is not None}
    statement = select(Person).where(Person.community_id == community_id, Person.id.in_(wanted))
    return {person.id: person for person in session.scalars(statement)}
