"""Pages of a solve: which days, how long, how it goes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import month_after, month_start
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_
from volunteer_app.people.models import Person
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import RosterRun
from volunteer_app.rosters.rules import DEFAULT_LIMIT_S, DRAFT, LIMITS_S
from volunteer_app.rosters.runs import actions, schemas
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.rosters.runs.drawing import dots, figure, goal_rows, live
from volunteer_app.rosters.views import blueprint, day_of
from volunteer_app.web.access import access, local_today, now, zone
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_short, time_hm
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name


@blueprint.get("/roster/solve")
@access("coordinator")
def solve() -> str:
    """Which days, how long: then a worker does the rest."""
    return draw_solve(Form())


def draw_solve(form: Form, refusal: AppError | None = None) -> str:
    today = local_today()
    known = request.args.get("roster", type=int)
    near = today if today.day < 20 else today + timedelta(days=14)
    first, last = month_start(near), month_after(near) - timedelta(days=1)
    if known is not None:
        roster = queries.roster(db.session(), known)
        first, last = roster.from_on, roster.to_on
    elif day := day_of(request.args):
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=6)
    return render_template(
        "rosters/solve.html",
        form=form,
        from_on=first,
        to_on=last,
        limits=[(limit, gettext(LIMIT_WORDS[limit])) for limit in LIMITS_S],
        limit_s=DEFAULT_LIMIT_S,
        runs=run_rows(known) if known is not None else [],
        refusal=translate(refusal.text) if refusal else "",
    )


def run_rows(roster_id: int) -> list[dict[str, str]]:
    """The roster's answered solves, the newest first: when, how many seats, the highest load."""
    home = ZoneInfo(zone())
    return [
        {
            "when": moment_words(run.finished_at.astimezone(home)) if run.finished_at else "",
            "seats": f"{run.result['seats_filled']}/{run.result['seats_wanted']}" if run.result else "",
            "load": figure("fairness", run.result["fairness"]["highest"]) if run.result else "",
            "href": url_for("rosters.progress", run_id=run.id),
            "compare": url_for("rosters.compare", roster_id=roster_id, one=DRAFT, other=f"run-{run.id}"),
        }
        for run in runs.answered_runs(db.session(), roster_id)
    ]


def moment_words(local: datetime) -> str:
    """10月3日 8:30."""
    return f"{date_short(local.date(), language())} {time_hm(local)}"


LIMIT_WORDS = {10: N_("10秒，先看看"), 60: N_("1分钟，平常够用"), 300: N_("5分钟，人多班多的时候")}


@blueprint.post("/roster/solve")
@access("coordinator")
def ask_for_roster() -> Answer:
    form = read_form(schemas.AskForm())
    if form.errors:
        return draw_solve(form), 422

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        run = actions.ask_for_roster(
            session,
            form.values["from_on"],
            form.values["to_on"],
            limit_s=form.values["limit_s"],
            actor=actor,
            now=moment,
        )
        return Done(url_for("rosters.progress", run_id=run.id))

    return act(work, refused=lambda error: draw_solve(form, error))


@blueprint.get("/roster/runs/<int:run_id>")
@access("coordinator")
def progress(run_id: int) -> str:
    """The solve as it stands; refreshed every few seconds while it runs."""
    return draw_progress(run_id)


def draw_progress(run_id: int, refusal: AppError | None = None) -> str:
    run = runs.roster_run(db.session(), run_id)
    return PAGES[run.kind](run, refusal)


def draw_solving(run: RosterRun, refusal: AppError | None) -> str:
    """A solve as it stands: the best so far, goal by goal."""
    session = db.session()
    roster = queries.roster(session, run.roster_id)
    asked_by = session.get(Person, run.asked_by_id) if run.asked_by_id else None
    ended = run.finished_at or now()
    today = local_today()
    day = today if roster.from_on <= today <= roster.to_on else roster.from_on
    problem = run.problem or {}
    return render_template(
        "rosters/progress.html",
        run=run,
        roster=roster,
        runs=run.state in ("queued", "running"),
        people=len(problem.get("people", ())),
        shifts=len(problem.get("shifts", ())),
        seats=sum(shift["target"] for shift in problem.get("shifts", ())),
        asked_by=person_name(asked_by.name, "zh") if asked_by else "",
        asked_at=run.asked_at.astimezone(ZoneInfo(zone())),
        spent_s=spent_s(run, ended),
        live=live(run, href=url_for("rosters.board", day=day.isoformat())),
        goals=goal_rows(run),
        dots=dots(session, run, roster),
        refusal=translate(refusal.text) if refusal else "",
    )


PAGES: dict[str, Callable[[RosterRun, AppError | None], str]] = {"solve": draw_solving}
"""The page of a run by its kind; a room that asks for runs of another kind adds its own."""


def spent_s(run: RosterRun, ended: datetime) -> int:
    """Seconds of solving: the solver's own count once it has answered."""
    if run.result is not None:
        return round(float(run.result["seconds"]))
    return max(0, round((ended - (run.started_at or ended)).total_seconds()))


@blueprint.post("/roster/runs/<int:run_id>/stop")
@access("coordinator")
def stop(run_id: int) -> Answer:
    form = read_form(schemas.StopForm())

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        actions.stop_run(session, run_id, discard=form.values["discard"], actor=actor, now=moment)
        return Done(url_for("rosters.progress", run_id=run_id))

    return act(work, refused=lambda error: draw_progress(run_id, error))
