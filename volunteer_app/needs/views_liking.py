"""One question a page: which activities somebody likes best, and which only if nobody else can."""

from datetime import datetime
from typing import Any

from flask import render_template, url_for
from marshmallow import fields
from sqlalchemy.orm import Session

from volunteer_app.availability import actions as availability
from volunteer_app.availability.models import LEVELS
from volunteer_app.availability.queries import wishes
from volunteer_app.availability.views import Subject, subject
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema
from volunteer_app.needs import queries
from volunteer_app.needs.views import blueprint
from volunteer_app.web.access import access
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act, read_form
from volunteer_app.web.language import language


class LikesForm(FormSchema):
    """Codes of the kinds that are ticked; others than the catalogue's are passed over."""

    kinds = fields.List(fields.String(), load_default=list)


def whose_likes(person_id: int | None, level: str) -> Subject:
    if level not in LEVELS:
        raise NotFound
    return subject(person_id)


@blueprint.get("/my/likes/<level>", defaults={"person_id": None})
@blueprint.get("/people/<int:person_id>/likes/<level>")
@access("volunteer", "coordinator")
def likes(person_id: int | None, level: str) -> str:
    whose = whose_likes(person_id, level)
    liked = wishes(db.session(), [whose.person.id])[whose.person.id]
    english = language() == "en"
    kinds = [
        {
            "code": kind.code,
            "name": kind.name_en if english else kind.name,
            "ticked": liked.get(about(kind.code)) == level,
        }
        for kind in queries.kinds(db.session())
    ]
    return render_template("needs/likes.html", whose=whose, level=level, kinds=kinds)


def about(code: str) -> str:
    return f"kind:{code}"


@blueprint.post("/my/likes/<level>", defaults={"person_id": None})
@blueprint.post("/people/<int:person_id>/likes/<level>")
@access("volunteer", "coordinator")
def save_likes(person_id: int | None, level: str) -> Answer:
    """Replaces the kinds of this level; a kind of the other level that is ticked here changes over."""
    whose = whose_likes(person_id, level)
    ticked: list[Any] = read_form(LikesForm()).values["kinds"]

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        known = {kind.code for kind in queries.kinds(session)}
        before = wishes(session, [whose.person.id])[whose.person.id]
        kept = {what: how for what, how in before.items() if how != level or not what.startswith("kind:")}
        levels = kept | {about(code): level for code in ticked if code in known}
        availability.set_wishes(session, whose.person.id, levels, actor=actor, now=moment)
        return Done(url_for("availability.my_times", person_id=person_id), N_("存好了。"))

    return act(work)
