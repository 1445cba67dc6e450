"""The needs list 问题清单: quick entry, urgent help, one need with its steps."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import actions, changes, queries, recurring, schemas, series_schemas
from volunteer_app.needs.drawing import seats, shift_rows
from volunteer_app.needs.models import Need, Series, Shift
from volunteer_app.needs.plans import SeriesPlan
from volunteer_app.needs.rules import DAYS_BY_CODE, rule_words
from volunteer_app.needs.words import (
    HOLIDAY_CHOICES,
    RULE_CHOICES,
    SOURCE_NAMES,
    STAGE_KINDS,
    STAGES,
    URGENCY_MARKS,
)
from volunteer_app.places import queries as places
from volunteer_app.web.access import access, local_today, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_weekday, time_hm
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import named, place_name
from volunteer_app.web.paging import page_of
from volunteer_app.workdays.reading import minute_text

blueprint = Blueprint("needs", __name__)
PAGE_ROWS = 10
LISTED_STATES = ("submitted", "verified", "scheduled", "done", "evaluated", "cancelled")


@blueprint.get("/needs")
@access("coordinator")
def list_needs() -> str:
    session = db.session()
    form = read_form(schemas.FilterForm(today=local_today()))
    wanted = queries.NeedFilter(
        state=form.values.get("state", ""),
        grid_id=form.values.get("grid"),
        source=form.values.get("source", ""),
        from_on=form.values.get("from_on"),
        to_on=form.values.get("to_on"),
        words=form.values.get("words", "").strip(),
    )
    found = page_of(session, queries.needs(wanted), size=PAGE_ROWS)
    counts = queries.state_counts(session, wanted)
    return render_template(
        "needs/list.html",
        found=found,
        rows=need_rows(session, found.items),
        counts=state_links(counts, wanted.state),
        done=counts["done"] + counts["evaluated"],
        total=sum(counts.values()),
        form=form,
        filtered=any(request.args.get(name) for name in ("grid", "source", "from_on", "to_on", "words", "state")),
        grids=named(places.choices(session, "grid"), language()),
        sources=choices(SOURCE_NAMES),
        today=local_today(),
    )


def choices(names: dict[str, str]) -> list[tuple[str, str]]:
    """(code, name in the page's language), for a select."""
    return [(code, gettext(name)) for code, name in names.items()]


def state_links(counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    """One link per stage; drafts are shown among all only."""
    kept: dict[str, Any] = {
        name: value
        for name, value in request.args.items()
        if name in ("grid", "source", "from_on", "to_on", "words") and value
    }
    links = [(gettext(N_("全部")), sum(counts.values()), "")]
    links += [(gettext(STAGES[state]), counts[state], state) for state in LISTED_STATES]
    return [
        {
            "label": label,
            "count": number,
            "href": url_for("needs.list_needs", **kept | {"state": state or None}),
            "current": state == current,
        }
        for label, number, state in links
    ]


def need_rows(session: Session, needs: list[Need]) -> list[dict[str, Any]]:
    """The list's rows: seats taken come from the rosters room."""
    shifts = [shift for shift in queries.shifts_of(session, [need.id for need in needs]) if shift.state == "open"]
    taken = seats().taken(session, [shift.id for shift in shifts])
    rows = []
    for need in needs:
        own = [shift for shift in shifts if shift.need_id == need.id]
        wanted = sum(shift.target for shift in own)
        held = sum(min(taken.get(shift.id, 0), shift.target) for shift in own)
        lacking = next((one for one in own if taken.get(one.id, 0) < one.target and one.ends_at > now()), None)
        rows.append(need_row(need, own, wanted=wanted, held=held, lacking=lacking))
    return rows


def need_row(need: Need, shifts: list[Shift], *, wanted: int, held: int, lacking: Shift | None) -> dict[str, Any]:
    label, href = next_step(need, missing=wanted - held, day=lacking.starts_on if lacking else None)
    return {
        "id": need.id,
        "number": need.label,
        "title": need.title,
        "where": where(need),
        "urgency": URGENCY_MARKS.get(need.urgency or "", ""),
        "source": gettext(SOURCE_NAMES[need.source]),
        "when": when(need, shifts),
        "people": shifts[0].target if shifts else need.target,
        "stage": stage(need, wanted=wanted, held=held),
        "handler": need.handler.name if need.handler else "",
        "next": label,
        "next_href": href,
    }


def where(need: Need) -> str:
    """悦美 · 2号楼; somebody who is visited is 3号服务对象."""
    recipient = Text(N_("%(number)d号服务对象"), {"number": need.recipient.number}) if need.recipient else None
    parts = [
        place_name(need.grid.name, language()) if need.grid else "",
        place_name(need.post.name, language()) if need.post else need.place,
        translate(recipient) if recipient else "",
    ]
    return " · ".join(part for part in parts if part)


def when(need: Need, shifts: list[Shift]) -> str:
    """10月12日 周一 14:00, or how often."""
    if need.series:
        return series_words(need.series[-1])
    if shifts:
        starts = shifts[0].starts_at.astimezone(ZoneInfo(zone()))
        return f"{date_weekday(starts.date(), language())} {time_hm(starts)}"
    if need.wanted_on is None:
        return ""
    at = f" {minute_text(need.starts_minute)}" if need.starts_minute is not None else ""
    return f"{date_weekday(need.wanted_on, language())}{at}"


def series_words(series: Series) -> str:
    """每周 周四 9:30, with legs 8:30、11:30; a series of one day is its date."""
    starts = [series.starts_minute, *(starts for starts, _ends in series.later_legs)]
    times = gettext(N_("、")).join(minute_text(one) for one in starts)
    if series.until_on == series.starts_on:
        return f"{date_weekday(series.starts_on, language())} {times}"
    words = " ".join(translate(text) for text in rule_words(series.rrule))
    return f"{words} {times}"


def stage(need: Need, *, wanted: int, held: int) -> dict[str, str]:
    """The chip of the stage, with seats where a roster is at work."""
    word, kind = gettext(STAGES[need.state]), STAGE_KINDS[need.state]
    if need.state in ("verified", "scheduled") and held:
        if held < wanted:
            return {"word": translate(Text(N_("还缺%(number)d人"), {"number": wanted - held})), "kind": "gap"}
        return {"word": f"{gettext(STAGES['scheduled'])} {held}/{wanted}", "kind": "yes"}
    return {"word": word, "kind": kind}


def next_step(need: Need, *, missing: int, day: date | None) -> tuple[str, str]:
    """The one next verb and where it leads; the board opens at the first day that still lacks somebody."""
    page = url_for("needs.show", need_id=need.id)
    shifts = url_for("needs.list_shifts", need=need.id)
    board = url_for("rosters.board", day=day) if "rosters.board" in current_app.view_functions else shifts
    return {
        "draft": (gettext(N_("核实")), page),
        "submitted": (gettext(N_("核实")), page),
        "verified": (gettext(N_("去排班")), board),
        "scheduled": (gettext(N_("补人")), board) if missing else (gettext(N_("看班次")), shifts),
        "done": (gettext(N_("回访")), page),
    }.get(need.state, (gettext(N_("看经过")), page))


@blueprint.get("/needs/<int:need_id>")
@access("coordinator")
def show(need_id: int) -> str:
    return draw_need(need_id, Form())


def draw_need(need_id: int, form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    session = db.session()
    need = queries.need(session, need_id)
    (row,) = need_rows(session, [need])
    shifts = queries.shifts_of(session, [need.id])
    return render_template(
        "needs/need.html",
        need=need,
        row=row,
        kind=need.kind.name_en if language() == "en" else need.kind.name,
        shifts=shift_rows(session, shifts[:100]),
        more=max(0, len(shifts) - 100),
        series=[series_words(one) for one in need.series],
        form=form,
        rules=choices(RULE_CHOICES),
        holiday_choices=choices(HOLIDAY_CHOICES),
        today=local_today(),
        refusal=translate(error.text) if error else "",
    )


@blueprint.post("/needs/<int:need_id>/submit", endpoint="submit", defaults={"verb": "submit"})
@blueprint.post("/needs/<int:need_id>/verify", endpoint="verify", defaults={"verb": "verify"})
@blueprint.post("/needs/<int:need_id>/close", endpoint="close", defaults={"verb": "close"})
@access("coordinator")
def step(need_id: int, verb: str) -> Answer:
    """One step on, in one press."""
    does = {"submit": actions.submit, "verify": actions.verify, "close": actions.close}[verb]
    said = {"submit": N_("交上去了。"), "verify": N_("核实了，可以排班了。"), "close": N_("办完了，记得回访。")}[verb]

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        does(session, need_id, actor=actor, now=moment)
        if verb == "verify":
            recurring.extend_series(session, viewer().community_id, in_two_months(), actor=actor, now=moment)
        return Done(url_for("needs.show", need_id=need_id), said)

    return act(work, refused=lambda error: draw_need(need_id, Form(), error))


@blueprint.post("/needs/<int:need_id>/cancel")
@access("coordinator")
def cancel(need_id: int) -> Answer:
    form = read_form(schemas.ReasonForm())
    if form.errors:
        return draw_need(need_id, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        changes.cancel_need(session, need_id, form.values["reason"], seats=seats(), actor=actor, now=moment)
        return Done(url_for("needs.show", need_id=need_id), N_("取消了。"))

    return act(work, refused=lambda error: draw_need(need_id, form, error))


@blueprint.post("/needs/<int:need_id>/evaluate")
@access("coordinator")
def evaluate(need_id: int) -> Answer:
    form = read_form(schemas.EvaluateForm())
    if form.errors:
        return draw_need(need_id, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        stars, text = form.values["stars"], form.values["text"]
        actions.evaluate(session, need_id, stars=stars, text=text, actor=actor, now=moment)
        return Done(url_for("needs.show", need_id=need_id), N_("回访记下了。"))

    return act(work, refused=lambda error: draw_need(need_id, form, error))


@blueprint.post("/needs/<int:need_id>/series")
@access("coordinator")
def add_series(need_id: int) -> Answer:
    """The need comes again; its shifts of the next two months are made at once when it's verified."""
    form = read_form(series_schemas.SeriesForm(today=local_today()))
    if form.errors:
        return draw_need(need_id, form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        recurring.add_series(session, need_id, plan_of(form.values), actor=actor, now=moment)
        made = recurring.extend_series(session, viewer().community_id, in_two_months(), actor=actor, now=moment)
        return Done(
            url_for("needs.show", need_id=need_id), Text(N_("存好了，排出%(number)d个班。"), {"number": len(made)})
        )

    return act(work, refused=lambda error: draw_need(need_id, form, error))


def in_two_months() -> date:
    """The last day of the next month."""
    first = local_today().replace(day=1)
    months = first.year * 12 + first.month + 1
    return date.fromordinal(date(months // 12, months % 12 + 1, 1).toordinal() - 1)


def plan_of(values: dict[str, Any]) -> SeriesPlan:
    first: date = values["starts_on"]
    weekday = DAYS_BY_CODE[first.weekday()]
    rule = {
        "FREQ=DAILY": "FREQ=DAILY",
        "FREQ=WEEKLY": f"FREQ=WEEKLY;BYDAY={weekday}",
        "FREQ=WEEKLY;INTERVAL=2": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
        "FREQ=MONTHLY": f"FREQ=MONTHLY;BYMONTHDAY={first.day}",
        "FREQ=MONTHLY;BYDAY=-1": f"FREQ=MONTHLY;BYDAY=-1{weekday}",
    }[values["often"]]
    kept = {name: values[name] for name in SeriesPlan.__slots__ if name in values}
    most = values["most"] or values["target"]
    return SeriesPlan(**kept | {"rrule": rule, "most": most, "later_legs": tuple(values["later_legs"])})
