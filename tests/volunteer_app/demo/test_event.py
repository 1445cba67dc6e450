"""An event's own file of needs, 300 invented volunteers, one roster: nothing in the product was made for it."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.demo.event import roster_event
from volunteer_app.rosters.models import Assignment

EVENT = Path(__file__).parents[4] / "shared" / "data" / "fosdem" / "fosdem_volunteer_tasks.csv"
SMALL = Path(__file__).parents[2] / "cases" / "event.csv"
DAY0 = date(2027, 1, 30)


def seats_of(session: Session) -> int:
    return session.scalar(select(func.count(Assignment.id))) or 0


def test_a_small_event_is_filled(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """Three tasks want 2 + 1 + 2 = 5 people for 2, 4 and 3 hours: 2*2 + 1*4 + 2*3 = 14 person-hours.

    40 people who are free on one day at least of the two can't leave a seat of these empty: no task overlaps another.
    """
    run = roster_event(session, SMALL, day0=DAY0, number=40, seconds=5)
    assert run.result is not None
    assert "3 shifts, 14 person-hours" in capsys.readouterr().out
    assert (run.result["seats_filled"], run.result["seats_wanted"], seats_of(session)) == (5, 5, 5)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_large_event_has_its_least_people_everywhere(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """On one database: what size asks of the solver doesn't depend on it; the small event shows both.

    130 tasks, 625 target seats, 2 354 hours (source: data/README.md); 300 people can give every task its least."""
    if not EVENT.exists():
        pytest.skip(f"the event's file is not here: {EVENT.name}")
    run = roster_event(session, EVENT, day0=DAY0, number=300, seconds=12)
    assert run.result is not None
    assert "130 shifts, 2354 person-hours" in capsys.readouterr().out
    goals = {goal["name"]: goal for goal in run.result["goals"]}
    missing = sum(gap["missing"] for gap in run.result["gaps"])
    assert run.result["seats_wanted"] == 625
    assert run.result["seats_filled"] + missing == 625
    assert run.result["seats_filled"] == seats_of(session)
    assert goals["must_cover"]["value"] == 0
