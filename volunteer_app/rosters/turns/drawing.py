"""What the volunteer's pages show: the next turn, later turns, open turns. Plain values for the components."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, url_for
from sqlalchemy.orm import Session

from solver import explain
from volunteer_app.availability import queries as availability
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.places.models import Community
from volunteer_app.rosters import queries
from volunteer_app.rosters.beside import Beside
from volunteer_app.rosters.drawing import kind_name, legs_from, place_name, said, span, time_words
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.legs import turns_known
from volunteer_app.rosters.models import Assignment, Roster
from volunteer_app.rosters.rules import EARLY_MIN
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.rosters.words import FUNNEL
from volunteer_app.web import names
from volunteer_app.web.language import gettext, language, translate
from volunteer_app.web.names import person_name

OPEN_TURNS = 10
CARD_STATES = {
    "notified": "ask",
    "no_answer": "ask",
    "accepted": "accepted",
    "seeking": "seeking",
    "signed_in": "signed_in",
    "signed_out": "done",
    "confirmed": "done",
}
CHIPS = {
    "notified": (N_("等您回话"), "wait"),
    "no_answer": (N_("等您回话"), "wait"),
    "accepted": (N_("您说了能去"), "yes"),
    "seeking": (N_("正在找人接"), "wait"),
    "signed_in": (N_("签到了"), "yes"),
    "signed_out": (N_("做完了"), "yes"),
    "confirmed": (N_("做完了"), "yes"),
}


def beside() -> list[Beside]:
    """The rooms that registered something beside turns."""
    found: list[Beside] = current_app.extensions.get("youlin_beside", [])
    return found


def own_turns(session: Session, person_id: int, *, now: datetime, zone: str) -> list[Assignment]:
    """Turns of today that are being or have been served, then those to come."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    today_on = turns.turns_of(session, person_id, since=midnight)
    served = [seat for seat in today_on if CARD_STATES[seat.state] in ("signed_in", "done")]
    coming = [seat for seat in today_on if seat not in served and seat.shift.ends_at > now]
    return [*served, *coming]


def first_turn(turns: list[Assignment]) -> Assignment | None:
    """The turn of the card: one in progress, else the next, else today's last served one."""
    in_progress = [seat for seat in turns if seat.state == "signed_in"]
    coming = [seat for seat in turns if CARD_STATES[seat.state] not in ("signed_in", "done")]
    return next(iter([*in_progress, *coming, *reversed(turns)]), None)


def card(session: Session, seat: Assignment, *, now: datetime, zone: str, community: Community) -> dict[str, Any]:
    """Arguments of the turn_card component."""
    shift = seat.shift
    starts, _ends = span(shift, zone)
    state = CARD_STATES[seat.state]
    sign_in, sign_out = (
        address("attendance.sign_in_here", turn=seat.id),
        address("attendance.sign_out_turn", assignment_id=seat.id),
    )
    near = now >= shift.starts_at - timedelta(minutes=EARLY_MIN)
    if state in ("ask", "accepted") and near and sign_in:
        state = "sign_in"
    began = now >= shift.starts_at
    return {
        "starts": starts,
        "time": time_words(shift, zone),
        "what": (kind_name(shift), place_name(shift)),
        "state": state,
        "minutes": shift.minutes,
        "yes_action": "" if began else url_for("rosters.accept", assignment_id=seat.id),
        "no_href": "" if began else url_for("rosters.cannot_come", assignment_id=seat.id),
        "sign_in_href": sign_in,
        "sign_out_action": sign_out,
        "facts": facts(session, seat, community=community),
    }


def address(endpoint: str, **values: object) -> str:
    """The address of another room's page; empty where that room isn't installed."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""  # type: ignore[arg-type]


def facts(session: Session, seat: Assignment, *, community: Community) -> list[dict[str, str]]:
    """去哪儿, 做什么, 和谁一起, 该找谁."""
    shift = seat.shift
    mates = [one for one in turns.companions(session, [shift.id]).get(shift.id, []) if one.person_id != seat.person_id]
    wanted = availability.partners(session, [seat.person_id])[seat.person_id]
    names = [person_name(one.person.name, language()) for one in mates]
    liked = next((one for one in mates if one.person_id in wanted), None)
    rows = [
        {"icon": "place", "label": gettext(N_("去哪儿"))} | where_to(shift),
        {
            "icon": "task",
            "label": gettext(N_("做什么")),
            "value": gettext(N_("，")).join(
                filter(None, (kind_name(shift), shift.kind.what if language() == "zh" else ""))
            ),
            "note": shift.kind.bring if language() == "zh" else "",
        },
    ]
    if names:
        note = (
            gettext(N_("您说过愿意和%(name)s一起")) % {"name": person_name(liked.person.name, language())}
            if liked
            else ""
        )
        words = gettext(N_("、")).join(names[:6]) + (f" +{len(names) - 6}" if len(names) > 6 else "")
        rows.append({"icon": "people", "label": gettext(N_("和谁一起")), "value": words, "note": note})
    if len(legs := legs_from(shift)) > 1:
        once = gettext(N_("一共%(n)d程，都是您几位去，答一次就行")) % {"n": len(legs)}
        rows.insert(1, {"icon": "again", "label": gettext(N_("分几程")), "value": once})
    rows.append(
        {
            "icon": "phone",
            "label": gettext(N_("该找谁")),
            "value": person_name(community.contact_name, language()),
            "phone": community.contact_phone,
        }
    )
    return rows


def meeting(shift: Shift) -> str:
    if shift.recipient is not None or shift.post is None:
        return place_name(shift)
    in_words = shift.post.meet if language() == "zh" else ""
    return in_words or names.place_name(shift.post.name, language())


def where_to(shift: Shift) -> dict[str, str]:
    """Where the holder goes; away from posts also the place that the need names, which no list or sheet shows."""
    known, named = meeting(shift), "" if shift.post else shift.need.place
    return {"value": known or named, "note": " ・ ".join(filter(None, (named if known else "", place_note(shift))))}


def place_note(shift: Shift) -> str:
    """Grid and the passing condition of the place."""
    parts = [
        names.place_name(shift.grid.name, language()) if shift.grid else "",
        shift.post.condition if shift.post else "",
        shift.note,
    ]
    return " ・ ".join(part for part in parts if part)


def why(session: Session, seat: Assignment, *, now: datetime) -> list[str]:
    """The reasons behind 为什么排到我; none once the turn has begun."""
    roster = queries.roster(session, seat.roster_id)
    case = judging.case_of(session, roster, now=now)
    if (str(seat.person_id), str(seat.shift_id)) not in case.plan.assignments:
        return []
    return [said(text) for text in judging.reasons(case, seat.person_id, seat.shift_id)]


def later(turns: Iterable[Assignment], *, zone: str) -> list[dict[str, Any]]:
    """Rows of line_list: the turns after the card's; legs of a task are one."""
    return [
        {
            "date": span(seat.shift, zone)[0].date(),
            "time": time_words(seat.shift, zone, with_part=True),
            "what": (kind_name(seat.shift), place_name(seat.shift)),
            "chip": {"word": gettext(CHIPS[seat.state][0]), "kind": CHIPS[seat.state][1]},
            "asks": CARD_STATES[seat.state] == "ask",
            "href": url_for("rosters.turn", assignment_id=seat.id),
        }
        for seat in turns_known(turns)
    ]


@dataclass(frozen=True, slots=True)
class OpenTurns:
    """Turns that the person could join, each with its free seats, and how many others fell out for which reason."""

    free: list[tuple[Shift, int]]
    others: list[tuple[str, int]]


def open_turns(session: Session, person_id: int, community_id: int, *, now: datetime) -> OpenTurns:
    """Urgent first, then by date; turns that a rule keeps from this person are only counted."""
    found: list[tuple[Shift, int]] = []
    others: Counter[str] = Counter()
    cases: dict[int, judging.Case] = {}
    for shift, free in turns.open_turns(session, community_id, now=now):
        roster = queries.roster_on(session, community_id, shift.starts_on)
        assert roster is not None, "an open turn belongs to a roster"
        rule = first_rule(session, cases, roster, person_id=person_id, shift_id=shift.id, now=now)
        if rule is None:
            found.append((shift, free))
        elif rule:
            others[gettext(FUNNEL[rule])] += 1
    return OpenTurns(found, others.most_common())


def first_rule(
    session: Session,
    cases: dict[int, judging.Case],
    roster: Roster,
    *,
    person_id: int,
    shift_id: int,
    now: datetime,
) -> str | None:
    """The rule that keeps the person from the turn; None when nothing does; "" when he's on it already."""
    if roster.id not in cases:
        cases[roster.id] = judging.case_of(session, roster, now=now)
    case = cases[roster.id]
    if not case.knows(person_id, shift_id) or (str(person_id), str(shift_id)) in case.plan.assignments:
        return ""
    rules = explain.blocking_rules(case.problem, case.plan, str(person_id), str(shift_id))
    return rules[0] if rules else None


def open_rows(session: Session, found: list[tuple[Shift, int]], *, person_id: int, zone: str) -> list[dict[str, Any]]:
    """Rows of the person's page of open turns."""
    signed = turns.own_sign_ups(session, person_id)
    return [open_row(session, shift, free, signed=signed, zone=zone) for shift, free in found]


def open_row(session: Session, shift: Shift, free: int, *, signed: dict[int, Any], zone: str) -> dict[str, Any]:
    mates = turns.companions(session, [shift.id]).get(shift.id, [])
    people = ""
    if len(mates) == 1:
        people = gettext(N_("和%(name)s一起")) % {"name": person_name(mates[0].person.name, language())}
    elif mates:
        people = gettext(N_("已有%(n)d人报名")) % {"n": len(mates)}
    legs = legs_from(shift)
    worth = [room.worth(session, legs) for room in beside()]
    return {
        "id": shift.id,
        "date": shift.starts_on,
        "time": time_words(shift, zone, with_part=True),
        "what": kind_name(shift),
        "where": place_name(shift),
        "seats": gettext(N_("还缺%(n)d人")) % {"n": free},
        "urgent": shift.priority == 1,
        "people": people,
        "points": next((points_words(one, legs) for one in worth if one), ""),
        "state": "signed_up" if shift.id in signed else "open",
        "sign_up_id": signed[shift.id].id if shift.id in signed else None,
    }


def points_words(worth: dict[int, Text], legs: list[Shift]) -> str:
    """大约20分; of a task in parts each leg's own: 大约15分、大约15分."""
    return gettext(N_("、")).join(translate(worth[leg.id]) for leg in legs if leg.id in worth)
