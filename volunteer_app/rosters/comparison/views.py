"""The page that lays two plans of a roster side by side: goals, who gains and loses, seats that differ."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from solver.check import Violation
from solver.compare import PersonChange
from solver.plan import Plan
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters import queries
from volunteer_app.rosters.comparison import comparing
from volunteer_app.rosters.comparison.comparing import Beside, Side
from volunteer_app.rosters.drawing import turn_name
from volunteer_app.rosters.judge.judging import planned_pct
from volunteer_app.rosters.runs.drawing import change_rows, proof
from volunteer_app.rosters.views import blueprint
from volunteer_app.rosters.words import rule_words
from volunteer_app.web.access import access, local_today, now, zone
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_short, time_hm
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name

SHOWN_ROWS, SHOWN_BROKEN = 100, 3


@blueprint.get("/roster/<int:roster_id>/compare")
@access("coordinator")
def compare(roster_id: int) -> str:
    """Two of the roster's plans by their codes `one` and `other`; without codes the two that lie nearest."""
    session = db.session()
    roster = queries.roster(session, roster_id)
    known = comparing.sides(session, roster)
    codes = [side.code for side in known]
    one = request.args.get("one") or codes[min(1, len(codes) - 1)]
    other = request.args.get("other") or codes[0]
    found = comparing.beside(session, roster, one, other, now=now(), today=local_today())
    drawn = drawn_beside(session, found) if one != other else None
    return render_template(
        "rosters/compare.html",
        roster=roster,
        sides=[(side.code, side_name(side)) for side in known],
        one=one,
        other=other,
        drawn=drawn,
    )


def side_name(side: Side) -> str:
    """草稿, 第2版 or 10月3日 8:30算的."""
    if side.at is None:
        return gettext(N_("现在的草稿"))
    if side.run is None:
        return translate(Text(N_("发布的第%(n)d版"), {"n": side.number}))
    local = side.at.astimezone(ZoneInfo(zone()))
    when = {"day": date_short(local.date(), language()), "time": time_hm(local), "n": side.number}
    return translate(Text(N_("%(day)s %(time)s算的（编号%(n)d）"), when))


def drawn_beside(session: Session, beside: Beside) -> dict[str, Any]:
    """The comparison in words and names."""
    plans = tuple(Plan(comparing.inside(beside.problem, side.pairs)) for side in (beside.one, beside.other))
    names = names_of(session, beside)
    turns = turns_of(session, beside)
    return {
        "goals": goal_rows(beside),
        "worse": beside.found.worse,
        "asked": side_name(comparing.run_side(beside.asked)) if beside.asked else "",
        "broken": [
            broken_part(beside, side, broken, names)
            for side, broken in ((beside.one, beside.found.broken_before), (beside.other, beside.found.broken_after))
            if broken
        ],
        "people": [person_row(beside, plans, change, names, turns) for change in by_difference(beside)[:SHOWN_ROWS]],
        "more_people": max(0, len(beside.found.people) - SHOWN_ROWS),
        "seats": seat_rows(plans, names, turns)[:SHOWN_ROWS],
        "more_seats": max(0, len(turns) - SHOWN_ROWS),
    }


def goal_rows(beside: Beside) -> list[dict[str, str]]:
    """change_rows with what each run proved of the goal."""
    rows = change_rows(beside.found.goals)
    for row, change in zip(rows, (one for one in beside.found.goals if one.goal != "fewest_changes"), strict=True):
        row["one_proof"] = proof(beside.one.run, change.goal)
        row["other_proof"] = proof(beside.other.run, change.goal)
    return rows


def names_of(session: Session, beside: Beside) -> dict[str, str]:
    """person id -> name, of everybody in either plan."""
    ids = {int(person) for person, _ in beside.one.pairs | beside.other.pairs}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {str(row.id): person_name(row.name, language()) for row in rows}


def turns_of(session: Session, beside: Beside) -> dict[str, Shift]:
    """shift id -> shift, of those whose people differ and that the question knows; in the order of time."""
    ids = {int(shift) for _, shift in comparing.inside(beside.problem, beside.one.pairs ^ beside.other.pairs)}
    wanted = select(Shift).where(Shift.id.in_(ids)).options(joinedload(Shift.kind))
    return {str(one.id): one for one in session.scalars(wanted.order_by(Shift.starts_at, Shift.id))}


def by_difference(beside: Beside) -> list[PersonChange]:
    """Everybody whose turns differ, those whose load differs most first."""
    return sorted(beside.found.people, key=lambda one: -abs(one.load_after - one.load_before))


def person_row(
    beside: Beside, plans: tuple[Plan, ...], change: PersonChange, names: dict[str, str], turns: dict[str, Shift]
) -> dict[str, Any]:
    before, after = (planned_pct(beside.problem, plan, change.person) for plan in plans)
    return {
        "name": names[change.person],
        "more": [turn_name(turns[one], zone()) for one in in_time(change.added, turns)],
        "fewer": [turn_name(turns[one], zone()) for one in in_time(change.removed, turns)],
        "load": translate(Text(N_("%(before)d%% → %(after)d%%"), {"before": before, "after": after})),
    }


def in_time(shifts: tuple[str, ...], turns: dict[str, Shift]) -> list[str]:
    return [one for one in turns if one in shifts]


def seat_rows(plans: tuple[Plan, ...], names: dict[str, str], turns: dict[str, Shift]) -> list[dict[str, Any]]:
    """One line per shift with other people: who is there only on one side."""
    one, other = plans
    return [
        {
            "turn": turn_name(shift, zone()),
            "one": only_names(one, other, code, names),
            "other": only_names(other, one, code, names),
        }
        for code, shift in turns.items()
    ]


def only_names(here: Plan, there: Plan, shift: str, names: dict[str, str]) -> list[str]:
    return [names[one] for one in here.on_shift.get(shift, ()) if one not in there.on_shift.get(shift, ())]


def broken_part(beside: Beside, side: Side, broken: tuple[Violation, ...], names: dict[str, str]) -> dict[str, str]:
    """How many hard rules one of the plans breaks by the question's light, and the first few in words."""
    words = [broken_words(beside, one, names) for one in broken[:SHOWN_BROKEN]]
    title = Text(N_("%(side)s有%(n)d处不合规则"), {"side": side_name(side), "n": len(broken)})
    return {"title": translate(title), "text": gettext(N_("；")).join(words)}


def broken_words(beside: Beside, broken: Violation, names: dict[str, str]) -> str:
    problem = beside.problem
    person, shift = broken.person or next(iter(problem.person)), broken.shift or next(iter(problem.shift))
    return translate(rule_words(problem, broken, name=names.get(broken.person, ""), person=person, shift=shift))
