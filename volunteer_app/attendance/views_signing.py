"""Pages: a volunteer signs in with the four digits at the post, and out again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.attendance import drawing, queries, rules, schemas, signing
from volunteer_app.attendance.views import blueprint
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.rosters.models import Assignment
from volunteer_app.web.access import access, actor, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate
from volunteer_app.web.refusals import note_refusal


@blueprint.get("/my/sign-in")
@access("volunteer")
def sign_in_here() -> str:
    return draw_sign_in(Form())


def draw_sign_in(form: Form) -> str:
    """One field for the code; a person who has signed in sees the way out instead."""
    session, who = db.session(), viewer()
    inside = signing.signed_in_turn(session, who.person_id)
    turn, refusal = None, None
    try:
        turn = inside or asked_turn(session)
    except Refused as error:
        refusal = error
    if turn is not None and inside is None:
        refusal = signing.outside_hours(session, turn, now())
    return render_template(
        "attendance/sign_in.html",
        form=form,
        turn=turn,
        inside=inside is not None,
        arrived=arrived_at(session, inside),
        what=drawing.kind_name(turn.shift.kind) if turn else "",
        span=drawing.local_span(turn.shift, who.zone) if turn else None,
        closed=translate(refusal.text) if refusal else "",
    )


def arrived_at(session: Session, turn: Assignment | None) -> datetime | None:
    if turn is None:
        return None
    found = queries.attendances(session, [turn.shift_id]).get((turn.shift_id, turn.person_id))
    return found.signed_in_at.astimezone(ZoneInfo(viewer().zone)) if found and found.signed_in_at else None


def asked_turn(session: Session) -> Assignment:
    """The turn of the address, else the one that begins now."""
    who = viewer()
    asked = request.values.get("turn", type=int)
    if asked is not None:
        return signing.own_turn(session, who.person_id, asked)
    return signing.turn_now(session, who.person_id, now=now())


@blueprint.post("/my/sign-in")
@access("volunteer")
def sign_in() -> Answer:
    return try_code(None)


@blueprint.post("/my/turn/<int:assignment_id>/sign-in")
@access("volunteer")
def sign_in_turn(assignment_id: int) -> Answer:
    """With the code it signs in; without one it leads to the page that asks for it."""
    signing.own_turn(db.session(), viewer().person_id, assignment_id)
    if "code" not in request.form:
        return redirect(url_for("attendance.sign_in_here", turn=assignment_id), 303)
    return try_code(assignment_id)


def try_code(assignment_id: int | None) -> Answer:
    """Not through `act`: a wrong code must be kept although it is refused."""
    form = read_form(schemas.CodeForm())
    if form.errors:
        return draw_sign_in(form), 422
    session, moment, who = db.session(), now(), actor()
    person_id, key = viewer().person_id, drawing.secret()

    def work() -> signing.Tried:
        turn = (
            signing.own_turn(session, person_id, assignment_id)
            if assignment_id is not None
            else signing.turn_now(session, person_id, now=moment)
        )
        return signing.sign_in(session, turn, form.values["code"], secret=key, actor=who, now=moment)

    try:
        tried = in_transaction(session, work)
    except Refused as error:
        tried = signing.Tried(refusal=error)
    if tried.refusal is not None:
        note_refusal(tried.refusal)
        form.errors["code"] = [tried.refusal.text]
        return draw_sign_in(form), tried.refusal.status
    return redirect(url_for("attendance.sign_in_here"), 303)


@blueprint.post("/my/turn/<int:assignment_id>/sign-out")
@access("volunteer")
def sign_out_turn(assignment_id: int) -> Answer:
    person_id = viewer().person_id

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        turn = signing.own_turn(session, person_id, assignment_id)
        found = signing.sign_out(session, turn, actor=actor, now=moment)
        served = rules.judge(
            turn.shift.starts_at, turn.shift.ends_at, arrived=found.signed_in_at, left=found.signed_out_at
        )
        said = Text(N_("签退了。这一班记%(n)d分钟，谢谢您。"), {"n": served.minutes or 0})
        return Done(url_for("rosters.my_turn"), said)

    return act(work)
