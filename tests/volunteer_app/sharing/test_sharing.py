"""Households that pool, the care pool, the score wall, points of who has left."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from tests.race import race
from tests.volunteer_app.attendance.factory import Month
from volunteer_app.attendance import queries as attendance
from volunteer_app.core.audit import AuditEvent
from volunteer_app.erasing.forgetting import erase
from volunteer_app.ledger import actions as ledger
from volunteer_app.ledger.models import Proposal, Txn
from volunteer_app.ledger.rules import NotEnoughPoints, load_text
from volunteer_app.ledger.verify import verify
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.people.models import Person
from volunteer_app.rewards.putting_right import NotForOneself
from volunteer_app.sharing import actions, households, queries, rules


class Home:
    """A grandmother with 60 points, her son with none, and staff of two."""

    def __init__(self, session: Session, clock: SetClock, make: Factory) -> None:
        self.month = Month(session, clock, make)
        self.head = self.month.volunteer(name="姚文娟")
        self.son = self.month.volunteer(name="姚建国")
        self.admin = make.person(self.month.community, "admin", name="周平")
        self.later = clock() + timedelta(days=400)
        self.month.write(
            ledger.issue, to=f"person:{self.head.id}", points=60, cause="a", reason="x", expires_at=self.later
        )

    def together(self) -> None:
        self.month.write(households.live_together, self.head.id, self.son.id)
        self.month.write(actions.open_pool, by=self.head)

    def has(self, person: Person) -> int:
        return self.month.balance(person).available

    def in_pool(self) -> int:
        self.month.session.rollback()
        person = self.month.session.get_one(Person, self.head.id)
        found = queries.home_of(self.month.session, person, now=self.month.clock())
        assert found is not None
        return found.points

    def approve(self, client: FlaskClient) -> int:
        """The administrator approves what waits; the status that he gets."""
        self.month.session.rollback()
        proposal = self.month.session.query(Proposal).filter_by(state="waiting").one()
        sign_in(client, self.admin)
        return client.post(f"/books/proposals/{proposal.id}/approve").status_code

    def says(self) -> str:
        """What the books give as the reason of their last entry."""
        last = self.month.session.query(Txn).order_by(Txn.seq.desc()).first()
        assert last is not None
        return str(load_text(last.reason))


@pytest.fixture
def home(session: Session, clock: SetClock, make: Factory) -> Home:
    return Home(session, clock, make)


def test_a_household_pools_once_its_head_agrees(home: Home) -> None:
    with pytest.raises(rules.NoHousehold):
        home.month.write(actions.open_pool, by=home.head)
    home.month.write(households.live_together, home.head.id, home.son.id)
    with pytest.raises(rules.PoolNotOpen):
        home.month.write(actions.give_home, 20, cause="g", by=home.head)
    home.month.write(actions.open_pool, by=home.head)
    with pytest.raises(rules.NotTheHead):
        home.month.write(actions.end_pool, by=home.son)

    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    home.month.write(actions.take_from_home, 15, cause="t", by=home.son)

    assert (home.has(home.head), home.in_pool(), home.has(home.son)) == (40, 5, 15)
    with pytest.raises(NotEnoughPoints):
        home.month.write(actions.take_from_home, 6, cause="t2", by=home.son)
    with pytest.raises(rules.PoolNotEmpty):
        home.month.write(actions.end_pool, by=home.head)
    home.month.write(actions.take_from_home, 5, cause="t3", by=home.head)
    home.month.write(actions.end_pool, by=home.head)
    with pytest.raises(rules.PoolNotOpen):
        home.month.write(actions.give_home, 1, cause="g2", by=home.head)


def test_a_household_with_points_is_not_given_up(home: Home, client: FlaskClient) -> None:
    home.together()
    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    aunt = home.month.volunteer(name="姚秀英")
    home.month.write(households.live_together, aunt.id, home.month.volunteer(name="吴根生").id)
    sign_in(client, home.month.gu)
    answer = client.post(f"/people/{aunt.id}/household", data={"who": home.son.number})
    assert answer.status_code == 409
    assert "那一家合着用的账上还有20分，请先取出来。" in answer.get_data(as_text=True)
    over_json = client.post(f"/api/v1/people/{aunt.id}/household", json={"other_id": home.son.id})
    assert over_json.get_json()["code"] == "PointsLeftBehind"

    home.month.write(actions.take_from_home, 20, cause="t", by=home.head)
    joined = home.month.write(households.live_together, aunt.id, home.son.id)
    assert {one.name for one in queries.present_in(home.month.session, joined.id)} == {
        *("姚秀英", "吴根生", "姚建国", "姚文娟")
    }


def test_a_household_is_given_up_or_gets_points_never_both(home: Home, database_url: str) -> None:
    home.together()
    aunt = home.month.volunteer(name="姚秀英")
    home.month.write(households.live_together, aunt.id, home.month.volunteer(name="吴根生").id)
    ids, now = (aunt.id, home.son.id), home.month.clock()
    head, gu = home.month.actor(home.head), home.month.actor(home.month.gu)

    def press(session: Session, number: int) -> str:
        if number:
            actions.give_home(session, 5, cause="g", actor=head, now=now)
            return "given"
        households.live_together(session, *ids, actor=gu, now=now)
        return "joined"

    said = {one if isinstance(one, str) else one.code for one in race(database_url, press, writers=2)}
    assert said in ({"given", "PointsLeftBehind"}, {"joined", "PoolNotOpen"})


def test_a_pool_rests_until_its_head_has_agreed_to_a_newcomer(home: Home, client: FlaskClient) -> None:
    home.together()
    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    stranger = home.month.volunteer(name="刘志强")
    sign_in(client, home.month.gu)
    assert client.post(f"/people/{home.son.id}/household", data={"who": stranger.number}).status_code == 303

    for person in (stranger, home.son, home.head):
        with pytest.raises(rules.PoolNotOpen):
            home.month.write(actions.take_from_home, 5, cause=f"t{person.id}", by=person)
        with pytest.raises(rules.PoolNotOpen):
            home.month.write(actions.give_home, 5, cause=f"g{person.id}", by=home.head)
    with pytest.raises(rules.NotTheHead):
        home.month.write(actions.open_pool, by=stranger)
    [told] = home.month.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "household"))
    assert (told.person_id, told.values["name"]) == (home.head.id, "刘志强")

    sign_in(client, home.head)
    page = client.get("/my/household").get_data(as_text=True)
    assert "家里账上的积分先停着" in page
    assert ">20<" in page
    assert client.post("/my/household/pool").status_code == 303
    home.month.write(actions.take_from_home, 20, cause="t", by=stranger)
    assert home.in_pool() == 0


def test_nobody_joins_points_that_have_no_head(home: Home) -> None:
    home.together()
    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    home.month.write(actions.leave, home.head.id, "deceased", date(2026, 10, 12))
    stranger = home.month.volunteer(name="刘志强")
    with pytest.raises(rules.NobodyToAgree):
        home.month.write(households.live_together, home.son.id, stranger.id)
    home.month.write(actions.open_pool, by=home.son)
    home.month.write(households.live_together, home.son.id, stranger.id)
    with pytest.raises(rules.NotTheHead):
        home.month.write(actions.open_pool, by=stranger)


@pytest.mark.parametrize("staff", ["gu", "admin"])
def test_who_was_written_down_wrongly_is_taken_out_again(home: Home, client: FlaskClient, staff: str) -> None:
    home.together()
    stranger = home.month.volunteer(name="刘志强")
    household = home.month.write(households.live_together, home.son.id, stranger.id)
    sign_in(client, home.month.gu if staff == "gu" else home.admin)
    page = f"/people/{stranger.id}/household"
    assert "刘志强不住在一起了" in client.get(page).get_data(as_text=True)
    assert client.post(f"{page}/end").status_code == 303
    assert home.month.session.get_one(Person, stranger.id).household_id is None
    [written] = home.month.session.scalars(select(AuditEvent).where(AuditEvent.verb == "live_apart"))
    assert (written.subject, written.acting_for_id) == (f"household:{household.id}", stranger.id)
    over_json = client.post(f"/api/v1/people/{home.son.id}/household/end")
    assert (over_json.status_code, over_json.get_json()["id"]) == (200, household.id)
    assert client.post(f"/api/v1/people/{home.son.id}/household/end").get_json()["code"] == "NoHousehold"


def test_nobody_moves_out_of_a_pool_that_needs_him(home: Home, client: FlaskClient) -> None:
    home.together()
    with pytest.raises(rules.StillNeeded):  # open, although nothing is in it
        home.month.write(households.live_apart, home.head.id)
    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    sign_in(client, home.month.gu)
    refused = client.post(f"/people/{home.head.id}/household/end")
    assert refused.status_code == 409
    assert "请先把账上的20分取出来，停了合着用" in refused.get_data(as_text=True)

    home.month.write(actions.leave, home.head.id, "deceased", date(2026, 10, 12))
    with pytest.raises(rules.StillNeeded):  # the last one who can take the points out
        home.month.write(households.live_apart, home.son.id)
    home.month.write(actions.take_from_home, 20, cause="t", by=home.son)
    home.month.write(households.live_apart, home.son.id)


def test_nobody_takes_himself_or_his_own_out_of_the_household(home: Home) -> None:
    home.month.write(households.live_together, home.month.gu.id, home.son.id, by=home.month.shen)
    for person in (home.month.gu, home.son):
        with pytest.raises(NotForOneself):
            home.month.write(households.live_apart, person.id)


def test_writing_down_what_is_known_pauses_nothing(home: Home) -> None:
    home.together()
    home.month.write(households.live_together, home.son.id, home.head.id)
    home.month.write(actions.give_home, 20, cause="g", by=home.head)


@pytest.mark.parametrize("whom", ["himself", "wife"])
def test_nobody_writes_himself_into_a_household(home: Home, client: FlaskClient, whom: str) -> None:
    wife = home.month.volunteer(name="陈玉兰")
    home.month.write(households.live_together, wife.id, home.month.gu.id, by=home.month.shen)
    joining = home.month.gu if whom == "himself" else wife
    for person, other in ((home.head, joining), (joining, home.head)):
        with pytest.raises(NotForOneself):
            home.month.write(households.live_together, person.id, other.id)
    sign_in(client, home.month.gu)
    assert client.post(f"/people/{home.head.id}/household", data={"who": joining.number}).status_code == 409


def test_a_pool_that_is_ended_while_somebody_gives_is_empty(home: Home, database_url: str) -> None:
    home.together()
    now, head, son = home.month.clock(), home.month.actor(home.head), home.month.actor(home.son)
    home.month.write(ledger.issue, to=f"person:{home.son.id}", points=60, cause="b", reason="x", expires_at=home.later)

    for turn in range(5):

        def press(session: Session, number: int, turn: int = turn) -> str:
            if number:
                actions.give_home(session, 5, cause=f"g{turn}", actor=son, now=now)
                return "given"
            actions.end_pool(session, actor=head, now=now)
            return "ended"

        said = {one if isinstance(one, str) else one.code for one in race(database_url, press, writers=2)}

        assert said in ({"given", "PoolNotEmpty"}, {"ended", "PoolNotOpen"})
        assert home.in_pool() == (5 if "given" in said else 0)
        if "given" in said:
            home.month.write(actions.take_from_home, 5, cause=f"t{turn}", by=home.head)
        else:
            home.month.write(actions.open_pool, by=home.head)


@pytest.mark.parametrize("gone", ["deceased", "moved", "erased"])
def test_the_son_takes_the_place_of_a_head_who_is_gone(home: Home, gone: str) -> None:
    home.together()
    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    if gone == "erased":
        home.month.write(erase, home.head.id, by=home.admin)
    else:
        home.month.write(actions.leave, home.head.id, gone, date(2026, 10, 12))

    with pytest.raises(rules.PoolNotEmpty):
        home.month.write(actions.end_pool, by=home.son)
    home.month.write(actions.take_from_home, 20, cause="t", by=home.son)
    assert home.month.write(actions.end_pool, by=home.son).head_id == home.son.id
    assert home.month.write(actions.open_pool, by=home.son).is_open


def test_an_estate_is_taken_out_although_the_pool_was_ended_before(home: Home, client: FlaskClient) -> None:
    home.together()
    home.month.write(actions.end_pool, by=home.head)
    home.month.write(actions.leave, home.head.id, "deceased", date(2026, 10, 12))
    home.month.write(actions.propose_estate, home.head.id, True, "儿子来办")
    assert home.approve(client) == 303

    sign_in(client, home.son)
    page = client.get("/my/household").get_data(as_text=True)
    assert "家里账上的积分先停着，户主同意了才能放、才能取。" in page
    assert "我是户主，同意合着用" in page
    assert client.post("/my/household/pool").status_code == 303
    assert client.post("/my/household/take", data={"points": "60"}).status_code == 303
    assert (home.has(home.son), home.in_pool()) == (60, 0)


def test_an_estate_goes_to_nobodys_household(home: Home) -> None:
    home.together()
    for person in (home.head, home.son):
        home.month.write(actions.leave, person.id, "moved", date(2026, 10, 12))
    with pytest.raises(rules.NobodyAtHome):
        home.month.write(actions.propose_estate, home.head.id, True, "x")
    home.month.write(actions.propose_estate, home.head.id, False, "x")


def test_pooled_points_run_out_when_they_would_have(home: Home) -> None:
    home.together()
    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    home.month.write(actions.take_from_home, 20, cause="t", by=home.son)
    home.month.clock.moment = home.later - timedelta(seconds=1)
    assert home.has(home.son) == 20
    home.month.clock.moment = home.later
    assert home.has(home.son) == 0


def test_a_stranger_takes_nothing_from_a_household(home: Home, client: FlaskClient) -> None:
    home.together()
    home.month.write(actions.give_home, 20, cause="g", by=home.head)
    stranger = home.month.volunteer(name="刘志强")
    sign_in(client, stranger)
    answer = client.post("/my/household/take", data={"points": "5"})
    assert answer.status_code == 409
    assert "还没有登记一家人" in answer.get_data(as_text=True)
    assert home.in_pool() == 20


def test_one_press_is_one_gift(home: Home, client: FlaskClient) -> None:
    home.together()
    sign_in(client, home.head)
    for _ in range(2):
        assert client.post("/my/household/give", data={"points": "10", "once_key": "k1"}).status_code == 303
    assert (home.has(home.head), home.in_pool()) == (50, 10)
    bad = client.post("/my/household/give", data={"points": "-3"})
    assert bad.status_code == 422
    assert (home.has(home.head), home.in_pool()) == (50, 10)


def test_the_care_pool_is_given_out_by_two_people(home: Home, client: FlaskClient) -> None:
    home.month.write(actions.donate, 30, cause="d", by=home.head)
    elder = home.month.volunteer(name="吴秀英")
    sign_in(client, home.month.gu)
    asked = {"who": elder.number, "points": "25", "reason": "腿脚不便"}
    assert client.post("/wall/care", data=asked).status_code == 303
    assert home.has(elder) == 0
    assert home.approve(client) == 303
    assert home.has(elder) == 25
    assert queries.care_points(home.month.session, home.month.community.id, now=home.month.clock()) == 5
    assert home.says() == "爱心池给的"
    assert home.month.session.query(Proposal).one().reason == "腿脚不便"
    assert verify(home.month.session, home.month.community.id) == []


def test_staff_give_nothing_of_the_pool_to_their_household(home: Home) -> None:
    home.month.write(actions.donate, 30, cause="d", by=home.head)
    home.month.write(households.live_together, home.month.gu.id, home.son.id, by=home.month.shen)
    with pytest.raises(NotForOneself):
        home.month.write(actions.propose_care, home.son.id, 5, "x", by=home.month.gu)


def test_a_collective_scores_on_the_wall(home: Home, client: FlaskClient) -> None:
    sign_in(client, home.month.gu)
    assert client.post("/wall/collectives", data={"name": "3号楼2单元", "kind": "stairwell"}).status_code == 303
    again = client.post("/wall/collectives", data={"name": "3号楼2单元", "kind": "team"})
    assert again.status_code == 422
    (row,) = queries.wall(home.month.session, home.month.community.id, now=home.month.clock())
    asked = {"collective_id": row.collective.id, "points": "40", "reason": "楼道没有堆物"}
    assert client.post("/wall/scores", data=asked).status_code == 303
    assert home.approve(client) == 303
    sign_in(client, home.son)
    page = client.get("/wall").get_data(as_text=True)
    assert "3号楼2单元" in page
    assert ">40<" in page


@pytest.mark.parametrize(
    ("left_on", "last"),
    [
        (date(2026, 10, 12), date(2027, 4, 12)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2026, 6, 30), date(2026, 12, 30)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_of_the_month(left_on: date, last: date) -> None:
    assert rules.last_day_of_estate(left_on) == last


def test_points_of_who_died_go_to_the_household_and_hours_stay(home: Home, client: FlaskClient) -> None:
    home.month.served(home.head)
    minutes = attendance.minutes_of(home.month.session, home.head.id)
    home.month.write(households.live_together, home.head.id, home.son.id)
    home.month.write(actions.open_pool, by=home.son)
    sign_in(client, home.month.gu)
    page = f"/people/{home.head.id}"
    assert client.post(f"{page}/departure", data={"kind": "deceased", "left_on": "2026-10-12"}).status_code == 303
    assert client.post(f"{page}/departure", data={"kind": "moved", "left_on": "2026-10-12"}).status_code == 409
    assert client.post(f"{page}/estate", data={"target": "household", "reason": "儿子来办"}).status_code == 303
    assert home.approve(client) == 303
    assert (home.has(home.head), home.in_pool(), home.says()) == (0, 60, "放到家里账上")
    assert attendance.minutes_of(home.month.session, home.head.id) == minutes == 120
    assert client.post("/sign-in", data={"name": home.head.number, "password": "yuelai-2026"}).status_code == 422


@pytest.mark.parametrize("left_on", ["2026-10-13", "9999-12-31", "1999-12-31"])
def test_nobody_has_left_on_a_day_to_come_or_before_2000(home: Home, client: FlaskClient, left_on: str) -> None:
    sign_in(client, home.month.gu)
    answer = client.post(f"/people/{home.son.id}/departure", data={"kind": "moved", "left_on": left_on})
    assert answer.status_code == 422
    assert str(rules.DayUnlikely()) in answer.get_data(as_text=True)
    assert home.month.session.get_one(Person, home.son.id).state == "active"


def test_today_is_the_communitys_own_day(home: Home) -> None:
    home.month.at("0:10", date(2026, 10, 13))
    assert home.month.write(actions.leave, home.son.id, "moved", date(2026, 10, 13)).left_on == date(2026, 10, 13)


def test_after_six_months_nothing_is_passed_on(home: Home) -> None:
    home.month.write(actions.leave, home.head.id, "moved", date(2026, 10, 12))
    home.month.at("9:00", date(2027, 4, 13))
    with pytest.raises(rules.EstateOver, match="2027-04-12"):
        home.month.write(actions.propose_estate, home.head.id, False, "x")
    home.month.at("9:00", date(2027, 4, 12))
    home.month.write(actions.propose_estate, home.head.id, False, "x")


def test_gifts_over_json_are_booked_once_per_key(home: Home, client: FlaskClient) -> None:
    home.together()
    sign_in(client, home.head)
    key = {"Idempotency-Key": "gift-1"}
    first = client.post("/api/v1/my/household/give", json={"points": 10}, headers=key)
    again = client.post("/api/v1/my/household/give", json={"points": 10}, headers=key)
    other = client.post("/api/v1/my/household/give", json={"points": 11}, headers=key)
    assert (first.status_code, again.json, other.status_code) == (201, first.json, 409)
    assert client.get("/api/v1/my/household").json == {"has_household": True, "pools": True, "points": 10}
    assert client.post("/api/v1/care-pool/gifts", json={"points": 51}).status_code == 409
    assert client.get("/api/v1/wall").json == {"collectives": [], "care_pool": 0}


def test_a_household_is_written_down_and_pools_over_json(home: Home, client: FlaskClient) -> None:
    sign_in(client, home.head)
    assert client.post("/api/v1/my/household/pool").status_code == 409  # lives alone, as far as is known
    assert client.post(f"/api/v1/people/{home.head.id}/household", json={"other_id": home.son.id}).status_code == 403
    sign_in(client, home.month.gu)
    made = client.post(f"/api/v1/people/{home.head.id}/household", json={"other_id": home.son.id})
    assert (made.status_code, set(made.get_json())) == (201, {"id", "code"})
    assert client.post(f"/api/v1/people/{home.head.id}/household", json={"other_id": "x"}).status_code == 422

    sign_in(client, home.head)
    assert client.post("/api/v1/my/household/pool").get_json()["head_id"] == home.head.id
    assert client.get("/api/v1/my/household").get_json()["pools"] is True
    assert client.post("/api/v1/my/household/pool/end").get_json()["ended_at"] is not None
    assert client.post("/api/v1/my/household/pool/end").status_code == 409
