from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import Text
from volunteer_app.messages import actions, queries
from volunteer_app.messages.models import Feedback, OutboxMessage
from volunteer_app.messages.rules import due_after

SHANGHAI = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("local", "due"),
    [
        ("2026-10-12T20:59", "2026-10-12T20:59"),
        ("2026-10-12T21:00", "2026-10-13T07:00"),
        ("2026-10-12T23:30", "2026-10-13T07:00"),
        ("2026-10-13T00:10", "2026-10-13T07:00"),
        ("2026-10-13T06:59", "2026-10-13T07:00"),
        ("2026-10-13T07:00", "2026-10-13T07:00"),
    ],
)
def test_nobody_is_disturbed_at_night(local: str, due: str) -> None:
    assert due_after(datetime.fromisoformat(f"{local}+08:00"), SHANGHAI) == datetime.fromisoformat(f"{due}+08:00")


def test_emergency_is_told_at_once() -> None:
    night = datetime(2026, 10, 12, 18, 0, tzinfo=UTC)  # 2:00 in Shanghai
    assert due_after(night, SHANGHAI, is_emergency=True) == night


def test_cause_is_told_once(session: Session, make: Factory, clock: SetClock) -> None:
    community = make.community()
    person = make.volunteer(community, channel="phone")
    text = Text("%(day)s这一班还是您的。", {"day": Text("%(day)d日", {"day": 13})})
    for _again in range(2):
        actions.put(
            session, community_id=community.id, person_id=person.id, kind="turn", text=text, cause="a:1", now=clock()
        )
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
    (waiting,) = queries.waiting(session, "phone")
    assert str(queries.text_of(waiting)) == "13日这一班还是您的。"
    assert queries.waiting_counts(session) == {"phone": 1}


def test_message_without_a_person_goes_on_the_board(session: Session, make: Factory, clock: SetClock) -> None:
    community = make.community()
    actions.put(
        session,
        community_id=community.id,
        person_id=None,
        kind="roster",
        text="新的班排好了。",
        cause="r:1",
        now=clock(),
    )
    assert [one.channel for one in queries.waiting(session, "board")] == ["board"]


def test_told_is_told_once_and_only_in_the_own_community(session: Session, make: Factory, clock: SetClock) -> None:
    community, other = make.community(), make.community("other", "远亲社区")
    staff = make.person(community, "coordinator")
    mine, theirs = (
        actions.put(session, community_id=one.id, person_id=None, kind="x", text="好", cause="c", now=clock())
        for one in (community, other)
    )
    actor = make.actor(staff)
    assert actions.mark_told(session, [mine.id, theirs.id], actor=actor, now=clock()) == 1
    assert actions.mark_told(session, [mine.id], actor=actor, now=clock()) == 0
    assert (mine.state, theirs.state) == ("told", "waiting")


def test_message_can_be_taken_back_until_told(session: Session, make: Factory, clock: SetClock) -> None:
    community = make.community()
    staff = make.person(community, "coordinator")
    first, second = (
        actions.put(session, community_id=community.id, person_id=None, kind="x", text="好", cause=cause, now=clock())
        for cause in ("a", "b")
    )
    actions.mark_told(session, [second.id], actor=make.actor(staff), now=clock())
    assert actions.void(session, "a", community_id=community.id)
    assert not actions.void(session, "b", community_id=community.id)
    assert not actions.void(session, "c", community_id=community.id)
    assert (first.state, second.state) == ("void", "told")


def test_persons_messages_stand_together_earliest_first(session: Session, make: Factory, clock: SetClock) -> None:
    community = make.community()
    first, second = make.volunteer(community), make.volunteer(community)
    for person, cause in ((first, "1"), (second, "2"), (first, "3")):
        actions.put(
            session,
            community_id=community.id,
            person_id=person.id,
            kind="x",
            text="好",
            cause=cause,
            now=clock.tick(minutes=1),
        )
    assert [one.cause for one in queries.waiting(session, "wechat")] == ["1", "3", "2"]


def test_feedback_is_kept_once_and_answered_once(session: Session, make: Factory, clock: SetClock) -> None:
    community = make.community()
    writer, staff = make.volunteer(community), make.person(community, "coordinator")
    for _again in range(2):
        given = actions.give_feedback(
            session, kind="complaint", text="路灯坏了", once="k1", actor=make.actor(writer), now=clock()
        )
    assert session.scalar(select(func.count()).select_from(Feedback)) == 1
    actions.answer_feedback(session, given.id, "明天就修", actor=make.actor(staff), now=clock())
    with pytest.raises(actions.AlreadyAnswered):
        actions.answer_feedback(session, given.id, "后天修", actor=make.actor(staff), now=clock())
    assert given.answer == "明天就修"
    (told,) = queries.messages_for(session, writer.id)
    assert str(queries.text_of(told)) == "您提的意见有答复了：明天就修"


def test_feedback_of_another_community_is_not_found(session: Session, make: Factory, clock: SetClock) -> None:
    community, other = make.community(), make.community("other", "远亲社区")
    given = actions.give_feedback(
        session, kind="thanks", text="谢谢", once="k", actor=make.system(community), now=clock()
    )
    with pytest.raises(NotFound):
        actions.answer_feedback(session, given.id, "不客气", actor=make.system(other), now=clock())


def test_messages_are_taken_back_by_how_their_cause_begins(session: Session, make: Factory, clock: SetClock) -> None:
    community = make.community()
    causes = ("remind:1:a", "remind:1:b", "remind:12:a", "other:1:a")
    put = [
        actions.put(session, community_id=community.id, person_id=None, kind="x", text="x", cause=cause, now=clock())
        for cause in causes
    ]
    put[1].state = "told"
    assert actions.void_all(session, "remind:1:", "other:", community_id=community.id) == 2
    assert [row.state for row in put] == ["void", "told", "waiting", "void"]
