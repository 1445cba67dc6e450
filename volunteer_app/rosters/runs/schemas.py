"""What a solve takes and gives."""

from typing import Any

from marshmallow import ValidationError, fields

from volunteer_app.core.language import N_, Text
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema
from volunteer_app.rosters.rules import LIMITS_S
from volunteer_app.rosters.schemas import Period


class Stopped:
    """`discard`: the best roster so far is dropped."""

    discard = fields.Boolean(load_default=False)


class StopForm(Stopped, FormSchema):
    pass


class Asked(Period):
    """Which days, and how many seconds the solve may take."""

    limit_s = fields.Integer(load_default=60, validate=lambda value: in_limits(value))


class AskForm(Asked, FormSchema):
    pass


class AskIn(Asked, JsonSchema):
    pass


def in_limits(value: int) -> None:
    if not LIMITS_S[0] <= value <= LIMITS_S[-1]:
        raise ValidationError(
            [Text(N_("请写%(least)d到%(most)d之间的数。"), {"least": LIMITS_S[0], "most": LIMITS_S[-1]})]
        )


class StopIn(Stopped, JsonSchema):
    pass


class RunOut(ReplySchema):
    id = fields.Integer()
    roster_id = fields.Integer()
    kind = fields.String()
    state = fields.String()
    asked_at = fields.AwareDateTime()
    limit_s = fields.Integer()
    attempts = fields.Integer()
    stop_asked = fields.String()
    changes_meanwhile = fields.Integer()
    progress = fields.Dict(allow_none=True)
    goals = fields.Method("goals_of")
    gaps = fields.Method("gaps_of")
    proposal = fields.Method("proposal_of")
    accepted_at = fields.AwareDateTime()

    def goals_of(self, run: Any) -> list[dict[str, Any]]:
        """Goals of the answer with value, bound and proof; empty before there is one."""
        return list(run.result["goals"]) if run.result and run.kind == "solve" else []

    def gaps_of(self, run: Any) -> list[dict[str, Any]]:
        return list(run.result["gaps"]) if run.result and run.kind == "solve" else []

    def proposal_of(self, run: Any) -> dict[str, Any] | None:
        """What a finished repair proposes: plan, steps with bound and proof, gaps; null for a solve."""
        return dict(run.result) if run.result and run.kind == "repair" else None
