"""What rosters take and give: forms of the pages, JSON of the API."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from volunteer_app.core.language import N_, Text
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, one_of
from volunteer_app.rosters.rules import LIMITS_S, REASONS


class DeclineForm(FormSchema):
    reason = fields.String(load_default="", validate=one_of("", *REASONS))


class PersonForm(FormSchema):
    person = fields.Integer(required=True)
    back = fields.String(load_default="")


class PinForm(FormSchema):
    pinned = fields.Boolean(load_default=False)
    back = fields.String(load_default="")


class BackForm(FormSchema):
    back = fields.String(load_default="")


class StopForm(FormSchema):
    discard = fields.Boolean(load_default=False)


class AskForm(FormSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    limit_s = fields.Integer(load_default=60, validate=lambda value: in_limits(value))

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: object) -> None:
        check_order(values)


class RepairForm(FormSchema):
    """`person` is empty where nobody else is absent; then the days don't count."""

    person = fields.String(load_default="")
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: object) -> None:
        check_order(values)


class AbsenceIn(JsonSchema):
    person_id = fields.Integer(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: object) -> None:
        check_order(values)


class RepairIn(JsonSchema):
    absences = fields.List(fields.Nested(AbsenceIn()), load_default=list)


class AskIn(JsonSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    limit_s = fields.Integer(load_default=60, validate=lambda value: in_limits(value))

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: object) -> None:
        check_order(values)


def in_limits(value: int) -> None:
    if not LIMITS_S[0] <= value <= LIMITS_S[-1]:
        raise ValidationError(
            [Text(N_("请写%(least)d到%(most)d之间的数。"), {"least": LIMITS_S[0], "most": LIMITS_S[-1]})]
        )


def check_order(values: dict[str, Any]) -> None:
    if values["to_on"] < values["from_on"]:
        raise ValidationError({"to_on": [Text(N_("最后一天比第一天早。"))]})


class DeclineIn(JsonSchema):
    reason = fields.String(load_default="", validate=one_of("", *REASONS))


class SeatIn(JsonSchema):
    person_id = fields.Integer(required=True)


class SignUpIn(JsonSchema):
    person_id = fields.Integer(load_default=None, allow_none=True)


class PinIn(JsonSchema):
    pinned = fields.Boolean(required=True)


class LeadIn(JsonSchema):
    leads = fields.Boolean(required=True)


class StopIn(JsonSchema):
    discard = fields.Boolean(load_default=False)


class DayQuery(JsonSchema):
    day = fields.Date(load_default=None)


class RosterOut(ReplySchema):
    id = fields.Integer()
    from_on = fields.Date()
    to_on = fields.Date()
    state = fields.String()
    version = fields.Integer()
    draft = fields.Integer()
    published_at = fields.AwareDateTime()


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


class ShiftOut(ReplySchema):
    id = fields.Integer()
    kind = fields.String(attribute="kind.code")
    grid_id = fields.Integer(allow_none=True)
    post_id = fields.Integer(allow_none=True)
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    starts_on = fields.Date()
    least = fields.Integer()
    target = fields.Integer()
    most = fields.Integer()
    legs = fields.Method("legs_of")

    def legs_of(self, shift: Any) -> list[int]:
        """Shifts that the same people serve, in time order, itself included; one id for a shift that stands alone."""
        return [leg.id for leg in shift.legs]


class SeatOut(ReplySchema):
    """A seat as staff see it."""

    id = fields.Integer()
    roster_id = fields.Integer()
    shift_id = fields.Integer()
    person_id = fields.Integer()
    number = fields.String(attribute="person.number")
    name = fields.String(attribute="person.name")
    state = fields.String()
    pinned = fields.Boolean()
    leads = fields.Boolean()
    leaving = fields.Boolean()
    origin = fields.String()


class TurnOut(ReplySchema):
    """A seat as its holder sees it."""

    id = fields.Integer()
    state = fields.String()
    leads = fields.Boolean()
    shift = fields.Nested(ShiftOut)


class ChangeOut(ReplySchema):
    seat = fields.Nested(SeatOut)
    notices = fields.List(fields.String())


class OpenTurnOut(ReplySchema):
    shift = fields.Nested(ShiftOut)
    free = fields.Integer()


class SignUpOut(ReplySchema):
    id = fields.Integer()
    shift_id = fields.Integer()
    person_id = fields.Integer()
    state = fields.String()


class VersionOut(ReplySchema):
    id = fields.Integer()
    roster_id = fields.Integer()
    version = fields.Integer()
    published_at = fields.AwareDateTime()
    seats = fields.Raw()
    changes = fields.Raw()


class WhyOut(ReplySchema):
    reasons = fields.List(fields.String())


class GapOut(ReplySchema):
    shift_id = fields.Integer()
    missing = fields.Integer()
    why = fields.List(fields.String())
    funnel = fields.List(fields.String())
    witness = fields.String()
    nearly = fields.List(fields.String())
    ways = fields.List(fields.String())
    way = fields.String()
    ask_id = fields.Integer(allow_none=True)


class PlanOut(ReplySchema):
    code = fields.String()
    at = fields.AwareDateTime(allow_none=True)
    seats = fields.Integer()


class CompareQuery(JsonSchema):
    """Codes as the list of plans gives them: draft, version-2, run-17."""

    one = fields.String(required=True)
    other = fields.String(required=True)


class GoalChangeOut(ReplySchema):
    """`worse`: 1 if `other` is worse in this goal, -1 if better, 0 if equal."""

    goal = fields.String()
    before = fields.Float()
    after = fields.Float()
    worse = fields.Integer()


class PersonChangeOut(ReplySchema):
    """Shifts that `other` gives and takes; loads are parts of the own share."""

    person_id = fields.Integer(attribute="person")
    added = fields.List(fields.Integer())
    removed = fields.List(fields.Integer())
    load_before = fields.Float()
    load_after = fields.Float()


class ComparisonOut(ReplySchema):
    worse = fields.Integer()
    asked_run_id = fields.Integer(allow_none=True)
    goals = fields.List(fields.Nested(GoalChangeOut))
    people = fields.List(fields.Nested(PersonChangeOut))
