# ruff: noqa: ARG002
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.volunteer_app.needs.factory import LAST, OCTOBER, NeedsFactory
from volunteer_app.core.audit import Actor
from volunteer_app.needs import changes, queries, recurring
from volunteer_app.needs.changes import ShiftChange
from volunteer_app.needs.models import Need, Shift
from volunteer_app.needs.plans import SeriesPlan
from volunteer_app.needs.seats import NoSeats

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATER = date(2026, 10, 20)


@dataclass
class Told(NoSeats):
    """Remembers of which shifts the rosters room was told."""

    moved: list[int] = field(default_factory=list)
    let_go: list[int] = field(default_factory=list)

    def changed(self, session: Session, shift_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
        self.moved += shift_ids

    def cancelled(
        self, session: Session, shift_ids: Collection[int], *, reason: str, actor: Actor, now: datetime
    ) -> None:
        self.let_go += shift_ids


@pytest.fixture
def shifts(needs: NeedsFactory) -> list[Shift]:
    return needs.series("daily_patrol", SeriesPlan("FREQ=DAILY", OCTOBER, 510, 630, 1, 2, 2))


def on(shifts: list[Shift], day: date) -> Shift:
    return next(shift for shift in shifts if shift.starts_on == day)


def change(day: date, **fields: int) -> ShiftChange:
    values = {"starts_minute": 540, "ends_minute": 660, "least": 1, "target": 2, "most": 2} | fields
    return ShiftChange(day=day, **values)


def starts(shifts: list[Shift]) -> list[str]:
    return [f"{shift.starts_at.astimezone(SHANGHAI):%d %H:%M}" for shift in shifts]


def test_one_date_changes_alone(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    told = Told()
    one = on(shifts, LATER)
    changes.change_shift(session, one.id, change(date(2026, 10, 21)), seats=told, actor=needs.actor, now=needs.now)
    assert (one.starts_on, one.occurs_on) == (date(2026, 10, 21), LATER)
    assert starts([on(shifts, date(2026, 10, 19)), one]) == ["19 08:30", "21 09:00"]
    assert told.moved == [one.id]
    assert recurring.extend_series(session, needs.community.id, LAST, actor=needs.actor, now=needs.now) == []


def test_rest_changes_from_its_date_on(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    told = Told()
    later = changes.change_rest(
        session, on(shifts, LATER).id, change(LATER, target=3, most=3), seats=told, actor=needs.actor, now=needs.now
    )
    assert [shift.starts_on for shift in later] == [LATER + timedelta(days=step) for step in range(12)]
    assert starts(later)[:2] == ["20 09:00", "21 09:00"]
    assert {shift.most for shift in later} == {3}
    assert {shift.most for shift in shifts if shift.starts_on < LATER} == {2}
    assert sorted(told.moved) == sorted(shift.id for shift in later)


def test_changed_series_goes_on_with_the_new_times(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    changes.change_rest(session, on(shifts, LATER).id, change(LATER), seats=Told(), actor=needs.actor, now=needs.now)
    made = recurring.extend_series(session, needs.community.id, date(2026, 11, 2), actor=needs.actor, now=needs.now)
    assert starts(made) == ["01 09:00", "02 09:00"]


def test_more_seats_alone_disturb_nobody(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    told = Told()
    same = change(LATER, starts_minute=510, ends_minute=630, target=4, most=4)
    changes.change_shift(session, on(shifts, LATER).id, same, seats=told, actor=needs.actor, now=needs.now)
    assert told.moved == []


def test_rest_cant_move_to_another_day(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    with pytest.raises(changes.DayStays):
        changes.change_rest(
            session, on(shifts, LATER).id, change(date(2026, 10, 21)), seats=Told(), actor=needs.actor, now=needs.now
        )


def test_what_has_begun_stays(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    """It's Monday the 12th, 8:30: the patrol of this minute has begun."""
    today = on(shifts, date(2026, 10, 12))
    with pytest.raises(changes.ShiftBegan):
        changes.cancel_shift(session, today.id, "下雨", seats=Told(), actor=needs.actor, now=needs.now)
    changes.cancel_shift(
        session, today.id, "下雨", seats=Told(), actor=needs.actor, now=needs.now - timedelta(minutes=1)
    )
    assert today.state == "cancelled"


def test_a_later_date_that_came_earlier_and_has_begun_keeps_its_time(
    needs: NeedsFactory, session: Session, shifts: list[Shift]
) -> None:
    """The patrol of the 20th was walked on the 13th already; from the 14th on they begin at 10:00."""
    told, early = Told(), on(shifts, LATER)
    changes.change_shift(
        session, early.id, change(date(2026, 10, 13)), seats=NoSeats(), actor=needs.actor, now=needs.now
    )
    first, noon = on(shifts, date(2026, 10, 14)), datetime(2026, 10, 13, 12, tzinfo=SHANGHAI)
    rest = change(first.starts_on, starts_minute=600, target=3, most=3)
    changes.change_rest(session, first.id, rest, seats=told, actor=needs.actor, now=noon)
    assert (starts([early, first]), early.most) == (["13 09:00", "14 10:00"], 2)
    assert early.id not in told.moved
    assert recurring.extend_series(session, needs.community.id, LAST, actor=needs.actor, now=noon) == []


def test_rain_cancels_one_date_and_tells_its_people(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    told = Told()
    one = on(shifts, date(2026, 10, 22))
    changes.cancel_shift(session, one.id, "下雨", seats=told, actor=needs.actor, now=needs.now)
    assert (one.state, one.cancelled_reason, told.let_go) == ("cancelled", "下雨", [one.id])
    with pytest.raises(changes.ShiftCancelled):
        changes.cancel_shift(session, one.id, "下雨", seats=told, actor=needs.actor, now=needs.now)
    assert recurring.extend_series(session, needs.community.id, LAST, actor=needs.actor, now=needs.now) == []


def test_cancelling_the_rest_ends_the_series(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    later = changes.cancel_rest(session, on(shifts, LATER).id, "不用了", seats=Told(), actor=needs.actor, now=needs.now)
    assert len(later) == 12
    november = date(2026, 11, 30)
    assert recurring.extend_series(session, needs.community.id, november, actor=needs.actor, now=needs.now) == []


def test_cancelled_need_lets_go_of_what_is_to_come(needs: NeedsFactory, session: Session, shifts: list[Shift]) -> None:
    told = Told()
    need = session.get_one(Need, shifts[0].need_id)
    changes.cancel_need(session, need.id, "不用了", seats=told, actor=needs.actor, now=needs.now)
    assert (need.state, need.cancelled_reason) == ("cancelled", "不用了")
    assert len(told.let_go) == 19  # 13 to 31 October; the 12th has begun
    kept = session.scalars(select(Shift).where(Shift.state == "open")).all()
    assert max(shift.starts_on for shift in kept) == date(2026, 10, 12)
    assert recurring.extend_series(session, needs.community.id, LAST, actor=needs.actor, now=needs.now) == []


def test_rest_of_a_series_is_shown_before_it_changes(
    needs: NeedsFactory, session: Session, shifts: list[Shift]
) -> None:
    one = on(shifts, date(2026, 10, 30))
    assert [shift.starts_on.day for shift in queries.rest_of_series(session, one)] == [30, 31]
    single = needs.shift()
    assert queries.rest_of_series(session, single) == [single]
