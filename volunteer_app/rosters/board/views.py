"""The coordinator's board: the week, the day, the panel of a seat, gaps, loads, waiting sign-ups."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import queries as needs
from volunteer_app.people.words import CHANNEL_NAMES
from volunteer_app.rosters import queries
from volunteer_app.rosters.board import panels
from volunteer_app.rosters.board import week as weeks
from volunteer_app.rosters.board.drawing import Board, Place, average, head_days, load_rows, sign_up_rows
from volunteer_app.rosters.board.week import Wanted
from volunteer_app.rosters.drawing import kind_name
from volunteer_app.rosters.models import HOLDING_STATES, Assignment, RosterRun
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.versions import queries as versions
from volunteer_app.rosters.views import blueprint, day_of
from volunteer_app.web import names
from volunteer_app.web.access import access, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name


@blueprint.get("/roster")
@access("coordinator")
def board() -> str:
    """The week table with its panel; under 768 px, or with ?view=day, the list of one day."""
    return draw_board()


def draw_board(refusal: AppError | None = None, back: str = "") -> str:
    session, moment = db.session(), now()
    place = asked_place(session, moment, back)
    week = weeks.week_of(session, viewer().community_id, place.day, wanted=place.wanted)
    grids = needs.grids(session, viewer().community_id)
    shown = Board(session, week, place, moment, {area.id: names.place_name(area.name, language()) for area in grids})
    chosen = chosen_seat(session, place)
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
        panel=panel_of(session, shown, place, chosen),
        extra=extra_of(chosen, place, moment),
        cover=cover_of(session, shown, place, moment),
        gone=place.seat is not None and chosen is None,
        loads=load_rows(loads, everybody=everybody),
        average=average(loads),
        more_loads=0 if everybody else max(0, len(loads) - len(load_rows(loads, everybody=False))),
        sign_ups=sign_up_rows(session, week, now=moment, zone=zone()),
        grid_options=[
            ("", gettext(N_("全部"))),
            *((area.id, names.place_name(area.name, language())) for area in grids),
        ],
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


def args_of(path: str) -> MultiDict[str, str]:
    """The query of an address of ours."""
    return MultiDict(parse_qsl(urlsplit(path).query))


def first_day(session: Session, today: date) -> date:
    """Today if a roster holds it, else the first day of the next one, else today."""
    if queries.roster_on(session, viewer().community_id, today) is not None:
        return today
    later = queries.rosters_between(session, viewer().community_id, from_on=today, to_on=today + timedelta(days=62))
    return later[0].from_on if later else today


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
    changed = versions.has_changes(session, roster.id)
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
        run=runs.open_run(session, roster.id),
    )


def chosen_seat(session: Session, place: Place) -> Assignment | None:
    """The seat of the address while somebody holds it; None for one that is gone, nobody's or another community's."""
    found = queries.seat_held(session, place.seat) if place.seat is not None else None
    return found if found and found.state in HOLDING_STATES and not found.leaving else None


def panel_of(session: Session, shown: Board, place: Place, chosen: Assignment | None) -> dict[str, object] | None:
    """The panel about the chosen seat or gap."""
    if chosen is not None:
        return panels.seat_panel(shown, chosen)
    if place.gap is not None:
        return panels.gap_panel(shown, queries.open_shift(session, place.gap))
    return None


def extra_of(seat: Assignment | None, place: Place, moment: datetime) -> dict[str, object] | None:
    """More that can be done with the chosen seat: leader, taking away, answering for the person."""
    if seat is None or moment >= seat.shift.starts_at:
        return None
    return {
        "id": seat.id,
        "roster_id": seat.roster_id,
        "person_id": seat.person_id,
        "day": seat.shift.starts_on.isoformat(),
        "name": seat.person.name,
        "phone": seat.person.phone or "",
        "channel": gettext(CHANNEL_NAMES[seat.person.channel]),
        "leads": seat.leads,
        "told": seat.state != "proposed",
        "state": seat.state,
        "back": place.address(seat=seat.id),
        "reason": gettext(REASON_WORDS[seat.reason]) if seat.reason else "",
    }


def cover_of(session: Session, shown: Board, place: Place, moment: datetime) -> dict[str, object] | None:
    """Who has been asked to come to the chosen gap and what they said; asking is for published turns to come."""
    shift = queries.open_shift(session, place.gap) if place.gap is not None else None
    roster = shown.roster_of(shift) if shift is not None else None
    if shift is None or roster is None or roster.version == 0 or moment >= shift.starts_at:
        return None
    rows = turns.cover_asks(session, shift_ids=[leg.id for leg in shift.legs])
    return {
        "action": url_for("rosters.ask_for_cover", shift_id=shift.id),
        "back": place.address(gap=shift.id),
        "rows": [
            {
                "title": person_name(row.person.name, language()),
                "note": row.person.phone or "",
                "chip": {"word": gettext(COVER_CHIPS[row.state][0]), "kind": COVER_CHIPS[row.state][1]},
            }
            for row in rows
        ],
    }


COVER_CHIPS = {
    "asked": (N_("问了，等回话"), "wait"),
    "agreed": (N_("能来"), "yes"),
    "refused": (N_("来不了"), "info"),
    "lapsed": (N_("没回话，或者不用了"), "info"),
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
