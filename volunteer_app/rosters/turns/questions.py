"""What volunteers are asked, and could ask: exchanges of turns, turns that lack somebody. Plain values."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from volunteer_app.core.language import N_
from volunteer_app.needs.models import Shift
from volunteer_app.rosters import queries
from volunteer_app.rosters.drawing import comma, kind_name, place_name, time_words
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.legs import first_of_task, turns_known
from volunteer_app.rosters.models import Assignment, Swap
from volunteer_app.rosters.rules import is_standing, takes_swap
from volunteer_app.rosters.turns import covers
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.web.filters import day_weekday
from volunteer_app.web.language import gettext, language
from volunteer_app.web.names import person_name

TO_ANSWER = timedelta(hours=12)


def possible(
    session: Session, seat: Assignment, *, now: datetime, most: int, notice: timedelta = TO_ANSWER
) -> list[Assignment]:
    """Other people's turns of the same roster that the seat's holder may ask for, the `most` nearest to his, by day.

    No rule stands against the exchange, neither turn waits for such an answer, and the other begins after `notice`,
    which is what it takes to be well answered.
    """
    found = islice(free_to_ask(session, seat, now=now, soonest=now + notice), most)
    return sorted(found, key=lambda one: (one.shift.starts_at, one.id))


def to_settle(session: Session, seat: Assignment, *, now: datetime, most: int) -> list[Assignment]:
    """Turns that staff may settle an exchange with: the one that waits for an answer, else all that suit both."""
    first = first_of_task(session, seat, now=now)
    waiting = [row for row in turns.swaps(session, seat_ids=[first.id]) if is_standing(row, now=now)]
    asked = [row.other if row.seat_id == first.id else row.seat for row in waiting]
    return asked or possible(session, seat, now=now, most=most, notice=timedelta())


def free_to_ask(session: Session, seat: Assignment, *, now: datetime, soonest: datetime) -> Iterator[Assignment]:
    """The nearest first, each judged when its turn comes; none that begins before `soonest`."""
    seat = first_of_task(session, seat, now=now)
    refused = {other_id for _seat_id, other_id in turns.refused_swaps(session, seat.id)}
    waiting = [row for row in turns.swaps(session, community_id=seat.community_id) if is_standing(row, now=now)]
    busy = {one for row in waiting for one in (row.seat_id, row.other_id)} | refused
    if seat.id in busy:
        return
    case = judging.case_of(session, queries.roster(session, seat.roster_id), now=now)
    others = [one for one in turns_known(queries.draft_seats(session, seat.roster_id)) if one.id not in busy]
    for other in sorted(others, key=lambda one: (abs(one.shift.starts_at - seat.shift.starts_at), one.id)):
        is_soon = other.shift.starts_at < soonest
        if is_soon or meets(other.shift, seat.shift) or not takes_swap(other, now=now):
            continue
        if judging.may_exchange(case, seat, other):
            yield other


def meets(one: Shift, other: Shift) -> bool:
    """At the same time, or of the same task: no help to somebody who can't come then."""
    return one.task == other.task or (one.starts_at < other.ends_at and other.starts_at < one.ends_at)


def options(found: list[Assignment], *, zone: str) -> list[tuple[int, str, str]]:
    """(seat, day and time, whose and what) for the list to choose from."""
    return [(one.id, day_and_time(one.shift, zone), f"{whose(one)} ・ {what_and_where(one.shift)}") for one in found]


def whose(seat: Assignment) -> str:
    return gettext(N_("%(name)s的班")) % {"name": person_name(seat.person.name, language())}


def day_and_time(shift: Shift, zone: str) -> str:
    """15日 周四 上午 8点半到10点半."""
    return f"{day_weekday(shift.starts_on, language())} {time_words(shift, zone, with_part=True)}"


def what_and_where(shift: Shift) -> str:
    return comma(kind_name(shift), place_name(shift))


def requests(session: Session, person_id: int, *, now: datetime, zone: str) -> list[dict[str, Any]]:
    """Turns that lack somebody to which the person is asked to come."""
    return [
        {
            "turn": (day_and_time(row.shift, zone), what_and_where(row.shift)),
            "agree": url_for("rosters.agree_cover", ask_id=row.id),
            "refuse": url_for("rosters.refuse_cover", ask_id=row.id),
        }
        for row in covers.open_to(session, person_id, now=now)
    ]


def questions(session: Session, person_id: int, *, now: datetime, zone: str) -> list[dict[str, Any]]:
    """Exchanges that wait for an answer: those that the person is asked for first, then his own."""
    rows = [row for row in turns.swaps(session, person_id=person_id) if is_standing(row, now=now)]
    return sorted((question(row, person_id, zone=zone) for row in rows), key=lambda one: not one["asks"])


def question(row: Swap, person_id: int, *, zone: str) -> dict[str, Any]:
    """Who, both turns seen from the person's side, and where the answers go."""
    is_asked = row.other.person_id == person_id
    own, others = (row.other, row.seat) if is_asked else (row.seat, row.other)
    return {
        "asks": is_asked,
        "name": person_name(others.person.name, language()),
        "own": (day_and_time(own.shift, zone), what_and_where(own.shift)),
        "others": (day_and_time(others.shift, zone), what_and_where(others.shift)),
        "agree": url_for("rosters.agree_swap", swap_id=row.id),
        "refuse": url_for("rosters.refuse_swap", swap_id=row.id),
        "withdraw": url_for("rosters.withdraw_swap", swap_id=row.id),
    }
