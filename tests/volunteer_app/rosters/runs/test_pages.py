"""Asking for a roster, and the page of a solve."""

import re

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import text_of
from volunteer_app.rosters import actions
from volunteer_app.rosters.models import RosterRun


def test_asking_for_a_roster_queues_a_run_and_shows_its_page(town: Town, client: FlaskClient, session: Session) -> None:
    town.shift()
    sign_in(client, town.coordinator)
    assert "排哪几天的班？" in text_of(client, "/roster/solve")
    data = {"from_on": "2026-10-12", "to_on": "2026-10-18", "limit_s": "60"}
    answer = client.post("/roster/solve", data=data)
    run = session.query(RosterRun).one()
    assert answer.headers["Location"] == f"/roster/runs/{run.id}"
    assert "排上队了" in text_of(client, f"/roster/runs/{run.id}")
    again = client.post("/roster/solve", data=data)
    assert again.status_code == 409
    assert "这张表正在排" in again.get_data(as_text=True)
    wrong = client.post("/roster/solve", data=data | {"to_on": "2026-10-01"})
    assert wrong.status_code == 422
    assert "最后一天比第一天早" in wrong.get_data(as_text=True)


def running(town: Town, clock: SetClock) -> RosterRun:
    """A run of the week that a worker has taken up."""
    town.shift()
    roster = town.roster()
    run = actions.ask_for_roster(town.session, roster.from_on, roster.to_on, actor=town.staff, now=clock())
    run.state, run.started_at, run.attempts = "running", clock(), 1
    return run


def test_the_dots_of_people_above_their_limit_lie_within_the_picture(
    town: Town, client: FlaskClient, session: Session, clock: SetClock
) -> None:
    run = running(town, clock)
    shares = [0.5] * 40 + [1.1]  # hard turns weigh half as much again
    run.progress = {"goal": "fairness", "seats_filled": 2, "seats_wanted": 2, "goals": {}, "shares": shares}
    session.commit()
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster/runs/{run.id}")
    assert "所以有人超过100%" in page
    places = [
        (float(x), float(y))
        for x, y in re.findall(r'<circle class="y-dot-after" cx="([0-9.]+)" cy="(-?[0-9.]+)"', page)
    ]
    assert len(places) == 41
    # the scale ends at the next quarter, 125 %: from 30 to 570 that is 246 and 505.2, in steps of a fiftieth
    assert {x for x, _ in places} == {246.0, 505.2}
    # forty on one another are no higher than the picture's 160
    assert min(y for _, y in places) >= 0
    (height,) = re.findall(r'viewBox="0 0 600 (\d+)"', page)
    assert int(height) < 260
    assert "125" in page[page.index("y-dot-scale") :]


def test_progress_shows_goals_with_value_bound_and_gap(
    town: Town, client: FlaskClient, session: Session, clock: SetClock
) -> None:
    run = running(town, clock)
    goal = {"value": 0.61, "bound": 0.588, "proved": False, "seconds": 33.1}
    done = {"value": 0, "bound": 0, "proved": True, "seconds": 1.2}
    run.progress = {
        "goal": "fairness",
        "seats_filled": 2,
        "seats_wanted": 2,
        "goals": {"must_cover": done, "fairness": goal},
        "shares": [0.31, 0.61],
    }
    session.commit()
    sign_in(client, town.coordinator)
    page = text_of(client, f"/roster/runs/{run.id}")
    for words in (
        "座位全排满了：2 / 2。",
        "61.0",
        "58.8",
        "已证明最好",
        "正在算",
        "排在后面",
        'data-refresh="5"',
        "31",
    ):
        assert words in page, words
