from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from volunteer_app.jobs.scheduler import beat
from volunteer_app.jobs.timetable import JOBS, run_due


def test_the_page_says_what_runs_and_what_was_done(
    session: Session, client: FlaskClient, make: Factory, clock: SetClock
) -> None:
    admin = make.person(make.community(), "admin")
    beat(session, "worker", "pc:1:abc", said="", now=clock() - timedelta(minutes=5))
    beat(session, "timetable", "pc:2:abc", said="", now=clock())
    run_due(session, now=clock())
    sign_in(client, admin)
    page = client.get("/system").get_data(as_text=True)
    assert "算排班的程序没有在运行" in page
    assert "定时任务没有在运行" not in page
    assert "前一天晚上提醒" in page
    assert "10月11日 18:00" in page  # the last evening slot before Monday 8:30
    told = client.get("/api/v1/system").get_json()
    assert {row["name"]: row["is_alive"] for row in told["processes"]} == {"worker": False, "timetable": True}


def test_health_tells_when_the_timetable_is_silent(session: Session, client: FlaskClient, clock: SetClock) -> None:
    def told() -> tuple[int, str]:
        answer = client.get("/health/timetable")
        return answer.status_code, answer.get_json()["status"]

    assert told() == (503, "silent")
    beat(session, "standby", "pc:2:abc", said="", now=clock())
    assert told() == (503, "silent")
    beat(session, "timetable", "pc:1:abc", said="", now=clock())
    assert told() == (200, "ok")
    beat(session, "timetable", "pc:3:abc", said="", now=clock() + timedelta(days=30))  # by a clock that was ahead
    clock.tick(seconds=61)
    assert told() == (503, "silent")
    assert client.get("/health").status_code == 200


def test_a_job_that_fails_again_and_again_is_named(
    session: Session, client: FlaskClient, make: Factory, clock: SetClock
) -> None:
    admin = make.person(make.community(), "admin")
    others = tuple(job for job in JOBS if job.name != "close_notices")
    sign_in(client, admin)

    def told() -> tuple[object, bool, list[str]]:
        beat(session, "timetable", "pc:1:abc", said="", now=clock())
        rows = client.get("/api/v1/system").get_json()["jobs"]
        page = client.get("/system").get_data(as_text=True)
        late = [row["job"] for row in rows if row["is_overdue"]]
        assert page.count("没有做成") == (3 if late else 0)  # the notice's title and text, the row
        return client.get("/health/timetable").get_json(), "公示到期：过了时间还没有做成" in page, late

    run_due(session, now=clock(), jobs=others)
    assert told() == ({"status": "ok"}, False, [])  # a community that has just begun
    run_due(session, now=clock.tick(minutes=10), jobs=others)
    assert told() == ({"status": "ok"}, False, [])
    run_due(session, now=clock.tick(minutes=10), jobs=others)
    assert told() == ({"status": "overdue", "jobs": ["close_notices"]}, True, ["close_notices"])
    assert client.get("/health/timetable").status_code == 503
    assert client.get("/health").status_code == 200
    run_due(session, now=clock())
    assert told() == ({"status": "ok"}, False, [])


def test_only_the_administrator_may_look(client: FlaskClient, make: Factory) -> None:
    sign_in(client, make.person(make.community(), "coordinator"))
    assert client.get("/system").status_code == 403
