"""A turn moves or falls away: its people are told, and whatever waits for an answer about it is over."""

import threading
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.volunteer_app.rosters.factory import TUESDAY, Town
from volunteer_app.core.database import in_transaction
from volunteer_app.messages.actions import mark_told
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.needs import changes
from volunteer_app.needs.changes import ShiftChange
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters import actions, queries
from volunteer_app.rosters.legs import turns_known
from volunteer_app.rosters.models import Assignment, CoverAsk, Roster
from volunteer_app.rosters.rules import BreaksRule, NoRosterThere, SwapOver
from volunteer_app.rosters.runs.running import solve_now
from volunteer_app.rosters.turns import touched
from volunteer_app.rosters.turns.touched import RosterSeats
from volunteer_app.rosters.versions import queries as versions

FRIDAY = date(2026, 10, 16)
NEXT_MONDAY, NEXT_TUESDAY, NEXT_SUNDAY = date(2026, 10, 19), date(2026, 10, 20), date(2026, 10, 25)


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
    notice = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "open_turn")).one()
    move(town, seat.shift, FRIDAY, clock)
    assert (seat.state, seat.reason, seat.reply_at, notice.state) == ("notified", "", None, "void")
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


@dataclass
class Weeks:
    """姚文娟 on Tuesday of the first week, who says that she comes; two weeks' rosters."""

    first: Roster
    second: Roster
    yao: Person
    seat: Assignment


@pytest.fixture
def weeks(session: Session, town: Town, clock: SetClock) -> Weeks:
    yao, second = town.volunteer("姚文娟"), town.roster(NEXT_MONDAY, NEXT_SUNDAY)
    seat = published(town, yao)
    actions.accept(session, seat.id, actor=town.own(yao), now=clock())
    session.commit()
    return Weeks(session.get_one(Roster, seat.roster_id), second, yao, seat)


def publish_second(town: Town, weeks: Weeks) -> None:
    """The second week with 蔡卫东 on Wednesday."""
    town.seat(weeks.second, town.shift(NEXT_MONDAY + timedelta(days=2), seats=1), town.volunteer("蔡卫东"))
    town.publish(weeks.second)


def test_a_turn_moved_into_another_roster_belongs_there_in_a_new_version_of_both(
    session: Session, town: Town, clock: SetClock, weeks: Weeks
) -> None:
    publish_second(town, weeks)
    shift = weeks.seat.shift
    move(town, shift, NEXT_TUESDAY, clock)
    assert weeks.seat.roster_id == weeks.second.id
    newest = [versions.published(session, roster.id)[0] for roster in (weeks.first, weeks.second)]
    pair = [shift.id, weeks.yao.id]
    assert [one.changes for one in newest] == [{"added": [], "removed": [pair]}, {"added": [pair], "removed": []}]
    assert [pair in one.seats for one in newest] == [False, True]


def test_whoever_moved_with_the_turn_counts_there(session: Session, town: Town, clock: SetClock, weeks: Weeks) -> None:
    """She isn't sent to two turns at once, her seat may be given to somebody else, and the week can be solved."""
    publish_second(town, weeks)
    beside = town.shift(NEXT_TUESDAY, starts=540, seats=1)
    move(town, weeks.seat.shift, NEXT_TUESDAY, clock)
    actions.accept(session, weeks.seat.id, actor=town.own(weeks.yao), now=clock())
    with pytest.raises(BreaksRule):
        actions.fill(session, beside.id, person_id=weeks.yao.id, actor=town.staff, now=clock())
    run = actions.ask_for_roster(session, NEXT_MONDAY, NEXT_SUNDAY, limit_s=10, actor=town.staff, now=clock())
    session.commit()
    assert solve_now(session, run.id, clock=clock) == "finished"
    actions.replace(session, weeks.seat.id, person_id=town.volunteer("任锦良").id, actor=town.staff, now=clock())
    town.publish(weeks.second)
    held = session.scalars(queries.seats().where(Assignment.shift_id == weeks.seat.shift_id))
    assert [(seat.person.name, seat.state) for seat in held] == [("姚文娟", "withdrawn"), ("任锦良", "notified")]


@pytest.mark.parametrize("day", [NEXT_TUESDAY, date(2026, 11, 3)])
def test_people_who_have_been_told_move_only_into_a_published_roster(
    session: Session, town: Town, clock: SetClock, weeks: Weeks, day: date
) -> None:
    with pytest.raises(NoRosterThere, match="只能改到有排班表的日子：2026-10-12–2026-10-18。"):
        move(town, weeks.seat.shift, day, clock)
    session.rollback()
    assert (weeks.seat.shift.starts_on, weeks.seat.state) == (TUESDAY, "accepted")


def test_a_draft_follows_its_turn_into_another_draft(town: Town, clock: SetClock) -> None:
    first, second = town.roster(), town.roster(NEXT_MONDAY, NEXT_SUNDAY)
    seat = town.seat(first, town.shift(seats=1), town.volunteer("姚文娟"))
    move(town, seat.shift, NEXT_TUESDAY, clock)
    assert (seat.roster_id, seat.state, first.version, second.version) == (second.id, "proposed", 0, 0)
    with pytest.raises(NoRosterThere, match="2026-10-19–2026-10-25。"):
        move(town, seat.shift, date(2026, 11, 3), clock)


def test_an_exchange_that_waits_is_over_and_both_are_told(session: Session, town: Town, clock: SetClock) -> None:
    """Nobody said that he'd exchange for the new time."""
    roster, yao, ren = town.roster(), town.volunteer("姚文娟"), town.volunteer("任锦良")
    seat = town.seat(roster, town.shift(seats=1), yao)
    other = town.seat(roster, town.shift(FRIDAY, seats=1), ren)
    town.publish(roster)
    row = actions.ask_swap(session, seat.id, other.id, actor=town.own(yao), now=clock())
    move(town, other.shift, FRIDAY, clock, starts=1110)
    assert row.state == "lapsed"
    assert told(session, yao) == [("swap", "换班的事不算了")]
    assert told(session, ren) == [("shift", "您的一个班改了"), ("swap", "换班的事不算了")]
    with pytest.raises(SwapOver):
        actions.agree_swap(session, row.id, actor=town.own(ren), now=clock())


def test_a_sign_up_for_the_old_time_is_over_and_may_be_made_again(
    session: Session, town: Town, clock: SetClock
) -> None:
    seat, ren = published(town, town.volunteer("姚文娟"), seats=2), town.volunteer("任锦良")
    row = actions.sign_up(session, seat.shift_id, actor=town.own(ren), now=clock())
    move(town, seat.shift, FRIDAY, clock)
    assert (row.state, told(session, ren)) == ("refused", [("shift", "您报名的班改了")])
    assert actions.sign_up(session, seat.shift_id, actor=town.own(ren), now=clock()).state == "waiting"


def asked_to_cover(town: Town, clock: SetClock, *names: str) -> tuple[Assignment, list[CoverAsk]]:
    """姚文娟 can't come on Tuesday morning; the others are asked."""
    yao = town.volunteer("姚文娟")
    seat = published(town, yao)
    for name in names:
        town.volunteer(name)
    actions.decline(town.session, seat.id, actor=town.own(yao), now=clock())
    return seat, actions.ask_for_cover(town.session, seat.shift_id, actor=town.staff, now=clock())


def heard(town: Town, row: CoverAsk, clock: SetClock) -> None:
    """Somebody has told him of the question."""
    messages = town.session.scalars(select(OutboxMessage.id).where(OutboxMessage.cause == f"cover:{row.id}"))
    mark_told(town.session, messages.all(), actor=town.staff, now=clock())


def test_who_is_asked_to_cover_the_old_time_neednt_answer(session: Session, town: Town, clock: SetClock) -> None:
    """Whom nobody has told yet hears nothing at all."""
    seat, (first, second) = asked_to_cover(town, clock, "任锦良", "蔡卫东")
    heard(town, first, clock)
    move(town, seat.shift, FRIDAY, clock)
    assert [first.state, second.state] == ["lapsed", "lapsed"]
    assert told(session, first.person) == [("sign_up", "%(turn)s还缺人"), ("shift", "问过您的班改了")]
    assert told(session, second.person) == []


def test_a_cancelled_turn_tells_who_signed_up_and_who_was_asked(session: Session, town: Town, clock: SetClock) -> None:
    seat, (first, second) = asked_to_cover(town, clock, "任锦良", "蔡卫东")
    heard(town, first, clock)
    zheng = town.volunteer("郑翠萍")
    row = actions.sign_up(session, seat.shift_id, actor=town.own(zheng), now=clock())
    changes.cancel_shift(session, seat.shift_id, "下雨", seats=RosterSeats(), actor=town.staff, now=clock())
    session.commit()
    assert [row.state, first.state, second.state] == ["refused", "lapsed", "lapsed"]
    assert told(session, zheng) == [("shift", "%(turn)s取消了：%(why)s。您不用来")]
    assert told(session, first.person)[1:] == [("shift", "%(turn)s取消了：%(why)s。您不用来")]
    assert told(session, second.person) == []
