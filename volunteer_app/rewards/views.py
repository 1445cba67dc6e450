"""Pages: my hours and points, my points, the record of somebody else for staff, rules, bonuses."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.drawing import kind_name, local_span
from volunteer_app.core.clock import last_day, month_after
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_
from volunteer_app.people.models import Person
from volunteer_app.rewards import queries
from volunteer_app.rewards.asked import month_asked
from volunteer_app.rewards.beside import PointsBesideTurns
from volunteer_app.rewards.passbook import Passbook, months_with_lines, passbook
from volunteer_app.rewards.queries import Waiting, reason_texts
from volunteer_app.rewards.rules import stars_for
from volunteer_app.web import filters
from volunteer_app.web.access import ANYBODY, access, local_today, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.language import gettext, language, translate

blueprint = Blueprint("rewards", __name__)
blueprint.record_once(lambda state: state.app.extensions.setdefault("youlin_beside", []).append(PointsBesideTurns()))


@blueprint.get("/my/record")
@access("volunteer")
def my_record() -> str:
    return draw_record(db.session.get_one(Person, viewer().person_id))


@blueprint.get("/people/<int:person_id>/record")
@access("coordinator")
def record_of(person_id: int) -> str:
    """The same page for somebody who has no telephone, to be printed for him."""
    found = attendance.people_by_id(db.session(), [person_id]).get(person_id)
    if found is None:
        raise NotFound
    return draw_record(found)


def draw_record(person: Person) -> str:
    session, who = db.session(), viewer()
    waiting = queries.waiting(session, who.community_id, person.id)
    minutes = attendance.minutes_of(session, person.id)
    first = local_today().replace(day=1)
    last = month_after(first) - timedelta(days=1)
    return render_template(
        "rewards/record.html",
        person=person,
        is_own=person.id == who.person_id,
        **points_of(person),
        minutes=minutes,
        minutes_now=attendance.minutes_of(session, person.id, from_on=first, to_on=last),
        stars=stars_for(minutes, queries.rules_on(session, local_today()).rules),
        waiting=[waiting_row(one) for one in waiting],
        waiting_title=waiting_title(waiting),
    )


def points_of(person: Person) -> dict[str, Any]:
    """Balance, passbook of the month asked for, earlier months: what both pages show."""
    session, who = db.session(), viewer()
    month = month_asked()
    book = passbook(session, who.community_id, person.id, month=month, zone=who.zone, now=now())
    here = request.path
    return {
        "book": book,
        "month": month,
        "month_code": f"{month:%Y-%m}",
        "is_present": month == local_today().replace(day=1),
        "lines": [
            {"date": filters.day_weekday(line.on, language()), "text": translate(line.text), "amount": line.amount}
            for line in book.lines
        ],
        "said": "".join(translate(sentence) for sentence in book.said)
        if language() == "zh"
        else " ".join(translate(sentence) for sentence in book.said),
        "expiring": expiring_words(book, who.zone),
        "earlier": [
            (filters.month_year(before, language()), f"{here}?month={before:%Y-%m}")
            for before in months_with_lines(session, who.community_id, person.id, zone=who.zone, before=local_today())
        ],
        "here": here,
    }


def expiring_words(book: Passbook, zone: str) -> dict[str, str] | None:
    """30分快到期 · 2024年12月得的分，到2026年12月31日作废。先得的先用。"""
    if book.expiry is None:
        return None
    earned = book.expiry.earned_at.astimezone(ZoneInfo(zone)).date()
    last = last_day(book.expiry.expires_at, zone)
    words = gettext(N_("%(month)s得的分，到%(last)s作废。先得的先用。"))
    return {
        "title": gettext(N_("%(n)d分快到期")) % {"n": book.expiry.points},
        "text": words % {"month": filters.month_year(earned, language()), "last": filters.date_full(last, language())},
    }


def waiting_row(one: Waiting) -> dict[str, Any]:
    """1日 上午日巡逻 2小时 · 法定节假日，按1.5倍 · 约 30分."""
    record, spoken = one.record, language()
    span = local_span(record.shift, viewer().zone)
    rules = queries.rules_on(db.session(), record.served_on).rules
    reasons = [translate(text) for text in reason_texts(one.worth.reasons, one.worth.coefficient_pct, rules)]
    title = " ".join(
        (
            filters.day_number(record.served_on, spoken),
            f"{filters.day_part(span[0], spoken)}{'' if spoken == 'zh' else ' '}{kind_name(record.shift.kind)}",
            filters.hours(record.minutes, spoken),
        )
    )
    if record.state == "objected":
        reasons.append(gettext(N_("您提了意见，正在核对")))
    return {
        "title": title,
        "note": ("，" if spoken == "zh" else ", ").join(reasons),
        "amount": gettext(N_("约 %(points)s")) % {"points": filters.points(one.worth.points, spoken)},
    }


def waiting_title(waiting: Sequence[Waiting]) -> str:
    """10月的班，还没到账."""
    months = {one.record.served_on.replace(day=1) for one in waiting}
    if len(months) != 1:
        return gettext(N_("还没到账的班"))
    return gettext(N_("%(month)s的班，还没到账")) % {"month": filters.month_long(months.pop(), language())}


@blueprint.get("/my/points")
@access(ANYBODY)
def my_points() -> str:
    person = db.session.get_one(Person, viewer().person_id)
    return render_template("rewards/points.html", person=person, **points_of(person))
