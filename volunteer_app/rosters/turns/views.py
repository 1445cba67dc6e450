"""Pages of a volunteer: the next turn, yes or no, open turns, sign-ups."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.rosters import queries
from volunteer_app.rosters.drawing import span
from volunteer_app.rosters.legs import legs_to_come
from volunteer_app.rosters.models import PUBLISHED_STATES, Assignment
from volunteer_app.rosters.rules import takes_answer
from volunteer_app.rosters.turns import replies, schemas, sign_ups
from volunteer_app.rosters.turns.drawing import OPEN_TURNS, beside, card, first_turn, later, open_rows, own_turns, why
from volunteer_app.rosters.turns.drawing import open_turns as turns_open_to
from volunteer_app.rosters.turns.given import RosterTurns
from volunteer_app.rosters.turns.questions import questions, requests
from volunteer_app.rosters.turns.touched import RosterSeats
from volunteer_app.rosters.views import blueprint
from volunteer_app.web.access import access, community, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.filters import day_weekday
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import language, translate


@blueprint.record_once
def answer_others(state: BlueprintSetupState) -> None:
    """From now on needs can ask who sits on their shifts, and availability what somebody has been given."""
    state.app.extensions["youlin_seats"] = RosterSeats()
    state.app.extensions["youlin_given"] = RosterTurns()


@blueprint.get("/my/turn")
@access("volunteer")
def my_turn() -> str:
    """您的下一班: when, where, can I."""
    return draw_turn(None)


@blueprint.get("/my/turn/<int:assignment_id>")
@access("volunteer")
def turn(assignment_id: int) -> str:
    """One of the later turns, with the same card."""
    return draw_turn(own_turn(assignment_id))


def own_turn(assignment_id: int) -> Assignment:
    """A published seat of the viewer's own; raises NotFound for anybody else's."""
    seat = queries.assignment(db.session(), assignment_id)
    if seat.person_id != viewer().person_id or seat.state not in PUBLISHED_STATES:
        raise NotFound
    return seat


def draw_turn(chosen: Assignment | None, refusal: AppError | None = None) -> str:
    session, moment = db.session(), now()
    turns = own_turns(session, viewer().person_id, now=moment, zone=zone())
    shown = chosen or first_turn(turns)
    task = shown.shift.task if shown else None
    home = community()
    assert home is not None, "a signed-in person has a community"
    return render_template(
        "rosters/my_turn.html",
        card=card(session, shown, now=moment, zone=zone(), community=home) if shown else None,
        is_chosen=chosen is not None,
        take_back=url_for("rosters.accept", assignment_id=shown.id) if shown and shown.state == "seeking" else "",
        why=why(session, shown, now=moment) if shown else [],
        requests=requests(session, viewer().person_id, now=moment, zone=zone()),
        questions=questions(session, viewer().person_id, now=moment, zone=zone()),
        later=later([seat for seat in turns if seat.shift.task != task], zone=zone()),
        figures=[figure for room in beside() for figure in room.figures(session, viewer().person_id, now=moment)],
        local_now=local(moment),
        name=viewer().name,
        refusal=translate(refusal.text) if refusal else "",
    )


def local(moment: datetime) -> datetime:
    """Now in the community's own zone."""
    return moment.astimezone(ZoneInfo(zone()))


def answer(verb: Callable[..., object], asked_id: int, said: str) -> Answer:
    """Carries out what the viewer answers and says so on the page of his turns; a refusal is drawn there."""

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        verb(session, asked_id, actor=actor, now=moment)
        return Done(url_for("rosters.my_turn"), said)

    return act(work, refused=lambda error: draw_turn(None, error))


@blueprint.post("/my/turn/<int:assignment_id>/accept")
@access("volunteer")
def accept(assignment_id: int) -> Answer:
    own_turn(assignment_id)
    return answer(replies.accept, assignment_id, N_("记下了，您说能去。谢谢您。"))


@blueprint.get("/my/turn/<int:assignment_id>/cannot-come")
@access("volunteer")
def cannot_come(assignment_id: int) -> str:
    return draw_cannot_come(own_turn(assignment_id), Form())


def draw_cannot_come(seat: Assignment, form: Form, refusal: AppError | None = None) -> str:
    return render_template(
        "rosters/cannot_come.html",
        seat=seat,
        day=span(seat.shift, zone())[0].date(),
        form=form,
        may=takes_answer(seat, now=now()),
        legs=len(legs_to_come(seat.shift, now=now())),
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/my/turn/<int:assignment_id>/cannot-come")
@access("volunteer")
def decline(assignment_id: int) -> Answer:
    seat = own_turn(assignment_id)
    form = read_form(schemas.DeclineForm())
    if form.errors:
        return draw_cannot_come(seat, form), 422
    said = Text(
        N_("%(day)s这一班，社区在找人。谢谢您早告诉我们。"), {"day": day_weekday(seat.shift.starts_on, language())}
    )

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        replies.decline(session, assignment_id, reason=form.values["reason"], actor=actor, now=moment)
        return Done(url_for("rosters.my_turn"), said)

    return act(work, refused=lambda error: draw_cannot_come(own_turn(assignment_id), form, error))


@blueprint.get("/my/open-turns")
@access("volunteer")
def open_turns() -> str:
    """您能去的班，还缺n个人."""
    return draw_open_turns()


def draw_open_turns(refusal: AppError | None = None) -> str:
    session, person_id = db.session(), viewer().person_id
    found = turns_open_to(session, person_id, viewer().community_id, now=now())
    shown = found.free if request.args.get("all") == "1" else found.free[:OPEN_TURNS]
    return render_template(
        "rosters/open_turns.html",
        turns=open_rows(session, shown, person_id=person_id, zone=zone()),
        more=len(found.free) - len(shown),
        seats=sum(free for _shift, free in found.free),
        others=found.others,
        refusal=translate(refusal.text) if refusal else "",
    )


@blueprint.post("/my/open-turns/<int:shift_id>")
@access("volunteer")
def sign_up(shift_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        sign_ups.sign_up(session, shift_id, actor=actor, now=moment)
        return Done(url_for("rosters.open_turns"), N_("报上了，等社区确认"))

    return act(work, refused=draw_open_turns)


@blueprint.post("/my/sign-ups/<int:sign_up_id>/withdraw")
@access("volunteer")
def withdraw_sign_up(sign_up_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        sign_ups.withdraw_sign_up(session, sign_up_id, actor=actor, now=moment)
        return Done(url_for("rosters.open_turns"), N_("报名撤回来了。"))

    return act(work, refused=draw_open_turns)
