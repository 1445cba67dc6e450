"""Presses on the board: replace, fill, pin, take off, leader, answers for volunteers, answers to sign-ups."""

from collections.abc import Callable
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.rosters import queries
from volunteer_app.rosters.board import schemas, seats
from volunteer_app.rosters.board.views import args_of, draw_board
from volunteer_app.rosters.turns import covers, replies, sign_ups
from volunteer_app.rosters.views import blueprint
from volunteer_app.web.access import access
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.pages import safe_path


def changed_by_hand(work: Callable[[Session, Actor, datetime], tuple[str, list[Text]]], form: Form) -> Answer:
    """Carries out a hand change and returns to the board; a refusal is said on the board as it was."""
    back = safe_path(form.values.get("back") or url_for("rosters.board"))

    def write(session: Session, actor: Actor, moment: datetime) -> Done:
        location, notices = work(session, actor, moment)
        return Done(location or back, notices[0] if notices else N_("改好了。"))

    return act(write, refused=lambda error: draw_board(error, back))


@blueprint.post("/roster/seats/<int:assignment_id>/replace")
@access("coordinator")
def replace(assignment_id: int) -> Answer:
    form = read_form(schemas.PersonForm())
    if form.errors:
        raise NotFound

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        done = seats.replace(session, assignment_id, person_id=form.values["person"], actor=actor, now=moment)
        return seat_address(form, done.seat.id), done.notices

    return changed_by_hand(work, form)


def seat_address(form: Form, assignment_id: int) -> str:
    """The board where it was, with the new seat chosen."""
    back = safe_path(form.values.get("back") or url_for("rosters.board"))
    kept = {name: value for name, value in args_of(back).items() if name not in ("seat", "gap")}
    return url_for("rosters.board", **kept, seat=assignment_id, _anchor="why")  # type: ignore[arg-type]


@blueprint.post("/roster/shifts/<int:shift_id>/fill")
@access("coordinator")
def fill(shift_id: int) -> Answer:
    form = read_form(schemas.PersonForm())
    if form.errors:
        raise NotFound

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        done = seats.fill(session, shift_id, person_id=form.values["person"], actor=actor, now=moment)
        return seat_address(form, done.seat.id), done.notices

    return changed_by_hand(work, form)


@blueprint.post("/roster/shifts/<int:shift_id>/ask-for-cover")
@access("coordinator")
def ask_for_cover(shift_id: int) -> Answer:
    """Asks those who may come, a few at a time."""
    form = read_form(schemas.BackForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        asked = covers.ask(session, shift_id, actor=actor, now=moment)
        return "", [Text(N_("问了%(n)d个人。没人来就过几个小时接着问别人。"), {"n": len(asked)})]

    return changed_by_hand(work, form)


@blueprint.post("/roster/seats/<int:assignment_id>/pin")
@access("coordinator")
def pin(assignment_id: int) -> Answer:
    form = read_form(schemas.PinForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        seats.pin(session, assignment_id, pinned=form.values["pinned"], actor=actor, now=moment)
        return "", [Text(N_("钉住了，重排也不动。") if form.values["pinned"] else N_("钉子取下了。"))]

    return changed_by_hand(work, form)


@blueprint.post("/roster/seats/<int:assignment_id>/unseat")
@access("coordinator")
def unseat(assignment_id: int) -> Answer:
    form = read_form(schemas.BackForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        shift_id = queries.assignment(session, assignment_id).shift_id
        seats.unseat(session, assignment_id, actor=actor, now=moment)
        return gap_address(form, shift_id), [Text(N_("取下来了，这个座位空着。"))]

    return changed_by_hand(work, form)


def gap_address(form: Form, shift_id: int) -> str:
    back = safe_path(form.values.get("back") or url_for("rosters.board"))
    kept = {name: value for name, value in args_of(back).items() if name not in ("seat", "gap")}
    return url_for("rosters.board", **kept, gap=shift_id, _anchor="why")  # type: ignore[arg-type]


@blueprint.post("/roster/seats/<int:assignment_id>/lead")
@access("coordinator")
def lead(assignment_id: int) -> Answer:
    form = read_form(schemas.PinForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        seats.lead(session, assignment_id, leads=form.values["pinned"], actor=actor, now=moment)
        return "", []

    return changed_by_hand(work, form)


@blueprint.post("/roster/seats/<int:assignment_id>/answer/<word>")
@access("coordinator")
def answer_for(assignment_id: int, word: str) -> Answer:
    """What the volunteer said on the telephone or on paper: yes or no."""
    form = read_form(schemas.BackForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        answers = {"yes": replies.accept, "no": replies.decline}
        if word not in answers:
            raise NotFound
        answers[word](session, assignment_id, actor=actor, now=moment)
        return "", [Text(N_("替他记下了。"))]

    return changed_by_hand(work, form)


@blueprint.post("/roster/sign-ups/<int:sign_up_id>/<word>")
@access("coordinator")
def answer_sign_up(sign_up_id: int, word: str) -> Answer:
    """Confirm or refuse a volunteer's sign-up for an open turn."""
    form = read_form(schemas.BackForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        answers = {"confirm": sign_ups.confirm_sign_up, "refuse": sign_ups.refuse_sign_up}
        if word not in answers:
            raise NotFound
        answers[word](session, sign_up_id, actor=actor, now=moment)
        return "", [Text(N_("已经回复报名的人。"))]

    return changed_by_hand(work, form)
