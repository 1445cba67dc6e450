"""Pages after publishing: somebody can't come, a need is new: the smallest change, looked at first, then accepted."""

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from solver.compare import PersonChange, person_changes
from solver.plan import Plan
from solver.problem import Problem
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.people.words import CHANNEL_NAMES
from volunteer_app.rosters import queries
from volunteer_app.rosters.drawing import turn_name
from volunteer_app.rosters.judge.judging import planned_pct
from volunteer_app.rosters.models import Roster, RosterRun
from volunteer_app.rosters.repairs import actions, schemas
from volunteer_app.rosters.runs import claims
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.rosters.runs.drawing import STATE_LINES
from volunteer_app.rosters.runs.views import PAGES
from volunteer_app.rosters.views import blueprint
from volunteer_app.web.access import access, local_today, now, zone
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name


@blueprint.get("/roster/<int:roster_id>/repair")
@access("coordinator")
def repair_page(roster_id: int) -> str:
    """有了变动，怎么改最省: what is missing now, and who else can't come."""
    return draw_repair(roster_id, Form())


def draw_repair(roster_id: int, form: Form, refusal: AppError | None = None) -> str:
    session, today = db.session(), local_today()
    roster = queries.roster(session, roster_id)
    first = max(roster.from_on, today)
    return render_template(
        "rosters/repair.html",
        roster=roster,
        form=form,
        missing=missing_rows(session, roster),
        people=[("", gettext(N_("没有别人，就补上面缺的"))), *coming_people(session, roster)],
        person=request.args.get("person", ""),
        from_on=request.args.get("from", first.isoformat()),
        to_on=request.args.get("from", first.isoformat()),
        refusal=translate(refusal.text) if refusal else "",
    )


def missing_rows(session: Session, roster: Roster) -> list[dict[str, Any]]:
    """Turns to come that lack somebody, and who said that he can't."""
    lacking = queries.lacking(session, roster, now=now())
    seeking: dict[int, list[str]] = {}
    for seat in queries.draft_seats_on(session, [shift.id for shift, _missing in lacking]):
        if seat.state == "seeking":
            seeking.setdefault(seat.shift_id, []).append(person_name(seat.person.name, language()))
    return [
        {"turn": turn_name(shift, zone()), "missing": missing, "seeking": seeking.get(shift.id, [])}
        for shift, missing in lacking
    ]


def coming_people(session: Session, roster: Roster) -> list[tuple[str, str]]:
    """Everybody with a turn ahead in this roster, by name."""
    names = {
        seat.person_id: person_name(seat.person.name, language())
        for seat in queries.draft_seats(session, roster.id)
        if seat.shift.starts_at > now()
    }
    return sorted(((str(person), name) for person, name in names.items()), key=lambda row: row[1])


@blueprint.post("/roster/<int:roster_id>/repair")
@access("coordinator")
def ask_for_repair(roster_id: int) -> Answer:
    form = read_form(schemas.RepairForm())
    if form.errors:
        return draw_repair(roster_id, form), 422

    def work(session: Session, actor: Actor, moment: Any) -> Done:
        run = actions.ask_for_repair(session, roster_id, absences=absences(form), actor=actor, now=moment)
        return Done(url_for("rosters.progress", run_id=run.id))

    return act(work, refused=lambda error: draw_repair(roster_id, form, error))


def absences(form: Form) -> list[actions.Absence]:
    person: str = form.values["person"]
    from_on: date = form.values["from_on"]
    return [actions.Absence(int(person), from_on, form.values["to_on"])] if person.isdigit() else []


def draw_proposal(run: RosterRun, refusal: AppError | None = None) -> str:
    """A repair as it stands: still thinking, or what it would change."""
    session = db.session()
    roster = queries.roster(session, run.roster_id)
    proposal = proposal_of(session, run) if run.state == "finished" else None
    return render_template(
        "rosters/proposal.html",
        run=run,
        roster=roster,
        runs=run.state in ("queued", "running"),
        live=live(run, proposal),
        proposal=proposal,
        may_accept=bool(proposal and proposal["lines"] and run.accepted_at is None),
        board=url_for("rosters.board", day=max(roster.from_on, local_today()).isoformat()),
        refusal=translate(refusal.text) if refusal else "",
    )


PAGES["repair"] = draw_proposal


def proposal_of(session: Session, run: RosterRun) -> dict[str, Any]:
    """The proposal in names: lines by turn, what becomes of each person's load, whom to tell, what stays open."""
    problem = claims.question(run)
    before, after = Plan(problem.previous or frozenset()), actions.proposed(run)
    touched = {int(person) for person, _ in before.assignments ^ after.assignments}
    assert run.result is not None, "a finished run has a result"
    covered = {int(one) for _, one in before.assignments ^ after.assignments if one not in run.result["gaps"]}
    let_go = {seat.person_id for seat in queries.draft_seats_on(session, covered) if seat.state == "seeking"}
    people = {one: session.get_one(Person, one) for one in sorted(touched | let_go)}
    names = {one: person_name(person.name, language()) for one, person in people.items()}
    told = [gettext(CHANNEL_NAMES[person.channel]) for person in people.values()]
    changes = person_changes(problem, before, after)
    return {
        "lines": change_lines(session, before, after, names),
        "people": [person_line(problem, before, after, one, names[int(one.person)]) for one in changes],
        "channels": [(word, told.count(word)) for word in dict.fromkeys(told)],
        "touched": len(touched),
        "told": len(people),
        "proved": all(step["proved"] for step in run.result["steps"] if step["name"] == "people"),
        "gaps": [gap_line(session, int(shift), missing) for shift, missing in run.result["gaps"].items()],
    }


def change_lines(session: Session, before: Plan, after: Plan, names: dict[int, str]) -> list[dict[str, str]]:
    """One line per turn: who is asked, who needn't come (those who can't, too, where they're covered)."""
    added, removed = after.assignments - before.assignments, before.assignments - after.assignments
    ids = sorted({int(shift) for _, shift in added | removed})
    shifts = sorted((queries.open_shift(session, one) for one in ids), key=lambda one: (one.starts_at, one.id))
    seeking: dict[int, list[str]] = {}
    for seat in queries.draft_seats_on(session, ids):
        if seat.state == "seeking":
            seeking.setdefault(seat.shift_id, []).append(person_name(seat.person.name, language()))
    comma = gettext(N_("、"))
    return [
        {
            "turn": turn_name(shift, zone()),
            "new": comma.join(names_on(shift, added, names)),
            "gone": comma.join([*names_on(shift, removed, names), *seeking.get(shift.id, [])]),
        }
        for shift in shifts
    ]


def names_on(shift: Shift, pairs: frozenset[tuple[str, str]], names: dict[int, str]) -> list[str]:
    return sorted(names[int(person)] for person, one in pairs if int(one) == shift.id)


def person_line(problem: Problem, before: Plan, after: Plan, change: PersonChange, name: str) -> str:
    """郑翠萍：多1个班，负荷从30%到35%; the load as on the board: planned minutes beside the own limit."""
    values = {
        "name": name,
        "more": len(change.added),
        "fewer": len(change.removed),
        "before": planned_pct(problem, before, change.person),
        "after": planned_pct(problem, after, change.person),
    }
    if change.added and change.removed:
        return gettext(N_("%(name)s：换%(more)d个班，负荷从%(before)d%%到%(after)d%%")) % values
    if change.added:
        return gettext(N_("%(name)s：多%(more)d个班，负荷从%(before)d%%到%(after)d%%")) % values
    return gettext(N_("%(name)s：少%(fewer)d个班，负荷从%(before)d%%到%(after)d%%")) % values


def gap_line(session: Session, shift_id: int, missing: int) -> dict[str, Any]:
    """A turn that nobody can take without breaking a rule, and the way to its reasons on the board."""
    shift = queries.open_shift(session, shift_id)
    address = url_for("rosters.board", day=shift.starts_on.isoformat(), gap=shift.id, _anchor="why")
    return {"turn": turn_name(shift, zone()), "missing": missing, "href": address}


def live(run: RosterRun, proposal: dict[str, Any] | None) -> dict[str, str]:
    """Arguments of the live line."""
    if run.state == "stale":
        return {"strong": gettext(N_("算的时候又有了变动，请再算一次。")), "state": "failed"}
    if proposal is None:
        strong, text, state = STATE_LINES[run.state]
        return {"strong": gettext(strong), "text": gettext(text) if text else "", "state": state}
    if run.accepted_at is not None:
        return {"strong": gettext(N_("已经照这样改了。")), "state": "finished"}
    if not proposal["lines"]:
        return {"strong": gettext(N_("没有能来补的人，表没有动。")), "state": "stopped"}
    strong = gettext(N_("只要动%(n)d个人，别人的班都不变。")) % {"n": proposal["touched"]}
    proof = N_("证明过了：不能再少。") if proposal["proved"] else N_("时间到了，也许还能再少动几个人。")
    return {"strong": strong, "text": gettext(proof), "state": "finished"}


@blueprint.post("/roster/runs/<int:run_id>/accept")
@access("coordinator")
def accept_repair(run_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: Any) -> Done:
        made = actions.accept_repair(session, run_id, actor=actor, now=moment)
        day = max(queries.roster(session, made.roster_id).from_on, local_date(moment, zone()))
        said = Text(N_("第%(n)d版发布了，只通知有变动的人。"), {"n": made.version})
        return Done(url_for("rosters.board", day=day.isoformat()), said)

    return act(work, refused=lambda error: draw_proposal(runs.roster_run(db.session(), run_id), error))
