from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.rosters import actions
from volunteer_app.rosters.rules import AlreadySolving, NothingToFill, NotSolving, PeriodsOverlap, PeriodTooLong

MONDAY, SUNDAY = date(2026, 10, 12), date(2026, 10, 18)


def test_asking_twice_for_a_period_waits_for_the_first_solve(session: Session, town: Town, clock: SetClock) -> None:
    town.shift()
    run = actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())
    with pytest.raises(AlreadySolving):
        actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())
    actions.stop_run(session, run.id, discard=False, actor=town.staff, now=clock())
    assert run.state == "stopped"
    with pytest.raises(NotSolving):
        actions.stop_run(session, run.id, discard=False, actor=town.staff, now=clock())
    again = actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())
    assert again.roster_id == run.roster_id


def test_periods_that_overlap_are_too_long_or_empty_are_refused(session: Session, town: Town, clock: SetClock) -> None:
    town.roster(MONDAY, SUNDAY)
    town.shift(date(2026, 10, 20))
    with pytest.raises(PeriodsOverlap, match="2026-10-12到2026-10-18"):
        actions.ask_for_roster(session, SUNDAY, date(2026, 10, 24), actor=town.staff, now=clock())
    with pytest.raises(PeriodTooLong):
        actions.ask_for_roster(session, date(2026, 11, 1), date(2027, 1, 2), actor=town.staff, now=clock())
    with pytest.raises(NothingToFill):
        actions.ask_for_roster(session, MONDAY, SUNDAY, actor=town.staff, now=clock())
