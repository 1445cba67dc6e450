"""Pages: whom to tell what, per channel; complaints and suggestions, open to everybody."""

from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions, queries, schemas
from volunteer_app.messages.models import OutboxMessage
from volunteer_app.web.access import ANYBODY, PUBLIC, access, community, maybe_viewer, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_short, time_hm
from volunteer_app.web.forms import Answer, Done, Form, act, form_key, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name
from volunteer_app.web.paging import page_of

blueprint = Blueprint("messages", __name__)
CHANNEL_NAMES = {"wechat": N_("微信"), "phone": N_("电话"), "paper": N_("纸条"), "board": N_("公告栏")}
KIND_NAMES = {"complaint": N_("投诉"), "suggestion": N_("建议"), "thanks": N_("感谢")}


@blueprint.get("/messages")
@access("coordinator")
def outbox() -> str:
    """What is still to be told: a text for the WeChat group, a call list, slips, the notice board."""
    channel = request.args.get("channel", "wechat")
    if channel not in CHANNEL_NAMES:
        raise NotFound
    session = db.session()
    waiting = queries.waiting(session, channel)
    counts = queries.waiting_counts(session)
    return render_template(
        "messages/outbox.html",
        channel=channel,
        channels=[
            {
                "label": gettext(name),
                "count": counts.get(code, 0),
                "href": url_for("messages.outbox", channel=code),
                "current": code == channel,
            }
            for code, name in CHANNEL_NAMES.items()
        ],
        people=by_person(waiting),
        group_text=group_text(waiting) if channel == "wechat" else "",
        message_ids=[message.id for message in waiting if message.due_after <= now()],
    )


def by_person(waiting: list[OutboxMessage]) -> list[dict[str, Any]]:
    """One entry a person with all that is to be told, in the order in which they come due."""
    return [
        person_entry(list(messages)) for _person, messages in groupby(waiting, key=lambda one: one.person_id or -one.id)
    ]


def person_entry(messages: list[OutboxMessage]) -> dict[str, Any]:
    person, due = messages[0].person, messages[0].due_after
    own = person.language if person else "zh"
    local = due.astimezone(ZoneInfo(zone()))
    later = Text(N_("%(day)s %(time)s以后再说"), {"day": date_short(local.date(), language()), "time": time_hm(local)})
    return {
        "name": person_name(person.name, language()) if person else gettext(N_("大家")),
        "number": person.number if person else "",
        "phone": person.phone or "" if person else "",
        "language": own,
        "texts": [translate(queries.text_of(message), own) for message in messages],
        "ids": [message.id for message in messages],
        "wait": translate(later) if due > now() else "",
        "urgent": any(message.is_emergency for message in messages),
    }


def group_text(waiting: list[OutboxMessage]) -> str:
    """One digest for the group chat, in Chinese: numbered lines, nothing that isn't due yet."""
    due = [message for message in waiting if message.due_after <= now()]
    lines = [
        f"{number}. {message.person.name if message.person else '大家'}：{translate(queries.text_of(message), 'zh')}"
        for number, message in enumerate(due, start=1)
    ]
    return "\n".join(lines)


@blueprint.post("/messages/told")
@access("coordinator")
def mark_told() -> Answer:
    form = read_form(schemas.ToldForm())
    channel = request.form.get("channel", "wechat")

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        number = actions.mark_told(session, form.values.get("messages", []), actor=actor, now=moment)
        where = url_for("messages.outbox", channel=channel if channel in CHANNEL_NAMES else None)
        return Done(where, Text(N_("%(number)d条通知到了。"), {"number": number}))

    return act(work)


@blueprint.get("/my/messages")
@access(ANYBODY)
def mine() -> str:
    """What the community has told me."""
    found = queries.messages_for(db.session(), viewer().person_id)
    home = ZoneInfo(zone())
    rows = [{"title": translate(queries.text_of(one)), "date": one.created_at.astimezone(home).date()} for one in found]
    return render_template("messages/mine.html", rows=rows)


@blueprint.get("/feedback")
@access(PUBLIC)
def feedback() -> str:
    return draw_feedback(Form())


def draw_feedback(form: Form) -> str:
    return render_template(
        "messages/feedback.html",
        form=form,
        kinds=[(code, gettext(name)) for code, name in KIND_NAMES.items()],
        known=maybe_viewer() is not None,
    )


@blueprint.post("/feedback")
@access(PUBLIC)
def give_feedback() -> Answer:
    """Not through `act`: whoever writes needn't be signed in. The form's key makes a second press harmless."""
    form = read_form(schemas.FeedbackForm())
    home = community()
    if home is None:
        raise NotFound
    if form.errors:
        return draw_feedback(form), 422
    session, found, key, moment = db.session(), maybe_viewer(), form_key(), now()
    actor = Actor(home.id, found.person_id if found else None, "web")
    in_transaction(session, lambda: actions.give_feedback(session, **form.values, once=key, actor=actor, now=moment))
    said: Any = (N_("收到了，谢谢您。社区会看，留了电话的会回话。"), {})
    flash(said, "yes")
    return redirect(url_for("messages.feedback"), 303)


@blueprint.get("/feedback/answers")
@access("coordinator", "admin", "auditor")
def list_feedback() -> str:
    return draw_list(Form())


def draw_list(form: Form, error: AppError | None = None) -> str:
    found = page_of(db.session(), queries.feedback_list())
    home = ZoneInfo(zone())
    rows = [
        {
            "id": one.id,
            "kind": gettext(KIND_NAMES[one.kind]),
            "text": one.text,
            "who": " ".join(part for part in (one.name, one.phone) if part),
            "day": date_short(one.created_at.astimezone(home).date(), language()),
            "answer": one.answer,
            "open": one.state == "open",
        }
        for one in found.items
    ]
    return render_template(
        "messages/answers.html",
        found=found,
        rows=rows,
        form=form,
        may_answer=not viewer().roles.isdisjoint(("coordinator", "admin")),
        refusal=translate(error.text) if error else "",
    )


@blueprint.post("/feedback/<int:feedback_id>/answer")
@access("coordinator", "admin")
def answer_feedback(feedback_id: int) -> Answer:
    queries.feedback(db.session(), feedback_id)
    form = read_form(schemas.FeedbackAnswerForm())
    if form.errors:
        return draw_list(form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.answer_feedback(session, feedback_id, form.values["answer"], actor=actor, now=moment)
        return Done(url_for("messages.list_feedback"), N_("答复记下了。"))

    return act(work, refused=lambda error: draw_list(form, error))
