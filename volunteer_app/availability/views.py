"""My times: the squares of a month, away dates, one question a page. Staff fill in for somebody at /people/…/times."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.availability import actions, queries, schemas
from volunteer_app.availability.given import Given, NoTurns
from volunteer_app.availability.models import AvailabilitySheet, FinerTime
from volunteer_app.availability.rules import FinerEntry
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import month_after
from volunteer_app.core.errors import AppError, Forbidden, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person, VolunteerProfile
from volunteer_app.web.access import access, local_today, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_range, day_weekday, time_hm, weekday_range
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate

blueprint = Blueprint("availability", __name__)
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
DAY_CHOICES = (
    ("any", N_("每天")), ("workday", N_("上班的日子")), ("rest", N_("休息的日子")),
    *((f"weekday-{number}", name) for number, name in enumerate(WEEKDAYS)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose times the page is about; `person_id` is None in addresses of one's own pages."""

    person: Person
    person_id: int | None
    month: date

    def url(self, endpoint: str, **values: Any) -> str:
        if self.month != this_month():
            values["month"] = self.month.strftime("%Y-%m")
        return url_for(f"availability.{endpoint}", person_id=self.person_id, **values)

    @property
    def filled_by(self) -> str:
        """顾敏代潘德明填写, when staff fill in for somebody."""
        if self.person_id is None:
            return ""
        return translate(Text(N_("%(staff)s代%(name)s填写"), {"staff": viewer().name, "name": self.person.name}))


def this_month() -> date:
    return local_today().replace(day=1)


def subject(person_id: int | None) -> Subject:
    """The viewer, or for staff the person of the address; a volunteer's own page needs the role."""
    found = viewer()
    if person_id is None and "volunteer" not in found.roles:
        raise Forbidden
    if person_id is not None and "coordinator" not in found.roles:
        raise Forbidden
    person = db.session.scalars(select(Person).where(Person.id == (person_id or found.person_id))).first()
    if person is None:
        raise NotFound
    return Subject(person, person_id, asked_month())


def asked_month() -> date:
    """The month of ?month=2026-11, from this month to a year ahead."""
    try:
        asked = datetime.strptime(request.values.get("month", ""), "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return this_month()
    earliest = this_month()
    latest = earliest.replace(year=earliest.year + 1)
    if not earliest <= asked <= latest:
        abort(404)
    return asked


def route(path: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same page for oneself at /my/times… and for staff at /people/<id>/times…."""

    def add(view: Callable[..., Any]) -> Callable[..., Any]:
        guarded = access("volunteer", "coordinator")(view)
        own, theirs, verbs = f"/my/times{path}", f"/people/<int:person_id>/times{path}", list(methods)
        blueprint.add_url_rule(own, view.__name__, guarded, methods=verbs, defaults={"person_id": None})
        blueprint.add_url_rule(theirs, view.__name__, guarded, methods=verbs)
        return guarded

    return add


@route("")
def my_times(person_id: int | None) -> str:
    return draw_times(subject(person_id), Form(), as_last="as_last" in request.args)


def draw_times(whose: Subject, form: Form, *, as_last: bool = False, asks: bool = False, refusal: str = "") -> str:
    session = db.session()
    own = queries.sheet_of(session, whose.person.id, whose.month)
    before = queries.sheet_before(session, whose.person.id, whose.month)
    shown = before if as_last or own is None else own
    chosen = form.value("free", schemas.values_of(shown.squares) if shown else [])
    return render_template(
        "availability/my_times.html",
        whose=whose,
        chosen=chosen,
        as_last=as_last,
        before=before,
        own=own,
        asks=asks,
        refusal=refusal,
        rows=[{"key": str(number), "label": gettext(name), "rest": number > 4} for number, name in enumerate(WEEKDAYS)],
        finer=[finer_words(one) for one in (shown.finer if shown else [])],
        aways=away_items(session, whose),
        given=given_items(session, whose),
        next_month=month_after(whose.month) if whose.month == this_month() else None,
    )


def given_items(session: Session, whose: Subject) -> list[dict[str, str]]:
    """Turns that the person has and that the own times don't cover any more: day, and where to say so."""
    given: Given = current_app.extensions.get("youlin_given") or NoTurns()
    turns = given.turns(session, whose.person.id, now=now())
    return [
        {
            "day": day_weekday(turn.day, language()),
            "href": turn.own_address if whose.person_id is None else turn.staff_address,
        }
        for turn in queries.given_outside(session, whose.person.id, turns, zone())
    ]


def away_items(session: Session, whose: Subject) -> list[dict[str, str]]:
    """Away dates from today on, in words."""
    spans = queries.aways(session, [whose.person.id], local_today(), date.max)[whose.person.id]
    return [
        {
            "text": date_range((span.from_on, span.to_on), language()),
            "note": translate(
                Text(
                    N_("%(days)s，%(number)d天不排班"),
                    {
                        "days": weekday_range((span.from_on, span.to_on), language()),
                        "number": (span.to_on - span.from_on).days + 1,
                    },
                )
            ),
            "remove_action": whose.url("remove_away", away_id=span.id),
        }
        for span in spans
    ]


def finer_words(one: FinerTime) -> dict[str, Any]:
    """一条更细的时间: days, hours and reason in words."""
    key = f"weekday-{one.weekday}" if one.weekday is not None else one.day_class
    hours = [time_hm(time(minute // 60 % 24, minute % 60)) for minute in (one.starts_minute, one.ends_minute)]
    words = Text(
        N_("%(days)s %(starts)s–%(ends)s有空") if one.is_free else N_("%(days)s %(starts)s–%(ends)s没空"),
        {"days": Text(dict(DAY_CHOICES)[key]), "starts": hours[0], "ends": hours[1]},
    )
    return {"id": one.id, "text": translate(words), "reason": one.reason}


@route("", methods=("POST",))
def save_times(person_id: int | None) -> Answer:
    whose = subject(person_id)
    form = read_form(schemas.SheetForm())
    if form.errors:
        return draw_times(whose, form, refusal=form.error("free")), 422
    squares = schemas.mask_of(form.values["free"])
    if squares == 0 and not form.values["resting"]:
        return render_template("availability/resting.html", whose=whose), 409

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.save_sheet(
            session,
            whose.person.id,
            whose.month,
            squares=squares,
            resting=form.values["resting"],
            actor=actor,
            now=moment,
        )
        return Done(whose.url("my_times"), N_("存好了。") if squares else N_("记下了，这个月歇一歇。"))

    return act(work, refused=lambda error: draw_times(whose, form, refusal=translate(error.text)))


@route("/away")
def away(person_id: int | None) -> str:
    return draw_away(subject(person_id), Form())


def draw_away(whose: Subject, form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    refusal = translate(error.text) if error is not None else ""
    return render_template("availability/away.html", whose=whose, form=form, refusal=refusal)


@route("/away", methods=("POST",))
def add_away(person_id: int | None) -> Answer:
    whose = subject(person_id)
    form = read_form(schemas.AwayForm(today=local_today()))
    if form.errors:
        return draw_away(whose, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.add_away(
            session, whose.person.id, form.values["from_on"], form.values["to_on"], actor=actor, now=moment
        )
        return Done(whose.url("my_times"), N_("记下了，以后不往这几天排。"))

    return act(work, refused=lambda error: draw_away(whose, form, error))


@route("/away/<int:away_id>/remove", methods=("POST",))
def remove_away(person_id: int | None, away_id: int) -> Answer:
    whose = subject(person_id)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.remove_away(session, whose.person.id, away_id, actor=actor, now=moment)
        return Done(whose.url("my_times"), N_("删掉了，这几天又可以排班了。"))

    return act(work)


@route("/often")
def often(person_id: int | None) -> str:
    return draw_often(subject(person_id), Form())


def draw_often(whose: Subject, form: Form) -> str:
    sheet = in_force(whose)
    chosen = form.value("turns_week", (sheet.turns_week if sheet else None) or "")
    return render_template("availability/often.html", whose=whose, form=form, chosen=chosen)


def in_force(whose: Subject) -> AvailabilitySheet | None:
    return queries.sheet_in_force(db.session(), whose.person.id, whose.month)


@route("/often", methods=("POST",))
def set_often(person_id: int | None) -> Answer:
    whose = subject(person_id)
    form = read_form(schemas.OftenForm())
    if form.errors:
        return draw_often(whose, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        turns = form.values["turns_week"]
        actions.set_turns_week(session, whose.person.id, whose.month, turns, actor=actor, now=moment)
        return Done(whose.url("my_times"), N_("存好了。"))

    return act(work)


@route("/with")
def partners(person_id: int | None) -> str:
    return draw_partners(subject(person_id), Form())


def draw_partners(whose: Subject, form: Form, error: AppError | None = None) -> str:
    session = db.session()
    wished = queries.partners(session, [whose.person.id])[whose.person.id]
    chosen = {int(value) for value in form.value("partners", wished) if str(value).isdigit()}
    return render_template(
        "availability/with.html",
        whose=whose,
        people=neighbours(session, whose.person, wished),
        chosen=chosen,
        refusal=translate(error.text) if error else "",
    )


def neighbours(session: Session, person: Person, wished: set[int]) -> list[Person]:
    """Volunteers of the same grid, and whoever is wished already, by name."""
    volunteers = select(VolunteerProfile.person_id)
    wanted = select(Person).where(
        Person.id != person.id,
        Person.state == "active",
        Person.id.in_(volunteers),
        (Person.grid_id == person.grid_id) | Person.id.in_(wished),
    )
    return list(session.scalars(wanted.order_by(Person.number)))


@route("/with", methods=("POST",))
def set_partners(person_id: int | None) -> Answer:
    whose = subject(person_id)
    form = read_form(schemas.PartnersForm())
    if form.errors:
        return draw_partners(whose, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.set_partners(session, whose.person.id, form.values["partners"], actor=actor, now=moment)
        return Done(whose.url("my_times"), N_("存好了，尽量排在一起。"))

    return act(work, refused=lambda error: draw_partners(whose, form, error))


@route("/finer")
def finer(person_id: int | None) -> str:
    return draw_finer(subject(person_id), Form())


def draw_finer(whose: Subject, form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    sheet = in_force(whose)
    return render_template(
        "availability/finer.html",
        whose=whose,
        form=form,
        finer=[finer_words(one) for one in (sheet.finer if sheet else [])],
        days=[(code, gettext(name)) for code, name in DAY_CHOICES],
        refusal=translate(error.text) if error else "",
    )


@route("/finer", methods=("POST",))
def add_finer(person_id: int | None) -> Answer:
    whose = subject(person_id)
    form = read_form(schemas.FinerForm())
    if form.errors:
        return draw_finer(whose, form), 422
    entry = finer_entry(form.values)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.add_finer(session, whose.person.id, whose.month, entry, actor=actor, now=moment)
        return Done(whose.url("finer"), N_("存好了。"))

    return act(work, refused=lambda error: draw_finer(whose, form, error))


def finer_entry(values: dict[str, Any]) -> FinerEntry:
    what, _, weekday = values["days"].partition("-")
    return FinerEntry(
        values["starts_minute"],
        values["ends_minute"],
        is_free=values["is_free"],
        day_class="any" if weekday else what,
        weekday=int(weekday) if weekday else None,
        reason=values["reason"],
    )


@route("/finer/<int:finer_id>/remove", methods=("POST",))
def remove_finer(person_id: int | None, finer_id: int) -> Answer:
    whose = subject(person_id)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.remove_finer(session, whose.person.id, whose.month, finer_id, actor=actor, now=moment)
        return Done(whose.url("finer"), N_("删掉了。"))

    return act(work)
