"""Page: fixed bonuses, for one person or for a neighbourhood."""

from datetime import datetime, timedelta

from flask import render_template, url_for
from sqlalchemy.orm import Session

from volunteer_app.attendance import queries as attendance
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.people.typed import person_named
from volunteer_app.places import queries as places
from volunteer_app.rewards import bonuses, queries, schemas
from volunteer_app.rewards.rules import DEFAULT
from volunteer_app.rewards.views import blueprint
from volunteer_app.web.access import access, local_today
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext


@blueprint.get("/bonuses")
@access("coordinator")
def show_bonuses() -> str:
    return draw_bonuses(Form())


def draw_bonuses(form: Form) -> str:
    session = db.session()
    given = queries.last_bonuses(session)
    newcomers = {bonus.id: bonuses.newcomer_of(bonus) or 0 for bonus in given}
    names = attendance.people_by_id(session, {*newcomers.values(), *(bonus.person_id for bonus in given)})
    return render_template(
        "rewards/bonuses.html",
        form=form,
        rows=[
            {"bonus": bonus, "person": names[bonus.person_id], "newcomer": names.get(newcomers[bonus.id])}
            for bonus in given
        ],
        words=bonuses.BONUS_WORDS,
        kinds=[(kind, gettext(bonuses.BONUS_WORDS[kind])) for kind in ("small_deed", "suggestion", "referral")],
        neighbourhoods=places.choices(session, "neighbourhood"),
        last_month=(local_today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m"),
        rules=queries.rules_on(session, local_today()).rules or DEFAULT,
    )


@blueprint.post("/bonuses")
@access("coordinator")
def give_bonus() -> Answer:
    form = read_form(schemas.BonusForm())
    ids = {name: person_named(form, name) for name in ("who", "newcomer") if not form.errors and form.values[name]}
    if form.errors:
        return draw_bonuses(form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        bonuses.give(session, form.values, ids, actor=actor, now=moment)
        return Done(url_for("rewards.show_bonuses"), N_("加上了。"))

    def refused(error: AppError) -> str:
        form.errors["who"] = [error.text]
        return draw_bonuses(form)

    return act(work, refused=refused)


@blueprint.post("/bonuses/review")
@access("coordinator")
def reward_review() -> Answer:
    form = read_form(schemas.ReviewForm())
    if form.errors:
        return draw_bonuses(form), 422
    values = form.values

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        given = bonuses.reward_neighbourhood(
            session, values["neighbourhood_id"], month=values["month"], actor=actor, now=moment
        )
        return Done(url_for("rewards.show_bonuses"), Text(N_("给%(n)d位加了分。"), {"n": len(given)}))

    return act(work)
