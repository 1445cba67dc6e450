"""The panel beside the board: why somebody is in a seat or a seat is empty, who else could, what would fill it."""

from typing import Any

from flask import url_for

from volunteer_app.core.language import N_
from volunteer_app.needs.models import Shift
from volunteer_app.rosters.board.drawing import Board
from volunteer_app.rosters.drawing import comma, said, same_people, turn_name
from volunteer_app.rosters.judge import answers, judging
from volunteer_app.rosters.models import Assignment
from volunteer_app.web.language import gettext, language
from volunteer_app.web.names import person_name


def seat_panel(board: Board, seat: Assignment) -> dict[str, Any]:
    """Arguments of the panel about a person in a seat."""
    name = person_name(seat.person.name, language())
    case = board.case_of(seat.shift)
    shown: dict[str, Any] = {
        "title": gettext(N_("为什么是%(name)s")) % {"name": name},
        "note": comma(turn_name(seat.shift, board.place.zone), same_people(seat.shift, board.place.zone)),
        "reasons": [],
        "pinned": seat.pinned,
    }
    if case is None or not case.knows(seat.person_id, seat.shift_id):
        away = gettext(N_("%(name)s现在不在排班的人里，可以取下来，请别人来。")) % {"name": name}
        return shown | {"reasons": [board.closed(seat.shift) or away]}
    if seat.state == "seeking":
        shown["reasons"] = [gettext(N_("说了去不了，正在找人接"))]
    else:
        shown["reasons"] = [said(one) for one in judging.reasons(case, seat.person_id, seat.shift_id)]
        shown["others"] = [said(one) for one in answers.next_words(case, seat.person_id, seat.shift_id)]
    if seat.state == "accepted":
        shown["reasons"].append(gettext(N_("本人说了能去，重排也不动")))
    return shown | {
        "candidates": choices(case, seat.shift_id, without=seat.person_id),
        "replace_action": url_for("rosters.replace", assignment_id=seat.id),
        "pin_action": url_for("rosters.pin", assignment_id=seat.id),
        "hidden": {"back": board.place.address(seat=seat.id), "pinned": "" if seat.pinned else "1"},
    }


def gap_panel(board: Board, shift: Shift) -> dict[str, Any]:
    """Arguments of the panel about an empty seat."""
    case, words = board.case_of(shift), board.words(shift)
    shown: dict[str, Any] = {
        "title": gettext(N_("为什么缺%(n)d人")) % {"n": board.week.missing(shift)},
        "note": comma(turn_name(shift, board.place.zone), same_people(shift, board.place.zone)),
        "gap": True,
        "reasons": [board.closed(shift)],
    }
    if case is None or words is None:
        return shown
    return shown | {
        "reasons": [said(text) for text in (*words.funnel, *([words.witness] if words.witness else ()))],
        "ways": [way_row(way, shift) for way in words.ways] or [{"text": said(words.way), "href": ""}],
        "candidates": choices(case, shift.id),
        "replace_action": url_for("rosters.fill", shift_id=shift.id),
        "hidden": {"back": board.place.address(gap=shift.id)},
        "chosen": words.ask_id or "",
    }


def way_row(way: answers.WayWords, shift: Shift) -> dict[str, str]:
    """An exception and where to make it: the person's limits or times, the need itself, or here."""
    places: dict[str, tuple[str, dict[str, int | None], str]] = {
        "limits": ("people.show", {"person_id": way.person_id}, N_("去改上限")),
        "times": ("availability.my_times", {"person_id": way.person_id}, N_("去看有空时间")),
        "need": ("needs.show", {"need_id": shift.need_id}, N_("去改这件事")),
    }
    if way.about not in places:
        return {"text": said(way.text), "href": "", "label": ""}
    endpoint, values, label = places[way.about]
    href = url_for(endpoint, **values)  # type: ignore[arg-type]
    return {"text": said(way.text), "href": href, "label": gettext(label)}


def choices(case: judging.Case, shift_id: int, *, without: int | None = None) -> list[tuple[int, str]]:
    """(person, what the load becomes, or what stands against)."""
    return [(one.person_id, choice(one)) for one in judging.candidates(case, shift_id, without=without)]


def choice(one: judging.Candidate) -> str:
    name = person_name(one.name, language())
    if one.against is not None:
        return gettext(N_("%(name)s：%(against)s")) % {"name": name, "against": said(one.against)}
    return gettext(N_("%(name)s，负荷升到%(load)d%%")) % {"name": name, "load": round(one.load * 100)}
