"""A turn moves or falls away: its people are told, and whatever waits for an answer about it is over."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from volunteer_app.core.database import in_transaction
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.needs import changes
from volunteer_app.needs.changes import ShiftChange
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters import actions
from volunteer_app.rosters.legs import turns_known
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.turns import touched
from volunteer_app.rosters.turns.touched import RosterSeats

FRIDAY = date(2026, 10, 16)


def move(town: Town, shift: Shift, day: date, clock: SetClock, *, starts: int = 510) -> None:
    """To another day or minute; two hours long, with the seats that it has."""
    change = ShiftChange(day, starts, starts + 120, shift.least, shift.target, shift.most, shift.post_id)
    changes.change_shift(town.session, shift.id, change, seats=RosterSeats(), actor=town.staff, now=clock())
    town.session.commit()


def published(town: Town, person: Person, *, seats: int = 1) -> Assignment:
    """The person's turn on Tuesday morning, in a published roster of its week."""
    roster = town.roster()
    seat = town.seat(roster, town.shift(seats=seats), person)
    town.publish(roster)
    return seat


def told(session: Session, person: Person) -> list[tuple[str, str]]:
    """(kind, beginning of the sentence) of what the person has been told or is to be told, but for the roster."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.person_id == person.id, OutboxMessage.kind != "roster", OutboxMessage.state != "void")
        .order_by(OutboxMessage.id)
    )
    return [(row.kind, row.template.split("，")[0]) for row in rows]


def test_who_could_not_come_is_asked_again_and_the_old_reason_goes(
    session: Session, town: Town, clock: SetClock
) -> None:
    yao = town.volunteer("姚文娟")
    seat = published(town, yao)
    actions.decline(session, seat.id, reason="health", actor=town.own(yao), now=clock())
    move(town, seat.shift, FRIDAY, clock)
    assert (seat.state, seat.reason, seat.reply_at) == ("notified", "", None)
    assert told(session, yao) == [("shift", "您的一个班改了")]


def test_who_has_signed_in_is_told_and_stays_signed_in(session: Session, town: Town, clock: SetClock) -> None:
    yao = town.volunteer("姚文娟")
    seat = published(town, yao)
    actions.accept(session, seat.id, actor=town.own(yao), now=clock())
    clock.moment = seat.shift.starts_at - timedelta(minutes=20)
    actions.mark(session, seat.id, state="signed_in", actor=town.own(yao), now=clock())
    move(town, seat.shift, TUESDAY, clock, starts=540)
    assert (seat.state, told(session, yao)) == ("signed_in", [("shift", "您的一个班改了")])


def test_who_is_let_go_meanwhile_stays_so(
    session: Session, town: Town, clock: SetClock, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff publishes without 姚文娟 while she is asked about the new day: her seat is gone in the end."""
    if database_url.startswith("sqlite"):
        pytest.skip("one writer at a time")
    seat = published(town, town.volunteer("姚文娟"))
    actions.accept(session, seat.id, actor=town.staff, now=clock())
    actions.replace(session, seat.id, person_id=town.volunteer("任锦良").id, actor=town.staff, now=clock())
    session.commit()
    roster_id, staff, now = seat.roster_id, town.staff, clock()

    def publish() -> None:
        engine = create_engine(database_url)
        with Session(engine) as other:
            in_transaction(other, lambda: actions.publish(other, roster_id, actor=staff, now=now))
        engine.dispose()

    publisher = threading.Thread(target=publish)

    def while_publishing(seats: list[Assignment]) -> list[Assignment]:
        publisher.start()
        publisher.join(timeout=1)  # it waits for us, or is through
        return turns_known(seats)

    monkeypatch.setattr(touched, "turns_known", while_publishing)
    move(town, seat.shift, FRIDAY, clock)
    publisher.join()
    session.expire_all()
    assert seat.state == "withdrawn"
