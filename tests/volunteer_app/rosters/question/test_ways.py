"""A coordinator notes that two posts are 40 minutes apart: nobody is seated at both with half an hour between."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.places import queries as places
from volunteer_app.places.models import Post
from volunteer_app.rosters import actions
from volunteer_app.rosters.question.problem import problem_for
from volunteer_app.rosters.rules import BreaksRule

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What doesn't depend on the database says nothing more on the second."""


@ON_ONE
def test_nobody_is_seated_where_the_way_takes_too_long(
    client: FlaskClient, session: Session, town: Town, clock: SetClock
) -> None:
    river = Post(community_id=town.community.id, area_id=town.grid.id, name="新桥中心河")
    town.make.save(river)
    sign_in(client, town.coordinator)
    way = {"post_id": river.id, "other_id": town.post.id, "minutes": 40}
    assert client.post("/ways", data=way | {"minutes": 35}).status_code == 303
    assert client.put("/api/v1/ways", json=way).status_code == 200  # the other way round is the same way
    shown = client.get("/ways").get_data(as_text=True)
    assert shown.count("40分钟") == 1
    assert "35分钟" not in shown
    refused = client.post("/ways", data=way | {"other_id": river.id})
    assert refused.status_code == 422
    assert "两个点位要不一样" in refused.get_data(as_text=True)

    before = town.roster(date(2026, 10, 5), date(2026, 10, 11))
    town.seat(before, town.shift(date(2026, 10, 11)), town.volunteer("郑翠萍"), state="confirmed")
    roster, yao = town.roster(), town.volunteer("姚文娟")
    morning, later = town.shift(), town.shift(starts=630 + 35, post_id=river.id)  # 8:30 to 10:30, and from 11:05
    session.expire_all()
    town.seat(roster, morning, yao)
    problem = problem_for(session, roster, at=clock())
    assert problem.way_min[problem.shift[str(morning.id)].place, problem.shift[str(later.id)].place] == 40
    assert [one.place for person in problem.people for one in person.held] == [f"post:{town.post.id}"]
    with pytest.raises(BreaksRule, match="姚文娟从一处到另一处，路上来不及"):
        actions.fill(session, later.id, person_id=yao.id, actor=town.staff, now=clock())

    client.post("/ways", data=way | {"minutes": 0})
    session.expire_all()
    assert places.ways(session) == []
    actions.fill(session, later.id, person_id=yao.id, actor=town.staff, now=clock())
