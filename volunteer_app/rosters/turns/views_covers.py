"""What a volunteer answers who is asked to come to a turn that lacks somebody."""

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.language import N_
from volunteer_app.rosters.turns import covers
from volunteer_app.rosters.turns.views import draw_turn
from volunteer_app.rosters.views import blueprint
from volunteer_app.web.access import access
from volunteer_app.web.forms import Answer, Done, act


@blueprint.post("/my/cover/<int:ask_id>/agree")
@access("volunteer")
def agree_cover(ask_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        covers.agree(session, ask_id, actor=actor, now=moment)
        return Done(url_for("rosters.my_turn"), N_("这一班是您的了，谢谢您来帮忙。"))

    return act(work, refused=lambda error: draw_turn(None, error))


@blueprint.post("/my/cover/<int:ask_id>/refuse")
@access("volunteer")
def refuse_cover(ask_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        covers.refuse(session, ask_id, actor=actor, now=moment)
        return Done(url_for("rosters.my_turn"), N_("知道了，会再问别人。"))

    return act(work, refused=lambda error: draw_turn(None, error))
