from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import Town
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.needs.models import Need
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.models import RosterVersion
from volunteer_app.rosters.rules import NothingToPublish
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.versions import queries as versions


def test_publishing_tells_each_person_once_and_writes_the_version(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, first, second = town.roster(), town.shift(), town.shift(date(2026, 10, 14))
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良", channel="phone")
    for shift in (first, second):
        town.seat(roster, shift, yao)
    town.seat(roster, first, ren)
    made = actions.publish(session, roster.id, actor=town.staff, now=clock())
    assert (made.version, roster.state, roster.version) == (1, "published", 1)
    assert made.seats == sorted([[first.id, yao.id], [second.id, yao.id], [first.id, ren.id]])
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "roster").order_by(OutboxMessage.id)).all()
    assert [(row.person_id, row.channel, row.values["n"]) for row in told] == [
        (yao.id, "wechat", 2),
        (ren.id, "phone", 1),
    ]
    assert {seat.state for seat in queries.draft_seats(session, roster.id)} == {"notified"}
    assert session.get_one(Need, first.need_id).state == "scheduled"
    with pytest.raises(NothingToPublish):
        actions.publish(session, roster.id, actor=town.staff, now=clock())


def test_a_change_after_publishing_reaches_people_with_the_next_version(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift = town.roster(), town.shift()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)

    actions.replace(session, seat.id, person_id=ren.id, actor=town.staff, now=clock())
    session.commit()
    assert [one.id for one in turns.turns_of(session, yao.id, since=clock())] == [seat.id]
    assert turns.turns_of(session, ren.id, since=clock()) == []

    made = actions.publish(session, roster.id, actor=town.staff, now=clock())
    assert made.changes == {"added": [[shift.id, ren.id]], "removed": [[shift.id, yao.id]]}
    assert seat.state == "withdrawn"
    assert turns.turns_of(session, yao.id, since=clock()) == []
    assert len(turns.turns_of(session, ren.id, since=clock())) == 1
    causes = session.scalars(select(OutboxMessage.cause).where(OutboxMessage.cause.like("%version:2%"))).all()
    assert len(causes) == 2


def test_bringing_somebody_back_before_publishing_changes_nothing(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift = town.roster(), town.shift()
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    change = actions.replace(session, seat.id, person_id=ren.id, actor=town.staff, now=clock())
    back = actions.replace(session, change.seat.id, person_id=yao.id, actor=town.staff, now=clock())
    session.commit()
    assert back.seat.id == seat.id
    assert not versions.has_changes(session, roster.id)


def test_publishing_lets_those_go_who_can_not_come_and_are_covered(
    session: Session, town: Town, clock: SetClock
) -> None:
    roster, shift = town.roster(), town.shift(seats=1)
    yao, ren = town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, shift, yao)
    town.publish(roster)
    actions.decline(session, seat.id, actor=town.own(yao), now=clock())
    actions.fill(session, shift.id, person_id=ren.id, actor=town.staff, now=clock())
    assert seat.state == "seeking"
    actions.publish(session, roster.id, actor=town.staff, now=clock())
    assert seat.state == "declined"
    newest = session.scalars(select(RosterVersion).where(RosterVersion.version == 2)).one()
    assert newest.seats == [[shift.id, ren.id]]
    assert newest.changes["removed"] == [[shift.id, yao.id]]
