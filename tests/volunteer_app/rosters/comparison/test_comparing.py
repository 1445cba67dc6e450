"""Two plans of one roster side by side: the draft, published versions, solved runs."""

import pytest
from flask.testing import FlaskClient

from solver.formats import native
from solver.plan import Fairness, GoalResult, Plan, Result
from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from tests.volunteer_app.rosters.pages import text_of
from volunteer_app.core.errors import NotFound
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters.comparison import comparing
from volunteer_app.rosters.comparison.comparing import Beside
from volunteer_app.rosters.models import Roster, RosterRun
from volunteer_app.rosters.question.problem import problem_for

COVERED = GoalResult("must_cover", 0, 0, proved=True, seconds=0.1, state="proved")
FAIR = GoalResult("fairness", 0.2, 0.1, proved=False, seconds=0.1, state="gap")


class Case:
    """A week with two patrols for one person each, and two volunteers who could take both."""

    def __init__(self, town: Town, clock: SetClock) -> None:
        self.town, self.clock = town, clock
        self.roster: Roster = town.roster()
        self.morning, self.evening = town.shift(seats=1), town.shift(seats=1, starts=1080)
        self.yao, self.ren = town.volunteer("姚文娟"), town.volunteer("任锦良")

    def run(self, *pairs: tuple[Person, Shift]) -> RosterRun:
        """A finished solve with this plan."""
        plan = Plan(frozenset((str(person.id), str(shift.id)) for person, shift in pairs))
        question = problem_for(self.town.session, self.roster, at=self.clock())
        even = Fairness(0.2, 0.0, 0.2, 1.0, 0.0)
        answer = Result(plan, (COVERED, FAIR), (), (), even, 0.1, "done", seats_filled=2, seats_wanted=2)
        made = RosterRun(
            community_id=self.town.community.id,
            roster_id=self.roster.id,
            state="finished",
            asked_at=self.clock(),
            finished_at=self.clock(),
            limit_s=10,
            problem=native.to_plain(question),
            result=native.to_plain(answer),
        )
        self.town.make.save(made)
        return made

    def beside(self, one: str, other: str) -> Beside:
        today = self.clock().date()
        return comparing.beside(self.town.session, self.roster, one, other, now=self.clock(), today=today)


@pytest.fixture
def case(town: Town, clock: SetClock) -> Case:
    return Case(town, clock)


def test_the_draft_beside_the_published_version(case: Case) -> None:
    case.town.seat(case.roster, case.morning, case.yao)
    case.town.publish(case.roster)
    case.town.seat(case.roster, case.evening, case.yao)

    found = case.beside("version-1", "draft").found

    goals = {one.goal: (one.before, one.after, one.worse) for one in found.goals}
    # two of ten hours instead of none more: the second seat is filled, and Yao is busier: 4 h of 10
    assert goals["target_cover"] == (1, 0, -1)
    assert goals["fairness"] == (0.2, 0.4, 1)
    assert found.worse == -1  # the earlier goal decides
    assert [(one.person, one.added) for one in found.people] == [(str(case.yao.id), (str(case.evening.id),))]


def test_two_solves_are_judged_on_the_newer_ones_question(case: Case) -> None:
    first = case.run((case.yao, case.morning), (case.yao, case.evening))
    third = case.town.shift(seats=1, starts=840)
    second = case.run((case.yao, case.morning), (case.ren, case.evening))

    beside = case.beside(f"run-{first.id}", f"run-{second.id}")

    assert beside.asked is not None
    assert beside.asked.id == second.id
    assert str(third.id) in beside.problem.shift
    assert {one.goal: one.worse for one in beside.found.goals}["fairness"] == -1
    assert {one.person for one in beside.found.people} == {str(case.yao.id), str(case.ren.id)}


def test_codes_that_the_roster_hasnt_are_not_found(case: Case) -> None:
    for one, other in (("version-1", "draft"), ("draft", "run-999"), ("draft", "")):
        with pytest.raises(NotFound):
            case.beside(one, other)


def test_the_page_says_goals_proofs_people_and_seats(case: Case, client: FlaskClient) -> None:
    first = case.run((case.yao, case.morning), (case.yao, case.evening))
    second = case.run((case.yao, case.morning), (case.ren, case.evening))
    sign_in(client, case.town.coordinator)

    page = text_of(client, f"/roster/{case.roster.id}/compare?one=run-{first.id}&other=run-{second.id}")

    for words in ("第二张好一些", "证明过，没有更好的", "不可能好过10.0", "40% → 20%", "0% → 20%", "任锦良", "姚文娟"):
        assert words in page
    assert "选了同一张" in text_of(client, f"/roster/{case.roster.id}/compare?one=draft&other=draft")
    text_of(client, f"/roster/{case.roster.id}/compare?one=draft&other=nothing", 404)
    listed = text_of(client, f"/roster/solve?roster={case.roster.id}")
    assert f"other=run-{second.id}" in listed


def test_the_same_over_json(case: Case, client: FlaskClient) -> None:
    first = case.run((case.yao, case.morning), (case.yao, case.evening))
    second = case.run((case.yao, case.morning), (case.ren, case.evening))
    sign_in(client, case.town.coordinator)
    address = f"/api/v1/rosters/{case.roster.id}"

    plans = client.get(f"{address}/plans").get_json()
    answer = client.get(f"{address}/compare?one=run-{first.id}&other=run-{second.id}").get_json()

    assert [plan["code"] for plan in plans] == ["draft", f"run-{second.id}", f"run-{first.id}"]
    assert (answer["worse"], answer["asked_run_id"]) == (-1, second.id)
    assert {"person_id": case.ren.id, "added": [case.evening.id]}.items() <= answer["people"][1].items()
    assert client.get(f"{address}/compare?one=draft").status_code == 422
    assert client.get(f"{address}/compare?one=draft&other=run-0").status_code == 404
