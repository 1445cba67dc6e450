"""A roster is asked for, solved with a live line, published, answered; three people can't come and are covered."""

import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.demo.stage import Stage, moment
from volunteer_app.needs import actions as needs
from volunteer_app.needs import recurring
from volunteer_app.needs.plans import NeedEntry, SeriesPlan
from volunteer_app.needs.queries import kind_of
from volunteer_app.people.models import Recipient
from volunteer_app.rosters import actions as rosters
from volunteer_app.rosters import queries
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.models import Roster, RosterRun
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.rosters.runs.running import solve_now

CANT_COME = (("daily_patrol", "10-20", "G1"), ("daily_patrol", "10-21", "G3"), ("weekly_cleanup", "10-24", "G2"))
NOVEMBER_TUESDAY, NOVEMBER_END = date(2026, 11, 10), date(2026, 11, 30)
ACCOMPANIED = 5
"""The visited elder who sees the doctor every week."""
GOALS = {
    "must_cover": "must-cover seats",
    "target_cover": "all seats",
    "safety": "safety",
    "participation": "a turn for everybody",
    "fairness": "fairness",
    "wishes": "wishes",
    "continuity": "continuity",
    "fewest_changes": "fewest changes",
}


@dataclass(slots=True)
class LiveLine:
    """One line of progress on the terminal: goal, best value, bound, gap, seconds; a plain line a goal elsewhere."""

    last: str = ""
    is_terminal: bool = field(default_factory=sys.stdout.isatty)

    def show(self, told: dict[str, Any]) -> None:
        line = (
            f"  {GOALS[told['goal']]:<17} best {told['value']:g}  bound {told['bound']:g}"
            f"  gap {abs(told['value'] - told['bound']):g}  {told['seconds']:.1f} s"
            f"  ({told['seats_filled']}/{told['seats_wanted']} seats)"
        )
        if self.is_terminal:
            sys.stdout.write(f"\r\033[K{line}")
        elif told["goal"] != self.last:
            sys.stdout.write(f"{line}\n")
        self.last = told["goal"]
        sys.stdout.flush()

    def end(self) -> None:
        if self.is_terminal:
            sys.stdout.write("\r\033[K")


def make_roster(stage: Stage, from_on: date, to_on: date, *, at: datetime, limit_s: int) -> RosterRun:
    """Asks, solves in the solver's own process, and applies; returns the finished run."""
    session, who = stage.session, stage.founded.coordinator
    run = stage.write(lambda: rosters.ask_for_roster(session, from_on, to_on, limit_s=limit_s, actor=who, now=at))
    return solve_live(session, run.id, at=at)


def solve_live(session: Session, run_id: int, *, at: datetime) -> RosterRun:
    """Solves a queued run in the solver's own process with the live line, and applies it; returns the finished run."""
    line = LiveLine()
    state = solve_now(session, run_id, clock=lambda: at, worker="demo", on_progress=line.show)
    line.end()
    if state != "finished":
        raise RuntimeError(f"the roster run ended as {state}")
    return runs.roster_run(session, run_id)


def publish(stage: Stage, roster_id: int, at: datetime) -> int:
    """Publishes the draft; returns its version."""
    made = stage.write(lambda: rosters.publish(stage.session, roster_id, actor=stage.founded.coordinator, now=at))
    return made.version


def answer_all(stage: Stage, roster: Roster, at: datetime) -> int:
    """Everybody who has been told says yes, each through the own channel; returns how many."""
    session = stage.session

    def work() -> int:
        told = [seat for seat in queries.draft_seats(session, roster.id) if seat.state == "notified"]
        for seat in told:
            rosters.accept(session, seat.id, actor=stage.voice(seat.person), now=at)
        return len(told)

    return stage.write(work)


def cover_three(stage: Stage, roster_id: int) -> int:
    """Three people can't come after all; the first who may take each seat takes it, and version 2 says so."""
    session, declined_at, covered_at = stage.session, moment("10-18 19:30"), moment("10-19 09:10")
    for kind, day, area in CANT_COME:
        seat = stage.seats(kind, day, area=area)[0]
        seat_id, who = seat.id, stage.voice(seat.person)
        stage.write(partial(rosters.decline, session, seat_id, reason="home", actor=who, now=declined_at))

        def cover(seat_id: int = seat_id) -> None:
            found = queries.assignment(session, seat_id)
            case = judging.case_of(session, queries.roster(session, roster_id), now=covered_at)
            best = next(row for row in judging.candidates(case, found.shift_id) if row.against is None)
            rosters.replace(session, seat_id, person_id=best.person_id, actor=stage.founded.coordinator, now=covered_at)

        stage.write(cover)
    version = publish(stage, roster_id, covered_at)
    answer_all(stage, queries.roster(session, roster_id), covered_at)
    return version


def accompany(stage: Stage) -> None:
    """From November on somebody is taken to the hospital every Tuesday and brought home: one task in two parts."""
    session, who, at = stage.session, stage.founded.coordinator, moment("11-06 18:00")

    def work() -> None:
        visited = session.scalars(select(Recipient).where(Recipient.number == ACCOMPANIED)).one()
        entry = NeedEntry(
            title="陪去区医院复查",
            kind_id=kind_of(session, "errand").id,
            source="visit",
            grid_id=visited.grid_id,
            place="区医院",
            recipient_id=visited.id,
            handler_id=who.person_id,
            note="送到诊室，看完接回家",
        )
        need = needs.add_need(session, entry, actor=who, now=at)
        there, back = ((8 * 60 + 30, 9 * 60 + 30), (11 * 60 + 30, 12 * 60 + 30))
        plan = SeriesPlan("FREQ=WEEKLY;BYDAY=TU", NOVEMBER_TUESDAY, *there, 1, 1, 1, later_legs=(back,))
        recurring.add_series(session, need.id, plan, actor=who, now=at)
        needs.verify(session, need.id, actor=who, now=at)

    stage.write(work)


def extend_november(stage: Stage) -> None:
    """The timetable's own work: the recurring needs of November become shifts."""
    who, at = stage.founded.coordinator, moment("11-06 18:30")
    stage.write(
        lambda: recurring.extend_series(stage.session, stage.founded.community_id, NOVEMBER_END, actor=who, now=at)
    )
