"""Rewards over JSON: hours, points, awards, rules, bonuses."""

from datetime import date, timedelta
from typing import Any

from flask import Response

from volunteer_app.attendance import queries as attendance
from volunteer_app.core.clock import month_after
from volunteer_app.core.errors import BadInput, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import proposals
from volunteer_app.ledger.models import Proposal
from volunteer_app.rewards import actions, bonuses, putting_right, queries, schemas
from volunteer_app.rewards.asked import month_asked
from volunteer_app.rewards.models import Award, Bonus, PointsRule
from volunteer_app.rewards.passbook import passbook
from volunteer_app.rewards.rules import stars_for
from volunteer_app.rewards.schemas import FIGURES, RULES_IN
from volunteer_app.web.access import ANYBODY, access, local_today, now, viewer
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.language import translate

blueprint = api_blueprint("rewards", about="Hours, points, rules, bonuses")


@blueprint.route("/my/points", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.PassbookOut)
def my_points() -> dict[str, Any]:
    """The caller's balance and the passbook of a month (`month`, 2026-10; else the present one)."""
    return passbook_out(viewer().person_id)


@blueprint.route("/people/<int:person_id>/points", methods=["GET"])
@access("coordinator", "auditor")
@blueprint.response(200, schemas.PassbookOut)
def points_of(person_id: int) -> dict[str, Any]:
    """The same for somebody else, for staff. The counter sees number, masked name and points: /counter/people."""
    if person_id not in attendance.people_by_id(db.session(), [person_id]):
        raise NotFound
    return passbook_out(person_id)


def passbook_out(person_id: int) -> dict[str, Any]:
    who = viewer()
    book = passbook(db.session(), who.community_id, person_id, month=month_asked(), zone=who.zone, now=now())
    lines = [{"on": line.on, "text": translate(line.text), "amount": line.amount} for line in book.lines]
    return {
        "month": book.month,
        "opening": book.opening,
        "lines": lines,
        "closing": book.closing,
        "balance": book.balance,
    }


@blueprint.route("/my/hours", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.HoursOut)
def my_hours() -> dict[str, Any]:
    """The caller's actual minutes, stars reached, and services that aren't credited yet."""
    session, who, first = db.session(), viewer(), local_today().replace(day=1)
    minutes = attendance.minutes_of(session, who.person_id)
    last = month_after(first) - timedelta(days=1)
    waiting = queries.waiting(session, who.community_id, who.person_id)
    return {
        "minutes": minutes,
        "minutes_this_month": attendance.minutes_of(session, who.person_id, from_on=first, to_on=last),
        "stars": stars_for(minutes, queries.rules_on(session, local_today()).rules),
        "waiting": [
            {
                "service_record_id": one.record.id,
                "served_on": one.record.served_on,
                "minutes": one.record.minutes,
                "points": one.worth.points,
                "reasons": one.worth.reasons,
            }
            for one in waiting
        ],
    }


@blueprint.route("/my/awards", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.AwardOut(many=True))
def my_awards() -> list[Award]:
    """What each of the caller's services was credited, in order of time."""
    return queries.awards_of(db.session(), viewer().person_id)


@blueprint.route("/points-rules", methods=["GET"])
@access(ANYBODY)
@blueprint.response(200, schemas.RulesOut(many=True))
def list_rules() -> list[PointsRule]:
    """All versions, newest first; none means that the defaults hold."""
    return queries.versions(db.session())


@blueprint.route("/points-rules", methods=["POST"])
@access("admin")
@blueprint.arguments(RULES_IN)
@blueprint.response(201, schemas.RulesOut)
def add_rules(values: dict[str, Any]) -> Response:
    """Adds a version, in force from a day in the future; other settings stay as they are now."""
    effective_from: date = values["effective_from"]
    new = actions.changed(
        queries.rules_on(db.session(), local_today()).rules, **{name: values[name] for name in FIGURES}
    )
    return api_act(
        lambda session, actor, moment: actions.adopt_rules(
            session, new, effective_from=effective_from, actor=actor, now=moment
        ),
        shape=schemas.RulesOut(),
        status=201,
    )


@blueprint.route("/bonuses", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.BonusIn)
@blueprint.response(201, schemas.BonusOut)
def give_bonus(values: dict[str, Any]) -> Response:
    """A fixed bonus: small_deed, suggestion or referral. Nobody gives to himself or his household."""
    ids = {"who": values["person_id"]}
    if values["kind"] == "referral":
        if values["newcomer_id"] is None:
            raise BadInput({"newcomer_id": [Text(N_("推荐要写新人是谁。"))]})
        ids["newcomer"] = values["newcomer_id"]
    return api_act(
        lambda session, actor, moment: bonuses.give(session, values, ids, actor=actor, now=moment),
        shape=schemas.BonusOut(),
        status=201,
    )


@blueprint.route("/bonuses/review", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.ReviewIn)
@blueprint.response(201, schemas.BonusOut(many=True))
def reward_review(values: dict[str, Any]) -> Response:
    """The month's best neighbourhood: everybody who served, each once; answers the new ones."""

    def work(session: Any, actor: Any, moment: Any) -> list[Bonus]:
        return bonuses.reward_neighbourhood(
            session, values["neighbourhood_id"], month=values["month"], actor=actor, now=moment
        )

    return api_act(work, shape=schemas.BonusOut(many=True), status=201)


@blueprint.route("/bonuses", methods=["GET"])
@access("coordinator", "auditor")
@blueprint.response(200, schemas.BonusOut(many=True))
def list_bonuses() -> list[Bonus]:
    """The last fifty bonuses, newest first."""
    return queries.last_bonuses(db.session())


@blueprint.route("/proposals", methods=["GET"])
@access("coordinator", "admin", "auditor")
@blueprint.response(200, schemas.ProposalOut(many=True))
def list_proposals() -> list[Proposal]:
    """What waits for a second person, oldest first."""
    return proposals.proposals(db.session(), viewer().community_id)


@blueprint.route("/proposals/adjustments", methods=["POST"])
@access("coordinator")
@blueprint.arguments(schemas.AdjustIn)
@blueprint.response(201, schemas.ProposalOut)
def propose_adjustment(values: dict[str, Any]) -> Response:
    """Proposes to add points to somebody, or to take them away; an administrator approves."""
    return api_act(
        lambda session, actor, moment: putting_right.propose_adjustment(
            session, values["person_id"], values["points"], values["reason"], actor=actor, now=moment
        ),
        shape=schemas.ProposalOut(),
        status=201,
    )


@blueprint.route("/proposals/<int:proposal_id>/approve", methods=["POST"])
@access("admin")
@blueprint.response(200, schemas.ProposalOut)
def approve_proposal(proposal_id: int) -> Response:
    """Books it with both names."""
    return api_act(
        lambda session, actor, moment: putting_right.approve(session, proposal_id, actor=actor, now=moment),
        shape=schemas.ProposalOut(),
    )
