"""Pages: sign-in, new password, the list of people, one person, roles."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import login_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.people import actions, queries, schemas
from volunteer_app.people.models import CHANNELS, GENDERS, ROLES
from volunteer_app.people.words import CHANNEL_NAMES, EFFORTS, GENDER_NAMES, IDENTITIES, PURPOSES, SKILLS, STATES
from volunteer_app.places import queries as places
from volunteer_app.web.access import ANYBODY, PUBLIC, SignedIn, access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import named
from volunteer_app.web.navigation import ROLE_NAMES
from volunteer_app.web.pages import safe_path
from volunteer_app.web.paging import page_of

blueprint = Blueprint("people", __name__)
SHORTEST_PASSWORD = 8


@blueprint.get("/sign-in")
@access(PUBLIC)
def sign_in() -> str:
    return draw_sign_in(Form())


@blueprint.post("/sign-in")
@access(PUBLIC)
def enter() -> Answer:
    """Not through `act`: nobody is signed in yet, and a failed try must be kept although it is refused."""
    form = read_form(schemas.SignInForm())
    if form.errors:
        return draw_sign_in(form), 422
    session = db.session()
    name, password, moment = form.values["name"], form.values["password"], now()
    tried = in_transaction(session, lambda: actions.try_sign_in(session, name, password, now=moment))
    if tried.person is None:
        assert tried.refusal is not None
        place = "password" if isinstance(tried.refusal, actions.WrongPassword) else "name"
        form.errors[place] = [tried.refusal.text]
        return draw_sign_in(form), tried.refusal.status
    cookie.clear()
    login_user(SignedIn(tried.person))
    return redirect(safe_path(request.values.get("next")), 303)


def draw_sign_in(form: Form) -> str:
    return render_template(
        "people/sign_in.html",
        form=form,
        refusal=form.refusal(),
        next=request.values.get("next", ""),
        unsent=request.values.get("unsent") == "1",
    )


@blueprint.post("/sign-out")
@access(ANYBODY)
def sign_out() -> Response:
    logout_user()
    cookie.clear()
    return redirect(url_for("people.sign_in"), 303)


@blueprint.get("/sign-in/new-password")
@access(PUBLIC)
def new_password() -> str:
    return render_template("people/new_password.html", form=Form(), refusal="")


@blueprint.post("/sign-in/new-password")
@access(PUBLIC)
def set_password() -> Answer:
    form = read_form(schemas.NewPasswordForm())
    if "password" in form.values and len(form.values["password"]) < SHORTEST_PASSWORD:
        form.errors["password"] = [Text(N_("密码至少8位，用一句好记的话就行。"))]
    if form.errors:
        return render_template("people/new_password.html", form=form, refusal=form.refusal()), 422
    session, values, moment = db.session(), form.values, now()
    try:
        person = in_transaction(
            session,
            lambda: actions.set_password(session, values["name"], values["code"], values["password"], now=moment),
        )
    except Refused as error:
        if isinstance(error, actions.WrongCode):
            in_transaction(session, lambda: actions.note_wrong_code(session, values["name"], now=moment))
        form.errors["code"] = [error.text]
        return render_template("people/new_password.html", form=form, refusal=form.refusal()), error.status
    cookie.clear()
    login_user(SignedIn(person))
    return redirect(url_for("web.home"), 303)


@blueprint.get("/people")
@access("coordinator", "admin")
def list_people() -> str:
    """Cards: name, number, age band, grid, skills, channel, limits."""
    session = db.session()
    found = page_of(session, queries.search(request.args.get("q", ""), request.args.get("grid", type=int)))
    today = local_today()
    rows = queries.cards(session, found.items, today)
    return render_template(
        "people/list.html",
        found=found,
        rows=rows,
        q=request.args.get("q", ""),
        grid=request.args.get("grid", ""),
        grids=named(places.choices(session, "grid"), language()),
        skills=SKILLS,
        channels=CHANNEL_NAMES,
        states=STATES,
    )


@blueprint.get("/people/new")
@access("coordinator", "admin")
def new_person() -> str:
    return draw_new(Form())


@blueprint.post("/people/new")
@access("coordinator", "admin")
def register() -> Answer:
    form = read_form(schemas.RegisterForm())
    if form.errors:
        return draw_new(form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        values = form.values | {"phone": form.values["phone"] or None, "number": form.values["number"].upper()}
        person = actions.register(session, values, actor=actor, now=moment)
        return Done(
            url_for("people.show", person_id=person.id), Text(N_("%(name)s记下了，等本人答应。"), {"name": person.name})
        )

    def refused(error: AppError) -> str:
        form.errors["number"] = [error.text]
        return draw_new(form)

    return act(work, refused=refused)


def draw_new(form: Form) -> str:
    return render_template(
        "people/new.html",
        form=form,
        refusal=form.refusal(),
        grids=named(places.choices(db.session(), "grid"), language()),
        genders=options(GENDER_NAMES, GENDERS),
        channels=options(CHANNEL_NAMES, CHANNELS),
    )


def options(names: dict[str, str], codes: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    """(value, translated label) for a select."""
    return [(code, gettext(names[code])) for code in (codes or tuple(names))]


@blueprint.get("/people/<int:person_id>")
@access("coordinator", "admin")
def show(person_id: int) -> str:
    return draw_person(person_id, Form())


def draw_person(person_id: int, form: Form, code: str = "") -> str:
    session = db.session()
    person = queries.person_here(session, person_id)
    today = local_today()
    return render_template(
        "people/person.html",
        form=form,
        refusal=form.refusal(),
        card=queries.cards(session, [person], today)[0],
        consents=queries.consents_of(session, person.id),
        code=code,
        skills=SKILLS,
        identities=IDENTITIES,
        channels=options(CHANNEL_NAMES, CHANNELS),
        purposes=PURPOSES,
        purpose_choices=options(PURPOSES),
        efforts=options(EFFORTS),
        states=STATES,
        genders=GENDER_NAMES,
        roles=[gettext(ROLE_NAMES[role]) for role in sorted(queries.roles_of(session, person.id))],
    )


@blueprint.post("/people/<int:person_id>")
@access("coordinator", "admin")
def change(person_id: int) -> Answer:
    queries.person_here(db.session(), person_id)
    form = read_form(schemas.ProfileForm())
    if form.errors:
        return draw_person(person_id, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.change_profile(session, person_id, limits_in_minutes(form.values), actor=actor, now=moment)
        for kind, name in (("skill", "skills"), ("identity", "identities")):
            actions.set_tags(session, person_id, kind, set(form.values[name]), actor=actor, now=moment)
        return Done(url_for("people.show", person_id=person_id), N_("存好了。"))

    return act(work)


PLAIN = (
    *("max_shifts_week", "max_shifts_day", "max_nights_week", "max_days_row", "min_days_off"),
    *("effort", "insured_until"),
)
"""Fields that stand in the profile as they stand in the form."""


def limits_in_minutes(values: dict[str, Any]) -> dict[str, Any]:
    """The form's hours as the profile's minutes."""
    changed = {key: values[key] for key in PLAIN}
    changed |= {key: values[key] or None for key in ("phone", "channel") if key in values}
    return changed | {
        "max_minutes_week": round(values["max_hours_week"] * 60),
        "max_minutes_day": round(values["max_hours_day"] * 60),
    }


@blueprint.post("/people/<int:person_id>/consent")
@access("coordinator", "admin")
def add_consent(person_id: int) -> Answer:
    queries.person_here(db.session(), person_id)
    form = read_form(schemas.ConsentForm())
    if form.errors:
        return draw_person(person_id, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.consent(session, person_id, **form.values, actor=actor, now=moment)
        return Done(url_for("people.show", person_id=person_id), N_("记下了。"))

    return act(work)


@blueprint.post("/people/<int:person_id>/consent/<purpose>/withdraw")
@access("coordinator", "admin")
def withdraw_consent(person_id: int, purpose: str) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.withdraw_consent(session, person_id, purpose, actor=actor, now=moment)
        return Done(url_for("people.show", person_id=person_id), N_("撤回了。"))

    return act(work)


@blueprint.post("/people/<int:person_id>/code")
@access("coordinator", "admin")
def give_code(person_id: int) -> Answer:
    """The code is shown once, on the answer itself; it is not kept anywhere in the clear, so there is no redirect."""
    session, moment = db.session(), now()
    who = Actor(viewer().community_id, viewer().person_id, "web", viewer().roles)
    code = in_transaction(session, lambda: actions.give_code(session, person_id, actor=who, now=moment))
    return draw_person(person_id, Form(), code)


@blueprint.get("/people/roles")
@access("admin")
def roles() -> str:
    return draw_roles(Form())


def draw_roles(form: Form) -> str:
    return render_template(
        "people/roles.html",
        form=form,
        rows=queries.staff(db.session()),
        names=ROLE_NAMES,
        choices=options(ROLE_NAMES, ROLES),
    )


@blueprint.post("/people/roles")
@access("admin")
def change_roles() -> Answer:
    """Gives or takes away (button `do`) one role."""
    form = read_form(schemas.RoleForm())
    if form.errors:
        return draw_roles(form), 422
    found = queries.people_named(db.session(), form.values["number"])
    if len(found) != 1:
        form.errors["number"] = [actions.NoSuchNumber().text]
        return draw_roles(form), 422
    person_id, take = found[0].id, request.form.get("do") == "take"

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        change = actions.revoke if take else actions.grant
        change(session, person_id, form.values["role"], actor=actor, now=moment)
        return Done(url_for("people.roles"), N_("存好了。"))

    def refused(error: AppError) -> str:
        form.errors["number"] = [error.text]
        return draw_roles(form)

    return act(work, refused=refused)


@blueprint.app_template_filter("said")
def said(code: str, names: dict[str, str]) -> str:
    """The translated name of a code."""
    return translate(names.get(code, code))
