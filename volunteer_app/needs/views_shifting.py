"""The tasks list 任务清单, and the page that asks 只改这一次，还是以后都改？ with whom it touches."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_minute
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.needs import changes, queries, schemas
from volunteer_app.needs.changes import ShiftChange
from volunteer_app.needs.drawing import seats, shift_row, shift_rows, shift_times
from volunteer_app.needs.models import Shift
from volunteer_app.needs.views import blueprint
from volunteer_app.needs.views_entering import entry_choices
from volunteer_app.needs.words import REPLY_STATES
from volunteer_app.places import queries as places
from volunteer_app.web.access import access, local_today, now, zone
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_weekday, time_range
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import named, person_name
from volunteer_app.web.paging import page_of
from volunteer_app.workdays.reading import minute_text

PAGE_ROWS = 50
SHOWN_DAYS = 13


@blueprint.get("/shifts")
@access("coordinator")
def list_shifts() -> str:
    session = db.session()
    form = read_form(schemas.FilterForm(today=local_today()))
    need_id = request.args.get("need", type=int)
    first = form.values.get("from_on") or (None if need_id else local_today())
    last = form.values.get("to_on") or (first + timedelta(days=SHOWN_DAYS) if first else None)
    wanted = select(Shift).order_by(Shift.starts_at, Shift.id)
    for condition in (
        Shift.starts_on >= first if first else None,
        Shift.starts_on <= last if last else None,
        Shift.grid_id == form.values["grid"] if form.values.get("grid") else None,
        Shift.need_id == need_id if need_id else None,
    ):
        wanted = wanted if condition is None else wanted.where(condition)
    found = page_of(session, queries.with_places(wanted), size=PAGE_ROWS)
    return render_template(
        "needs/shifts.html",
        found=found,
        rows=shift_rows(session, found.items),
        form=form,
        first=first,
        last=last,
        need=queries.need(session, need_id) if need_id else None,
        grids=named(places.choices(session, "grid"), language()),
    )


@blueprint.get("/shifts/<int:shift_id>")
@access("coordinator")
def edit_shift(shift_id: int) -> str:
    return draw_shift(shift_id, Form())


def draw_shift(shift_id: int, form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    session = db.session()
    shift = queries.shift(session, shift_id)
    (row,) = shift_rows(session, [shift])
    return render_template(
        "needs/shift.html",
        shift=shift,
        row=row,
        now_is=present_values(shift),
        form=form,
        posts=entry_choices()["posts"],
        touched=touched(session, [shift]),
        refusal=translate(error.text) if error else "",
    )


def present_values(shift: Shift) -> dict[str, Any]:
    starts = local_minute(shift.starts_at, zone())
    return {
        "day": shift.starts_on.isoformat(),
        "starts_minute": minute_text(starts),
        "ends_minute": minute_text((starts + shift.minutes) % 1440),
        "least": shift.least,
        "target": shift.target,
        "most": shift.most,
        "post_id": shift.post_id or "",
        "note": shift.note,
        "is_heavy": shift.is_heavy,
    }


def touched(session: Session, shifts: Sequence[Shift]) -> list[dict[str, str]]:
    """Who holds a seat on the shifts, in words; of a task in parts at what time."""
    days = {shift.id: day_words(shift) for shift in shifts}
    return [
        {
            "who": f"{person_name(one.name, language())} {one.number}",
            "day": days[one.shift_id],
            "state": gettext(REPLY_STATES.get(one.state, one.state)),
        }
        for one in seats().people(session, [shift.id for shift in shifts])
    ]


def day_words(shift: Shift) -> str:
    """10月13日 周二; of a leg 10月13日 周二 8:30–9:30."""
    day = date_weekday(shift_times(shift)[0].date(), language())
    return f"{day} {time_range(shift_times(shift))}" if shift.is_leg else day


@blueprint.post("/shifts/<int:shift_id>")
@access("coordinator")
def change_shift(shift_id: int) -> Answer:
    """Without a scope it asks: this one, or the rest?"""
    shift = queries.shift(db.session(), shift_id)
    form = read_form(schemas.ShiftForm(today=local_today()))
    if form.errors:
        return draw_shift(shift_id, form), 422
    if not form.values["scope"]:
        return draw_scope(shift, form, action=url_for("needs.change_shift", shift_id=shift_id))
    change = ShiftChange(**{name: form.values[name] for name in ShiftChange.__slots__})
    does = changes.change_rest if form.values["scope"] == "rest" else changes.change_shift

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        does(session, shift_id, change, seats=seats(), actor=actor, now=moment)
        return Done(url_for("needs.show", need_id=shift.need_id), N_("改好了，受影响的人会收到通知。"))

    return act(work, refused=lambda error: draw_shift(shift_id, form, error))


def draw_scope(shift: Shift, form: Form, *, action: str, cancels: bool = False) -> str:
    session = db.session()
    rest, legs = queries.rest_of_series(session, shift), legs_with(shift) if cancels else []
    return render_template(
        "needs/scope.html",
        shift=shift,
        row=shift_row(shift, 0),
        action=action,
        cancels=cancels,
        values={name: value for name, value in form.typed.items() if name not in ("scope", "csrf_token", "once_key")},
        one=touched(session, [shift]),
        legs=[time_range(shift_times(leg)) for leg in legs],
        task=touched(session, [shift, *legs]),
        rest=touched(session, rest),
        rest_count=len({one.occurs_on for one in rest}),
        last_day=max((one.starts_on for one in rest), default=date.min),
    )


def legs_with(shift: Shift) -> list[Shift]:
    """The other legs of the task that can still be cancelled."""
    return [leg for leg in shift.legs if leg.id != shift.id and leg.starts_at > now()]


@blueprint.post("/shifts/<int:shift_id>/cancel")
@access("coordinator")
def cancel_shift(shift_id: int) -> Answer:
    shift = queries.shift(db.session(), shift_id)
    form = read_form(schemas.ReasonForm())
    if form.errors:
        return draw_shift(shift_id, form), 422
    if "scope" not in request.form:
        return draw_scope(shift, form, action=url_for("needs.cancel_shift", shift_id=shift_id), cancels=True)
    does = changes.CANCELS[form.values["scope"]]

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        does(session, shift_id, form.values["reason"], seats=seats(), actor=actor, now=moment)
        return Done(url_for("needs.show", need_id=shift.need_id), N_("取消了，受影响的人会收到通知。"))

    return act(work, refused=lambda error: draw_shift(shift_id, form, error))


@blueprint.app_template_filter("clock_field")
def clock_field(minute: int | None) -> str:
    """510 as 8:30; nothing for no time."""
    return "" if minute is None else minute_text(minute)


@blueprint.app_template_filter("spans_field")
def spans_field(spans: Sequence[Sequence[int]]) -> str:
    """Later legs as they are typed: 11:00-12:30，14:00-15:00."""
    return gettext(N_("，")).join(f"{minute_text(starts)}-{minute_text(ends)}" for starts, ends in spans)
