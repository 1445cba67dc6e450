from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from tests.volunteer_app.availability.factory import OCTOBER, SHANGHAI, pattern, with_calendar
from volunteer_app.availability import actions, queries
from volunteer_app.availability.models import AvailabilitySheet, FinerTime
from volunteer_app.availability.rules import FinerEntry, every
from volunteer_app.core.audit import AuditEvent
from volunteer_app.core.errors import BadInput, NotFound
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def volunteer(session: Session, make: Factory, clock: SetClock) -> Person:
    return make.volunteer(with_calendar(session, make, clock))


def test_empty_sheet_is_asked_back(session: Session, volunteer: Person, make: Factory, clock: SetClock) -> None:
    with pytest.raises(actions.NothingChosen):
        actions.save_sheet(session, volunteer.id, OCTOBER, squares=0, actor=make.actor(volunteer), now=clock())
    assert session.scalars(select(AvailabilitySheet)).all() == []


def test_new_month_carries_finer_times_and_load_over(
    session: Session, volunteer: Person, make: Factory, clock: SetClock
) -> None:
    actor = make.actor(volunteer)
    pattern(session, make, volunteer, "NO_SCHOOL_RUN")
    actions.set_turns_week(session, volunteer.id, OCTOBER, 2, actor=actor, now=clock())
    actions.save_sheet(session, volunteer.id, NOVEMBER, squares=every(1), actor=actor, now=clock())
    november = queries.sheet_of(session, volunteer.id, NOVEMBER)
    assert november is not None
    assert [(one.starts_minute, one.ends_minute, one.reason) for one in november.finer] == [(930, 1050, "接孩子")]
    assert queries.turns_week(session, [volunteer.id], NOVEMBER) == {volunteer.id: 2}


def test_changing_november_leaves_october(session: Session, volunteer: Person, make: Factory, clock: SetClock) -> None:
    actor = make.actor(volunteer)
    pattern(session, make, volunteer, "NO_SCHOOL_RUN")
    october = queries.sheet_of(session, volunteer.id, OCTOBER)
    assert october is not None
    actions.remove_finer(session, volunteer.id, NOVEMBER, october.finer[0].id, actor=actor, now=clock())
    november = queries.sheet_of(session, volunteer.id, NOVEMBER)
    assert november is not None
    assert november.finer == []
    assert len(session.scalars(select(FinerTime).where(FinerTime.sheet_id == october.id)).all()) == 1


def test_staff_entry_names_both(session: Session, volunteer: Person, make: Factory, clock: SetClock) -> None:
    staff = make.person(session.get_one(Community, volunteer.community_id), "coordinator")
    actions.save_sheet(session, volunteer.id, OCTOBER, squares=1, actor=make.actor(staff), now=clock())
    sheet = queries.sheet_of(session, volunteer.id, OCTOBER)
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "save_sheet")).one()
    assert sheet is not None
    assert (sheet.filled_by_id, event.actor_id, event.acting_for_id) == (staff.id, staff.id, volunteer.id)


def test_own_entry_acts_for_nobody_else(session: Session, volunteer: Person, make: Factory, clock: SetClock) -> None:
    actions.save_sheet(session, volunteer.id, OCTOBER, squares=1, actor=make.actor(volunteer), now=clock())
    event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "save_sheet")).one()
    assert event.acting_for_id is None


@pytest.mark.parametrize(("first", "last"), [(19, 20), (25, 28), (21, 22), (1, 31)])
def test_away_spans_may_not_overlap(
    session: Session, volunteer: Person, make: Factory, clock: SetClock, first: int, last: int
) -> None:
    actor = make.actor(volunteer)
    actions.add_away(session, volunteer.id, date(2026, 10, 20), date(2026, 10, 25), actor=actor, now=clock())
    with pytest.raises(actions.AwayOverlaps, match="10月20日到10月25日已经记过外出了"):
        actions.add_away(session, volunteer.id, date(2026, 10, first), date(2026, 10, last), actor=actor, now=clock())


def test_away_spans_may_touch(session: Session, volunteer: Person, make: Factory, clock: SetClock) -> None:
    actor = make.actor(volunteer)
    for first, last in ((20, 25), (26, 26), (18, 19)):
        actions.add_away(session, volunteer.id, date(2026, 10, first), date(2026, 10, last), actor=actor, now=clock())
    found = queries.aways(session, [volunteer.id], OCTOBER, date(2026, 10, 31))[volunteer.id]
    assert [away.from_on.day for away in found] == [18, 20, 26]


def test_away_ends_after_it_starts(session: Session, volunteer: Person, make: Factory, clock: SetClock) -> None:
    with pytest.raises(BadInput) as refused:
        actions.add_away(
            session, volunteer.id, date(2026, 10, 25), date(2026, 10, 20), actor=make.actor(volunteer), now=clock()
        )
    assert "to_on" in refused.value.fields


def test_away_of_somebody_else_is_not_found(
    session: Session, volunteer: Person, make: Factory, clock: SetClock
) -> None:
    away = actions.add_away(session, volunteer.id, OCTOBER, OCTOBER, actor=make.actor(volunteer), now=clock())
    other = make.volunteer(session.get_one(Community, volunteer.community_id))
    with pytest.raises(NotFound):
        actions.remove_away(session, other.id, away.id, actor=make.actor(other), now=clock())


def test_partners_must_be_of_the_same_community(
    session: Session, volunteer: Person, make: Factory, clock: SetClock
) -> None:
    actor = make.actor(volunteer)
    stranger = make.volunteer(make.community("other", "远亲社区"))
    neighbour = make.volunteer(session.get_one(Community, volunteer.community_id))
    with pytest.raises(actions.NotSomebodyElse):
        actions.set_partners(session, volunteer.id, [stranger.id], actor=actor, now=clock())
    with pytest.raises(actions.NotSomebodyElse):
        actions.set_partners(session, volunteer.id, [volunteer.id], actor=actor, now=clock())
    actions.set_partners(session, volunteer.id, [neighbour.id], actor=actor, now=clock())
    assert queries.partners(session, [volunteer.id]) == {volunteer.id: {neighbour.id}}


def test_wishes_are_replaced_and_read_as_times(
    session: Session, volunteer: Person, make: Factory, clock: SetClock
) -> None:
    actor = make.actor(volunteer)
    actions.set_wishes(session, volunteer.id, {"kind:river_patrol": "if_needed"}, actor=actor, now=clock())
    actions.set_wishes(
        session, volunteer.id, {"square:0-0": "prefer", "square:0-1": "prefer"}, actor=actor, now=clock()
    )
    assert queries.wishes(session, [volunteer.id])[volunteer.id] == {"square:0-0": "prefer", "square:0-1": "prefer"}
    monday = date(2026, 10, 12)
    times = queries.wished_times(session, [volunteer.id], monday, date(2026, 10, 18), SHANGHAI)[volunteer.id]
    assert [(starts.isoformat(), ends.isoformat()) for starts, ends in times["prefer"]] == [
        ("2026-10-11T23:00:00+00:00", "2026-10-12T10:00:00+00:00")  # 7:00 to 18:00 in Shanghai
    ]
    assert times["if_needed"] == []


def test_employed_people_follow_rest_days_by_themselves(
    session: Session, volunteer: Person, make: Factory, clock: SetClock
) -> None:
    make.tag(volunteer, "identity", "party_employed")
    sheet = actions.save_sheet(session, volunteer.id, OCTOBER, squares=1, actor=make.actor(volunteer), now=clock())
    assert sheet.follows_rest_days


def test_somebody_of_another_community_is_not_found(
    session: Session, volunteer: Person, make: Factory, clock: SetClock
) -> None:
    stranger = make.volunteer(make.community("other", "远亲社区"))
    with pytest.raises(NotFound):
        actions.save_sheet(session, stranger.id, OCTOBER, squares=1, actor=make.actor(volunteer), now=clock())


def test_finer_time_must_end_after_it_starts(
    session: Session, volunteer: Person, make: Factory, clock: SetClock
) -> None:
    with pytest.raises(BadInput):
        actions.add_finer(
            session, volunteer.id, OCTOBER, FinerEntry(600, 600), actor=make.actor(volunteer), now=clock()
        )
