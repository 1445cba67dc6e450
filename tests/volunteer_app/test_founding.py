import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.race import race
from volunteer_app.founding import found
from volunteer_app.needs.models import ActivityKind
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.rewards.models import PointsRule
from volunteer_app.workdays.models import CalendarDay

WORDS = ["found", "youlin", "友邻社区", "--contact", "小顾", "0513-5550 0136", "--admin", "d01", "周平"]


def test_a_founded_community_has_what_it_needs_and_its_admin_can_sign_in(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    from volunteer_app.cli import found_

    told = app.test_cli_runner().invoke(found_, WORDS[1:])
    assert told.exit_code == 0, told.output
    code = told.output.strip().rsplit(" ", 1)[1]
    form = {"name": "D01", "code": code, "password": "a-long-new-sentence"}
    assert client.post("/sign-in/new-password", data=form).status_code == 303
    assert client.get("/communities").status_code == 200
    counts = [session.scalar(select(func.count(table.id))) or 0 for table in (ActivityKind, CalendarDay, PointsRule)]
    # 20 kinds of the dossier at least; 13 statutory days among the year's special days; one version of the rules
    assert counts[0] >= 20
    assert counts[1] >= 13
    assert counts[2] == 1


def test_a_community_is_founded_once(app: Flask) -> None:
    from volunteer_app.cli import found_

    runner = app.test_cli_runner()
    assert runner.invoke(found_, WORDS[1:]).exit_code == 0
    again = runner.invoke(found_, WORDS[1:])
    assert (again.exit_code, "已经有编号youlin了" in again.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["found", "x" * 40, *WORDS[2:]], "code: 请写1到20个字"),
        (["found", "youlin", " ", *WORDS[3:]], "name: 请写1到55个字"),
        ([*WORDS[:-2], "", "周平"], "admin_number: 请写1到20个字"),
        ([*WORDS[:-1], "周" * 41], "admin_name: 请写1到40个字"),
        ([*WORDS, "--gender", "X"], "'--gender'"),
    ],
)
def test_what_a_page_would_refuse_is_refused(app: Flask, session: Session, words: list[str], said: str) -> None:
    from volunteer_app.cli import found_

    told = app.test_cli_runner().invoke(found_, words[1:])
    assert (told.exit_code > 0, isinstance(told.exception, SystemExit)) == (True, True)
    assert said in told.output
    assert session.scalar(select(func.count(Community.id))) == 0


def test_the_first_administrators_gender_is_asked(app: Flask, session: Session) -> None:
    from volunteer_app.cli import found_

    assert app.test_cli_runner().invoke(found_, [*WORDS[1:], "--gender", "M"]).exit_code == 0
    assert session.scalars(select(Person.gender)).all() == ["M"]


def test_two_who_found_at_once_with_the_same_number_are_told_by_name(
    session: Session, database_url: str, clock: SetClock
) -> None:
    """Whoever loses the race for the number tries again outside of the community that he had begun."""

    def work(session: Session, number: int) -> str:
        assert session.info.get("community_id") is None
        contact, admin = ("小顾", "0513-5550 0136"), ("V001", "周平")
        return found(session, code=f"c{number}", name="友邻社区", contact=contact, admin=admin, gender="M", now=clock())

    answers = race(database_url, work, writers=2)
    assert sorted(type(answer).__name__ for answer in answers) == ["NumberTaken", "str"]
    assert session.scalar(select(func.count(Community.id))) == 1
