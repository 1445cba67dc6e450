"""Plans of one roster to be laid side by side: solved runs, published versions, the draft. Reads only, solves nothing.

Both sides are judged on one question, so that figures can be compared: that of the newer run among them, that of the
last run once the roster has begun, or the roster's question as it stands now. Turns and people that the question
doesn't know are no part of the comparison.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from solver.compare import Comparison, compare
from solver.formats import native
from solver.plan import Plan, Result
from solver.problem import Pair, Problem
from volunteer_app.core.errors import NotFound
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import Roster, RosterRun
from volunteer_app.rosters.question.problem import problem_for
from volunteer_app.rosters.rules import DRAFT
from volunteer_app.rosters.runs.claims import question
from volunteer_app.rosters.runs.queries import answered_runs
from volunteer_app.rosters.versions import queries as versions


@dataclass(frozen=True, slots=True)
class Side:
    """One plan of the roster. `code` names it in an address: draft, version-2, run-17."""

    code: str
    pairs: frozenset[Pair]
    at: datetime | None = None
    number: int = 0
    run: RosterRun | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """Two plans and what the judge says of them; `asked` is the run whose question both were judged on."""

    problem: Problem
    one: Side
    other: Side
    found: Comparison
    asked: RosterRun | None


def sides(session: Session, roster: Roster) -> list[Side]:
    """What can be compared: the draft, then versions and the latest answered solves, the newest first."""
    found = [Side(DRAFT, pairs_of(draft_rows(session, roster)))]
    found += [
        Side(f"version-{one.version}", pairs_of(one.seats), one.published_at, one.version)
        for one in versions.published(session, roster.id)
    ]
    return found + [run_side(run) for run in answered_runs(session, roster.id)]


def draft_rows(session: Session, roster: Roster) -> list[tuple[int, int]]:
    seats = queries.draft_seats(session, roster.id)
    return [(seat.shift_id, seat.person_id) for seat in seats if seat.state != "seeking"]


def pairs_of(rows: Iterable[Iterable[int]]) -> frozenset[Pair]:
    """(shift id, person id) of the tables as the solver's pairs."""
    return frozenset((str(person), str(shift)) for shift, person in rows)


def run_side(run: RosterRun) -> Side:
    assert run.result is not None, "an answered run has a result"
    plan = native.from_plain(Result, run.result).plan
    return Side(f"run-{run.id}", plan.assignments, run.finished_at, run.id, run)


def beside(session: Session, roster: Roster, one: str, other: str, *, now: datetime, today: date) -> Beside:
    """The second plan beside the first, both named by their codes; NotFound for a code that the roster hasn't."""
    known = {side.code: side for side in sides(session, roster)}
    if one not in known or other not in known:
        raise NotFound
    first, second = known[one], known[other]
    solved = [side.run for side in (first, second) if side.run]
    if not solved and roster.from_on <= today:
        solved = answered_runs(session, roster.id)[:1]
    asked = max(solved, key=lambda run: run.id, default=None)
    problem = question(asked) if asked is not None else problem_for(session, roster, at=now)
    plans = (Plan(inside(problem, side.pairs)) for side in (first, second))
    return Beside(problem, first, second, compare(problem, *plans), asked)


def inside(problem: Problem, pairs: frozenset[Pair]) -> frozenset[Pair]:
    """The pairs whose people and shifts the question knows."""
    return frozenset(pair for pair in pairs if pair[0] in problem.person and pair[1] in problem.shift)
