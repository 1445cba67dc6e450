"""Pages of a solve and of a publication: which days, how it goes, what changes and whom to tell."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from solver.compare import goal_changes
from solver.plan import Plan
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person
from volunteer_app.people.words import CHANNEL_NAMES
from volunteer_app.rosters import actions, comparing, judging, queries, schemas
from volunteer_app.rosters import week as weeks
from volunteer_app.rosters.comparing import DRAFT
from volunteer_app.rosters.models import Assignment, Roster, RosterRun
from volunteer_app.rosters.rules import DEFAULT_LIMIT_S, LIMITS_S
from volunteer_app.rosters.views import blueprint
from volunteer_app.rosters.views_board import (
    month_of,
    turn_name,
)
from volunteer_app.rosters.views_planning import day_of
from volunteer_app.rosters.views_repair import draw_proposal
from volunteer_app.rosters.views_run import change_rows, dots, figure, goal_rows, live
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
    first, last = month_of(today if today.day < 20 else today + timedelta(days=14))
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
        for run in comparing.answered_runs(db.session(), roster_id)
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
    session = db.session()
    run = queries.roster_run(session, run_id)
    if run.kind == "repair":
        return draw_proposal(run, refusal)
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


@blueprint.get("/roster/<int:roster_id>/publish")
@access("coordinator")
def publish_page(roster_id: int) -> str:
    return draw_publish(roster_id)


def draw_publish(roster_id: int, refusal: AppError | None = None) -> str:
    """What changes, whom to tell by which channel, which gaps remain."""
    session = db.session()
    roster = queries.roster(session, roster_id)
    added, removed = queries.changed_seats(session, roster_id)
    told = {seat.person_id: seat.person for seat in (*added, *removed)}
    channels = {word: sum(one.channel == name for one in told.values()) for name, word in CHANNEL_NAMES.items()}
    return render_template(
        "rosters/publish.html",
        roster=roster,
        lines=change_lines(added, removed),
        added=len({seat.shift_id for seat in added} - {seat.shift_id for seat in removed}),
        swapped=len({seat.shift_id for seat in added} & {seat.shift_id for seat in removed}),
        removed=len({seat.shift_id for seat in removed} - {seat.shift_id for seat in added}),
        seats_added=len(added),
        told=len(told),
        channels=[(gettext(word), count) for word, count in channels.items() if count],
        gaps=sum(missing for missing in missing_of(session, roster)),
        next_version=roster.version + 1,
        goals=goals_beside_published(session, roster) if roster.version else [],
        refusal=translate(refusal.text) if refusal else "",
    )


def goals_beside_published(session: Session, roster: Roster) -> list[dict[str, str]]:
    """The draft beside the published version, goal by goal; turns that have begun are no part of it."""
    case = judging.case_of(session, roster, now=now())
    published = Plan(case.problem.previous or frozenset())
    return change_rows(goal_changes(case.problem, published, case.plan))


def missing_of(session: Session, roster: Roster) -> list[int]:
    """Missing seats of each shift of the roster that still lies ahead."""
    shifts = [one for one in queries.shifts_between(session, roster.from_on, roster.to_on) if one.starts_at > now()]
    week = weeks.Week(roster.from_on, roster, shifts, weeks.seats_of(session, shifts))
    return [missing for _shift, missing in week.gaps]


def change_lines(added: list[Assignment], removed: list[Assignment]) -> list[dict[str, object]]:
    """One line per shift: who comes, who goes; the first hundred."""
    by_shift: dict[int, tuple[list[Assignment], list[Assignment]]] = {}
    for place, rows in enumerate((added, removed)):
        for seat in rows:
            by_shift.setdefault(seat.shift_id, ([], []))[place].append(seat)
    ordered = sorted(by_shift.values(), key=lambda rows: (rows[0] or rows[1])[0].shift.starts_at)
    return [
        {
            "turn": turn_name((new or gone)[0].shift, zone()),
            "new": [seat.person.name for seat in new],
            "gone": [seat.person.name for seat in gone],
        }
        for new, gone in ordered[:SHOWN_CHANGES]
    ]


SHOWN_CHANGES = 100


@blueprint.post("/roster/<int:roster_id>/publish")
@access("coordinator")
def publish(roster_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        made = actions.publish(session, roster_id, actor=actor, now=moment)
        day = max(queries.roster(session, roster_id).from_on, local_date(moment, zone()))
        said = Text(N_("第%(n)d版发布了，要告诉的人都在待发消息里。"), {"n": made.version})
        return Done(url_for("rosters.board", day=day.isoformat()), said)

    return act(work, refused=lambda error: draw_publish(roster_id, error))
