import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory, sign_in
from volunteer_app.messages import actions
from volunteer_app.messages.models import Feedback, OutboxMessage
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community


@pytest.fixture
def community(make: Factory) -> Community:
    return make.community()


@pytest.fixture
def staff(client: FlaskClient, make: Factory, community: Community) -> Person:
    made = make.person(community, "coordinator")
    sign_in(client, made)
    return made


def put(session: Session, person: Person, cause: str, clock: SetClock) -> OutboxMessage:
    made = actions.put(
        session,
        community_id=person.community_id,
        person_id=person.id,
        kind="turn",
        text=f"{cause}日的班，您能去吗？",
        cause=cause,
        now=clock(),
    )
    session.commit()
    return made


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.mark.usefixtures("staff")
def test_group_text_and_call_list(
    client: FlaskClient, session: Session, make: Factory, clock: SetClock, community: Community
) -> None:
    on_wechat = make.volunteer(community, name="姚文娟")
    by_phone = make.volunteer(community, name="潘德明", channel="phone", phone="13800001111")
    put(session, on_wechat, "13", clock)
    message = put(session, by_phone, "14", clock)
    shown = page(client, "/messages")
    assert "1. 姚文娟：13日的班，您能去吗？" in shown
    assert "潘德明" not in shown
    calls = page(client, "/messages?channel=phone")
    assert 'href="tel:13800001111"' in calls
    assert "14日的班，您能去吗？" in calls
    client.post("/messages/told", data={"channel": "phone", "messages": [str(message.id)]})
    assert "没有要通知的" in page(client, "/messages?channel=phone")
    page(client, "/messages?channel=pigeon", status=404)


@pytest.mark.usefixtures("staff")
def test_what_waits_for_the_morning_isnt_in_the_group_text(
    client: FlaskClient, session: Session, make: Factory, clock: SetClock, community: Community
) -> None:
    clock.tick(hours=14)  # 22:30
    put(session, make.volunteer(community, name="姚文娟"), "13", clock)
    shown = page(client, "/messages")
    assert "10月13日 7:00以后再说" in shown
    assert "发到微信群里" not in shown


def test_own_messages_are_shown(
    client: FlaskClient, session: Session, make: Factory, clock: SetClock, community: Community
) -> None:
    me, other = make.volunteer(community), make.volunteer(community)
    put(session, me, "13", clock)
    put(session, other, "14", clock)
    sign_in(client, me)
    shown = page(client, "/my/messages")
    assert "13日的班" in shown
    assert "14日的班" not in shown


def test_anybody_may_complain_without_signing_in(client: FlaskClient, session: Session, community: Community) -> None:
    sent = {"kind": "complaint", "text": "路灯坏了", "name": "李四", "phone": "13800001111", "once_key": "k"}
    for _again in range(2):
        assert client.post("/feedback", data=sent).status_code == 303
    given = session.scalars(select(Feedback)).one()
    assert (given.community_id, given.person_id, given.text) == (community.id, None, "路灯坏了")
    assert "收到了，谢谢您。" in page(client, "/feedback")


@pytest.mark.usefixtures("community")
def test_empty_feedback_is_refused_and_kept(client: FlaskClient, session: Session) -> None:
    answer = client.post("/feedback", data={"kind": "thanks", "text": "", "name": "李四"})
    assert answer.status_code == 422
    assert 'value="李四"' in answer.get_data(as_text=True)
    assert session.scalars(select(Feedback)).all() == []


@pytest.mark.usefixtures("staff")
def test_feedback_is_answered_once(client: FlaskClient, session: Session) -> None:
    client.post("/feedback", data={"text": "多放几张椅子"})
    given = session.scalars(select(Feedback)).one()
    assert "多放几张椅子" in page(client, "/feedback/answers")
    assert client.post(f"/feedback/{given.id}/answer", data={"answer": ""}).status_code == 422
    assert client.post(f"/feedback/{given.id}/answer", data={"answer": "好的"}).status_code == 303
    assert client.post(f"/feedback/{given.id}/answer", data={"answer": "不好"}).status_code == 409
    session.expire_all()
    assert given.answer == "好的"


def test_feedback_of_another_community_is_out_of_reach(
    client: FlaskClient, session: Session, make: Factory, clock: SetClock, community: Community
) -> None:
    given = actions.give_feedback(
        session, kind="complaint", text="秘密", once="k", actor=make.system(community), now=clock()
    )
    session.commit()
    sign_in(client, make.person(make.community("other", "远亲社区"), "coordinator"))
    assert "秘密" not in page(client, "/feedback/answers")
    assert client.post(f"/feedback/{given.id}/answer", data={"answer": "好"}).status_code == 404


@pytest.mark.usefixtures("staff")
def test_messages_over_json(
    client: FlaskClient, session: Session, make: Factory, clock: SetClock, community: Community
) -> None:
    message = put(session, make.volunteer(community), "13", clock)
    found = client.get("/api/v1/messages?channel=wechat").json
    assert found is not None
    assert [one["text"] for one in found] == ["13日的班，您能去吗？"]
    assert client.post("/api/v1/messages/told", json={"messages": [message.id]}).json == {"told": 1}
    assert client.get("/api/v1/messages?channel=x").status_code == 422
    given = client.post("/api/v1/feedback", json={"text": "好"}).json
    assert given is not None
    assert client.post(f"/api/v1/feedback/{given['id']}/answer", json={"answer": "谢谢"}).status_code == 200
    assert client.post(f"/api/v1/feedback/{given['id']}/answer", json={"answer": "谢谢"}).status_code == 409
    mine = client.get("/api/v1/my/messages").json
    assert mine is not None
    assert mine[0]["text"] == "您提的意见有答复了：谢谢"
