"""Pages of an exchange: whose turn would one rather have, what the other one says, and what staff settles for both."""

from collections.abc import Callable
from datetime import datetime

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import Assignment
from volunteer_app.rosters.rules import takes_answer
from volunteer_app.rosters.turns import schemas, swaps
from volunteer_app.rosters.turns.questions import day_and_time, options, possible, to_settle, what_and_where
from volunteer_app.rosters.turns.views import answer, own_turn
from volunteer_app.rosters.views import blueprint
from volunteer_app.web.access import access, now, zone
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import translate

SHOWN, ALL = 8, 200


@blueprint.get("/my/turn/<int:assignment_id>/swap")
@access("volunteer")
def swap(assignment_id: int) -> str:
    """想换到哪一班: turns of others that could be had for this one."""
    return draw_swap(own_turn(assignment_id), Form())


def draw_swap(seat: Assignment, form: Form, refusal: AppError | None = None) -> str:
    return drawn("rosters/swap.html", possible, seat, form, refusal)


def drawn(
    template: str,
    offers: Callable[..., list[Assignment]],
    seat: Assignment,
    form: Form,
    refusal: AppError | None,
    **more: str,
) -> str:
    """The page on which a turn is chosen for the seat; `offers` finds what there is to choose from."""
    most = ALL if request.args.get("all") == "1" else SHOWN
    may = takes_answer(seat, now=now())
    found = offers(db.session(), seat, now=now(), most=most + 1) if may else []
    return render_template(
        template,
        seat=seat,
        own=(day_and_time(seat.shift, zone()), what_and_where(seat.shift)),
        options=options(found[:most], zone=zone()),
        is_more=len(found) > most,
        may=may,
        form=form,
        refusal=translate(refusal.text) if refusal else "",
        **more,
    )


@blueprint.post("/my/turn/<int:assignment_id>/swap")
@access("volunteer")
def ask_swap(assignment_id: int) -> Answer:
    seat = own_turn(assignment_id)
    form = read_form(schemas.SwapForm())
    if form.errors:
        return draw_swap(seat, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        swaps.ask(session, assignment_id, form.values["other"], actor=actor, now=moment)
        return Done(url_for("rosters.my_turn"), N_("问了，等回话。回话以前，这一班还是您的。"))

    return act(work, refused=lambda error: draw_swap(own_turn(assignment_id), form, error))


@blueprint.get("/roster/seats/<int:assignment_id>/swap")
@access("coordinator")
def settle(assignment_id: int) -> str:
    """和谁换一班: for two people who have said yes on the telephone."""
    return draw_settle(queries.assignment(db.session(), assignment_id), Form())


def draw_settle(seat: Assignment, form: Form, refusal: AppError | None = None) -> str:
    return drawn("rosters/settle.html", to_settle, seat, form, refusal, board=on_board(seat))


def on_board(seat: Assignment) -> str:
    """Where the seat stands on the board."""
    return url_for("rosters.board", day=seat.shift.starts_on.isoformat(), seat=seat.id)


@blueprint.post("/roster/seats/<int:assignment_id>/swap")
@access("coordinator")
def settle_swap(assignment_id: int) -> Answer:
    seat = queries.assignment(db.session(), assignment_id)
    form = read_form(schemas.SwapForm())
    if form.errors:
        return draw_settle(seat, form), 422
    day = seat.shift.starts_on.isoformat()

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        swaps.settle(session, assignment_id, form.values["other"], actor=actor, now=moment)
        return Done(url_for("rosters.board", day=day), N_("换好了，两个人都会收到消息。"))

    return act(work, refused=lambda error: draw_settle(queries.assignment(db.session(), assignment_id), form, error))


@blueprint.post("/my/swaps/<int:swap_id>/agree")
@access("volunteer")
def agree_swap(swap_id: int) -> Answer:
    return answer(swaps.agree, swap_id, N_("换好了，谢谢您。"))


@blueprint.post("/my/swaps/<int:swap_id>/refuse")
@access("volunteer")
def refuse_swap(swap_id: int) -> Answer:
    return answer(swaps.refuse, swap_id, N_("知道了，您的班没有动。"))


@blueprint.post("/my/swaps/<int:swap_id>/withdraw")
@access("volunteer")
def withdraw_swap(swap_id: int) -> Answer:
    return answer(swaps.withdraw, swap_id, N_("撤回来了，您的班没有动。"))
