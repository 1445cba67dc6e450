"""After publishing: the smallest change is proposed, looked at, accepted; only those whom it touches are told."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factory import sign_in
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from volunteer_app.availability.models import Away
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.models import Assignment, Roster, RosterRun
from volunteer_app.rosters.repairs.actions import Absence
from volunteer_app.rosters.rules import DraftOpen, NothingToFill, NotPublished, ProposalOld
from volunteer_app.rosters.runs import claims
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.rosters.runs.running import solve_now


class Week:
    """Yao patrols on Tuesday and Wednesday, Ren on Tuesday; Zheng is free, and has nothing yet."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.roster = town.roster()
        self.tuesday = town.shift()
        self.wednesday = town.shift(TUESDAY + timedelta(days=1), seats=1)
        self.yao, self.ren = town.volunteer("姚文娟"), town.volunteer("任锦良", shifts=1)
        self.zheng = town.volunteer("郑翠萍")
        for shift, person in ((self.tuesday, self.yao), (self.tuesday, self.ren), (self.wednesday, self.yao)):
            town.seat(self.roster, shift, person)
        town.publish(self.roster)

    def ask(self, *absences: Absence) -> RosterRun:
        run = actions.ask_for_repair(
            self.town.session,
            self.roster.id,
            absences=absences,
            actor=self.town.staff,
            now=self.town.make.clock(),
        )
        self.town.session.commit()
        return run

    def proposed(self, *absences: Absence) -> RosterRun:
        run = self.ask(*absences)
        assert solve_now(self.town.session, run.id, clock=self.town.make.clock) == "finished"
        return run

    def answered(self, run: RosterRun, *new: tuple[Person, Shift]) -> RosterRun:
        """The run as a worker leaves it that has found these seats; quicker than solving."""
        session, now = self.town.session, self.town.make.clock()
        claims.claim(session, worker="test", now=now, run_id=run.id)
        problem = claims.build(session, run, now=now)
        seats = [*(problem.previous or ()), *((str(person.id), str(shift.id)) for person, shift in new)]
        answer = {"plan": seats, "steps": [], "gaps": {}, "seconds": 0.1}
        claims.finish(session, run.id, answer, worker="test", now=now)
        session.commit()
        return run

    def yao_is_ill(self) -> Absence:
        return Absence(self.yao.id, TUESDAY, TUESDAY + timedelta(days=1))

    def coming(self) -> set[tuple[int, str]]:
        seats = queries.draft_seats(self.town.session, self.roster.id)
        return {(seat.shift_id, seat.person.name) for seat in seats if seat.state != "seeking"}


@pytest.fixture
def week(town: Town) -> Week:
    return Week(town)


def told(session: Session, since: int) -> set[str]:
    """Names of those who got a message after the one with that id."""
    rows = session.execute(
        select(Person.name).join(OutboxMessage, OutboxMessage.person_id == Person.id).where(OutboxMessage.id > since)
    )
    return {row.name for row in rows}


def last_message(session: Session) -> int:
    return max(session.scalars(select(OutboxMessage.id)), default=0)


def test_one_stand_in_takes_both_turns_and_only_the_two_are_told(session: Session, week: Week) -> None:
    """Ren's week is full, so Zheng alone takes Tuesday and Wednesday; Ren keeps his turn and hears nothing."""
    before = last_message(session)
    run = week.proposed(week.yao_is_ill())
    assert week.coming() == {(week.tuesday.id, "任锦良")}, "a proposal changes nothing"
    assert run.result is not None
    steps = {step["name"]: (step["value"], step["proved"]) for step in run.result["steps"]}
    assert (steps["people"], steps["seats"]) == ((1, True), (2, True))
    made = actions.accept_repair(session, run.id, actor=week.town.staff, now=week.town.make.clock())
    session.commit()
    assert made.version == 2
    assert week.coming() == {
        (week.tuesday.id, "任锦良"),
        (week.tuesday.id, "郑翠萍"),
        (week.wednesday.id, "郑翠萍"),
    }
    assert told(session, before) == {"姚文娟", "郑翠萍"}
    states = session.scalars(select(Assignment.state).where(Assignment.person_id == week.yao.id))
    assert set(states) == {"declined"}
    with pytest.raises(ProposalOld):
        actions.accept_repair(session, run.id, actor=week.town.staff, now=week.town.make.clock())


def test_the_days_are_noted_as_days_away(session: Session, week: Week) -> None:
    week.ask(week.yao_is_ill())
    away = session.scalars(select(Away).where(Away.person_id == week.yao.id)).one()
    assert (away.from_on, away.to_on) == (date(2026, 10, 13), date(2026, 10, 14))
    seats = session.scalars(select(Assignment).where(Assignment.person_id == week.yao.id))
    assert {seat.state for seat in seats} == {"seeking"}, "his until somebody covers them"


def test_an_old_proposal_is_refused_and_changes_nothing(session: Session, week: Week) -> None:
    run = week.answered(week.ask(week.yao_is_ill()), (week.zheng, week.tuesday))
    week.town.shift(TUESDAY, starts=900, seats=1)
    with pytest.raises(ProposalOld):
        actions.accept_repair(session, run.id, actor=week.town.staff, now=week.town.make.clock())
    assert session.get_one(Roster, week.roster.id).version == 1


def test_nothing_to_repair_and_open_drafts_are_said(session: Session, town: Town, week: Week) -> None:
    with pytest.raises(NothingToFill):
        week.ask()
    town.seat(week.roster, week.wednesday, week.zheng)
    with pytest.raises(DraftOpen):
        week.ask(week.yao_is_ill())
    draft = town.roster(date(2026, 11, 2), date(2026, 11, 8))
    with pytest.raises(NotPublished):
        actions.ask_for_repair(session, draft.id, actor=town.staff, now=town.make.clock())


def test_the_whole_way_on_the_pages(session: Session, week: Week, client: FlaskClient) -> None:
    sign_in(client, week.town.coordinator)
    assert f"/roster/{week.roster.id}/repair" in client.get("/roster?day=2026-10-13").get_data(as_text=True)
    page = client.get(f"/roster/{week.roster.id}/repair").get_data(as_text=True)
    assert "现在一个也不缺" in page
    form = {"person": str(week.yao.id), "from_on": "2026-10-13", "to_on": "2026-10-14"}
    answer = client.post(f"/roster/{week.roster.id}/repair", data=form)
    assert answer.status_code == 303
    run = session.scalars(select(RosterRun).where(RosterRun.kind == "repair")).one()
    assert "排上队了" in client.get(f"/roster/runs/{run.id}").get_data(as_text=True)
    week.answered(run, (week.zheng, week.tuesday), (week.zheng, week.wednesday))
    page = client.get(f"/roster/runs/{run.id}").get_data(as_text=True)
    for words in (
        "只要动1个人，别人的班都不变。",
        "证明过了：不能再少。",
        "郑翠萍：多2个班",
        "姚文娟",
        "就这样改，通知2个人",
    ):
        assert words in page, words
    answer = client.post(f"/roster/runs/{run.id}/accept", follow_redirects=True)
    assert "第2版发布了，只通知有变动的人。" in answer.get_data(as_text=True)
    assert "已经照这样改了。" in client.get(f"/roster/runs/{run.id}").get_data(as_text=True)
    assert client.post(f"/roster/runs/{run.id}/accept").status_code == 409


def test_a_seat_that_nobody_can_take_leads_to_its_reasons(session: Session, week: Week, client: FlaskClient) -> None:
    run = week.answered(week.ask(week.yao_is_ill()))
    run.result = {**(run.result or {}), "gaps": {str(week.tuesday.id): 1}}
    session.commit()
    sign_in(client, week.town.coordinator)
    page = client.get(f"/roster/runs/{run.id}").get_data(as_text=True)
    assert "没有能来补的人，表没有动。" in page
    assert f"gap={week.tuesday.id}#why" in page
    assert "就这样改" not in page


def test_days_that_are_noted_already_are_not_noted_twice(session: Session, week: Week) -> None:
    """Away on the 14th is known; ill from the 13th to the 15th adds the 13th and the 15th."""
    known = Away(
        community_id=week.yao.community_id,
        person_id=week.yao.id,
        from_on=date(2026, 10, 14),
        to_on=date(2026, 10, 14),
        filled_at=week.town.make.clock(),
    )
    week.town.make.save(known)
    week.ask(Absence(week.yao.id, date(2026, 10, 13), date(2026, 10, 15)))
    rows = session.scalars(select(Away).where(Away.person_id == week.yao.id).order_by(Away.from_on))
    assert [(row.from_on.day, row.to_on.day) for row in rows] == [(13, 13), (14, 14), (15, 15)]


def test_repair_and_acceptance_over_the_api(session: Session, week: Week, client: FlaskClient) -> None:
    sign_in(client, week.town.coordinator)
    absence = {"person_id": week.yao.id, "from_on": "2026-10-13", "to_on": "2026-10-14"}
    asked = client.post(f"/api/v1/rosters/{week.roster.id}/repairs", json={"absences": [absence]})
    assert (asked.status_code, asked.get_json()["kind"]) == (202, "repair")
    run = runs.roster_run(session, asked.get_json()["id"])
    week.answered(run, (week.zheng, week.tuesday), (week.zheng, week.wednesday))
    proposal = client.get(f"/api/v1/roster-runs/{run.id}").get_json()["proposal"]
    assert [str(week.zheng.id), str(week.tuesday.id)] in proposal["plan"]
    accepted = client.post(f"/api/v1/roster-runs/{run.id}/accept")
    assert (accepted.status_code, accepted.get_json()["version"]) == (201, 2)
    assert client.post(f"/api/v1/roster-runs/{run.id}/accept").get_json()["code"] == "ProposalOld"
