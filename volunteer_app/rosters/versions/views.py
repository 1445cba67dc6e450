"""The page before publishing: what changes, whom to tell by which channel, which gaps remain."""

from datetime import datetime

from flask import render_template, url_for
from sqlalchemy.orm import Session

from solver.compare import goal_changes
from solver.plan import Plan
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.people.words import CHANNEL_NAMES
from volunteer_app.rosters import queries
from volunteer_app.rosters.drawing import turn_name
from volunteer_app.rosters.judge import judging
from volunteer_app.rosters.models import Assignment, Roster
from volunteer_app.rosters.runs.drawing import change_rows
from volunteer_app.rosters.versions import publishing
from volunteer_app.rosters.versions import queries as versions
from volunteer_app.rosters.views import blueprint
from volunteer_app.web.access import access, now, zone
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import gettext, translate

SHOWN_CHANGES = 100


@blueprint.get("/roster/<int:roster_id>/publish")
@access("coordinator")
def publish_page(roster_id: int) -> str:
    return draw_publish(roster_id)


def draw_publish(roster_id: int, refusal: AppError | None = None) -> str:
    """What changes, whom to tell by which channel, which gaps remain."""
    session = db.session()
    roster = queries.roster(session, roster_id)
    added, removed = versions.changed_seats(session, roster_id)
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
        gaps=sum(missing for _shift, missing in queries.lacking(session, roster, now=now())),
        next_version=roster.version + 1,
        goals=goals_beside_published(session, roster) if roster.version else [],
        refusal=translate(refusal.text) if refusal else "",
    )


def goals_beside_published(session: Session, roster: Roster) -> list[dict[str, str]]:
    """The draft beside the published version, goal by goal; turns that have begun are no part of it."""
    case = judging.case_of(session, roster, now=now())
    published = Plan(case.problem.previous or frozenset())
    return change_rows(goal_changes(case.problem, published, case.plan))


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


@blueprint.post("/roster/<int:roster_id>/publish")
@access("coordinator")
def publish(roster_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        made = publishing.publish(session, roster_id, actor=actor, now=moment)
        day = max(queries.roster(session, roster_id).from_on, local_date(moment, zone()))
        said = Text(N_("第%(n)d版发布了，要告诉的人都在待发消息里。"), {"n": made.version})
        return Done(url_for("rosters.board", day=day.isoformat()), said)

    return act(work, refused=lambda error: draw_publish(roster_id, error))
