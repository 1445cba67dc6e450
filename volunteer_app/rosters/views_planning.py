"""The coordinator's pages: board, changes by hand, asking for a solve, its progress, publishing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person
from volunteer_app.people.words import CHANNEL_NAMES
from volunteer_app.rosters import actions, judging, queries, schemas
from volunteer_app.rosters import week as weeks
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, Roster, RosterRun
from volunteer_app.rosters.rules import DEFAULT_LIMIT_S, LIMITS_S
from volunteer_app.rosters.views import blueprint
from volunteer_app.rosters.views_board import (
    Board,
    Place,
    average,
    head_days,
    load_rows,
    month_of,
    sign_up_rows,
    turn_name,
)
from volunteer_app.rosters.views_run import dots, goal_rows, live
from volunteer_app.rosters.views_turns import kind_name
from volunteer_app.rosters.week import Wanted
from volunteer_app.web.access import access, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.forms import Done, Form, act, read_form
from volunteer_app.web.language import gettext, translate
from volunteer_app.web.names import person_name
from volunteer_app.web.pages import safe_path

Answer = Response | str | tuple[str, int]


@blueprint.get("/roster")
@access("coordinator")
def board() -> str:
    """The week table with its panel; under 768 px, or with ?view=day, the list of one day."""
    return draw_board()


def draw_board(refusal: AppError | None = None, back: str = "") -> str:
    session, moment = db.session(), now()
    place = asked_place(session, moment, back)
    week = weeks.week_of(session, viewer().community_id, place.day, wanted=place.wanted)
    case = case_for(session, week, place, moment)
    grids = weeks.grids(session)
    shown = Board(session, week, place, case, {area.id: area.name for area in grids})
    loads = weeks.loads(session, week, grid_id=place.wanted.grid_id) if week.roster else []
    everybody = request.args.get("loads") == "all"
    return render_template(
        "rosters/board.html",
        week=week,
        place=place,
        head=head_of(session, week),
        days=head_days(session, week),
        rows=shown.rows(),
        gaps=shown.gap_rows(),
        posts=shown.day_posts(place.day),
        strip=shown.strip(place.day),
        panel=panel_of(session, shown, place),
        extra=extra_of(session, place, moment),
        loads=load_rows(loads, everybody=everybody),
        average=average(loads),
        more_loads=0 if everybody else max(0, len(loads) - len(load_rows(loads, everybody=False))),
        sign_ups=sign_up_rows(session, week, now=moment, zone=zone()),
        grid_options=[("", gettext(N_("全部"))), *((area.id, area.name) for area in grids)],
        kind_options=kind_options(week),
        view=request.args.get("view", ""),
        excel_href=excel_href(week),
        refusal=translate(refusal.text) if refusal else "",
    )


def asked_place(session: Session, moment: datetime, back: str = "") -> Place:
    """Day, filters and selection from the address; after a refused change from the address that it came from."""
    asked = args_of(back) if back else request.args
    day = day_of(asked) or first_day(session, local_date(moment, zone()))
    wanted = Wanted(
        grid_id=asked.get("grid", type=int), kind_id=asked.get("kind", type=int), gaps_only=asked.get("gaps") == "1"
    )
    return Place(day, wanted, asked.get("seat", type=int), asked.get("gap", type=int), zone())


def day_of(asked: MultiDict[str, str]) -> date | None:
    """The day of an address; None without one that can be read."""
    try:
        return date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return None


def first_day(session: Session, today: date) -> date:
    """Today if a roster holds it, else the first day of the next one, else today."""
    if queries.roster_on(session, viewer().community_id, today) is not None:
        return today
    later = queries.rosters_between(session, viewer().community_id, from_on=today, to_on=today + timedelta(days=62))
    return later[0].from_on if later else today


def case_for(session: Session, week: weeks.Week, place: Place, moment: datetime) -> judging.Case | None:
    """The judge's case, if anything on the page needs an explanation."""
    if week.roster is None or not (week.gaps or place.seat or place.gap):
        return None
    return judging.case_of(session, week.roster, now=moment)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the board: the roster's state and what can be done next."""

    chip: dict[str, str] | None
    published_on: date | None
    version: int
    next_version: int
    changed: bool
    run: RosterRun | None


def head_of(session: Session, week: weeks.Week) -> Head | None:
    roster = week.roster
    if roster is None:
        return None
    changed = queries.has_changes(session, roster.id)
    draft = roster.version == 0 or changed
    word = Text(N_("草稿 第%(n)d稿"), {"n": max(1, roster.draft)})
    if not draft:
        word = Text(N_("已发布 第%(n)d版"), {"n": roster.version})
    published = local_date(roster.published_at, zone()) if roster.published_at else None
    return Head(
        chip={"word": translate(word), "kind": "wait" if draft else "yes"},
        published_on=published,
        version=roster.version,
        next_version=roster.version + 1,
        changed=changed,
        run=queries.open_run(session, roster.id),
    )


def panel_of(session: Session, shown: Board, place: Place) -> dict[str, object] | None:
    """The panel about the chosen seat or gap; an address of another community's seat is a 404."""
    if place.seat is not None:
        seat = queries.assignment(session, place.seat)
        return shown.seat_panel(seat) if seat.state in HOLDING_STATES and not seat.leaving else None
    if place.gap is not None:
        return shown.gap_panel(queries.open_shift(session, place.gap))
    return None


def extra_of(session: Session, place: Place, moment: datetime) -> dict[str, object] | None:
    """More that can be done with the chosen seat: leader, taking away, answering for the person."""
    if place.seat is None:
        return None
    seat = queries.assignment(session, place.seat)
    if moment >= seat.shift.starts_at or seat.state not in HOLDING_STATES or seat.leaving:
        return None
    return {
        "id": seat.id,
        "name": seat.person.name,
        "phone": seat.person.phone or "",
        "channel": gettext(CHANNEL_NAMES[seat.person.channel]),
        "leads": seat.leads,
        "told": seat.state != "proposed",
        "state": seat.state,
        "back": place.address(seat=seat.id),
        "reason": gettext(REASON_WORDS[seat.reason]) if seat.reason else "",
    }


REASON_WORDS = {
    "health": N_("身体不舒服"),
    "home": N_("家里有事"),
    "away": N_("要出门"),
    "other": N_("别的"),
}


def kind_options(week: weeks.Week) -> list[tuple[object, str]]:
    kinds = {shift.kind_id: kind_name(shift) for shift in week.shifts}
    return [("", gettext(N_("全部"))), *sorted(kinds.items())]


def excel_href(week: weeks.Week) -> str:
    """The week as a workbook, where the sheets room offers it."""
    name = "sheets.roster"
    return url_for(name, day=week.monday.isoformat()) if name in current_app.view_functions else ""


def changed_by_hand(work: Callable[[Session, Actor, datetime], tuple[str, list[Text]]], form: Form) -> Answer:
    """Carries out a hand change and returns to the board; a refusal is said on the board as it was."""
    back = safe_path(form.values.get("back") or url_for("rosters.board"))

    def write(session: Session, actor: Actor, moment: datetime) -> Done:
        location, notices = work(session, actor, moment)
        return Done(location or back, notices[0] if notices else N_("改好了。"))

    return act(write, refused=lambda error: draw_board(error, back))


@blueprint.post("/roster/seats/<int:assignment_id>/replace")
@access("coordinator")
def replace(assignment_id: int) -> Answer:
    form = read_form(schemas.PersonForm())
    if form.errors:
        raise NotFound

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        done = actions.replace(session, assignment_id, person_id=form.values["person"], actor=actor, now=moment)
        return seat_address(form, done.seat.id), done.notices

    return changed_by_hand(work, form)


def seat_address(form: Form, assignment_id: int) -> str:
    """The board where it was, with the new seat chosen."""
    back = safe_path(form.values.get("back") or url_for("rosters.board"))
    kept = {name: value for name, value in args_of(back).items() if name not in ("seat", "gap")}
    return url_for("rosters.board", **kept, seat=assignment_id, _anchor="why")  # type: ignore[arg-type]


def args_of(path: str) -> MultiDict[str, str]:
    """The query of an address of ours."""
    return MultiDict(parse_qsl(urlsplit(path).query))


@blueprint.post("/roster/shifts/<int:shift_id>/fill")
@access("coordinator")
def fill(shift_id: int) -> Answer:
    form = read_form(schemas.PersonForm())
    if form.errors:
        raise NotFound

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        done = actions.fill(session, shift_id, person_id=form.values["person"], actor=actor, now=moment)
        return seat_address(form, done.seat.id), done.notices

    return changed_by_hand(work, form)


@blueprint.post("/roster/seats/<int:assignment_id>/pin")
@access("coordinator")
def pin(assignment_id: int) -> Answer:
    form = read_form(schemas.PinForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        actions.pin(session, assignment_id, pinned=form.values["pinned"], actor=actor, now=moment)
        return "", [Text(N_("钉住了，重排也不动。") if form.values["pinned"] else N_("钉子取下了。"))]

    return changed_by_hand(work, form)


@blueprint.post("/roster/seats/<int:assignment_id>/unseat")
@access("coordinator")
def unseat(assignment_id: int) -> Answer:
    form = read_form(schemas.BackForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        shift_id = queries.assignment(session, assignment_id).shift_id
        actions.unseat(session, assignment_id, actor=actor, now=moment)
        return gap_address(form, shift_id), [Text(N_("取下来了，这个座位空着。"))]

    return changed_by_hand(work, form)


def gap_address(form: Form, shift_id: int) -> str:
    back = safe_path(form.values.get("back") or url_for("rosters.board"))
    kept = {name: value for name, value in args_of(back).items() if name not in ("seat", "gap")}
    return url_for("rosters.board", **kept, gap=shift_id, _anchor="why")  # type: ignore[arg-type]


@blueprint.post("/roster/seats/<int:assignment_id>/lead")
@access("coordinator")
def lead(assignment_id: int) -> Answer:
    form = read_form(schemas.PinForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        actions.lead(session, assignment_id, leads=form.values["pinned"], actor=actor, now=moment)
        return "", []

    return changed_by_hand(work, form)


@blueprint.post("/roster/seats/<int:assignment_id>/answer/<word>")
@access("coordinator")
def answer_for(assignment_id: int, word: str) -> Answer:
    """What the volunteer said on the telephone or on paper: yes or no."""
    form = read_form(schemas.BackForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        answers = {"yes": actions.accept, "no": actions.decline}
        if word not in answers:
            raise NotFound
        answers[word](session, assignment_id, actor=actor, now=moment)
        return "", [Text(N_("替他记下了。"))]

    return changed_by_hand(work, form)


@blueprint.post("/roster/sign-ups/<int:sign_up_id>/<word>")
@access("coordinator")
def answer_sign_up(sign_up_id: int, word: str) -> Answer:
    """Confirm or refuse a volunteer's sign-up for an open turn."""
    form = read_form(schemas.BackForm())

    def work(session: Session, actor: Actor, moment: datetime) -> tuple[str, list[Text]]:
        answers = {"confirm": actions.confirm_sign_up, "refuse": actions.refuse_sign_up}
        if word not in answers:
            raise NotFound
        answers[word](session, sign_up_id, actor=actor, now=moment)
        return "", [Text(N_("已经回复报名的人。"))]

    return changed_by_hand(work, form)


@blueprint.get("/roster/solve")
@access("coordinator")
def solve() -> str:
    """Which days, how long: then a worker does the rest."""
    return draw_solve(Form())


def draw_solve(form: Form, refusal: AppError | None = None) -> str:
    today = local_date(now(), zone())
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
        refusal=translate(refusal.text) if refusal else "",
    )


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
    roster = queries.roster(session, run.roster_id)
    asked_by = session.get(Person, run.asked_by_id) if run.asked_by_id else None
    ended = run.finished_at or now()
    today = local_date(now(), zone())
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
        refusal=translate(refusal.text) if refusal else "",
    )


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
