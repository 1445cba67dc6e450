"""Two plans beside each other over JSON."""

from marshmallow import fields

from volunteer_app.core.schema import JsonSchema, ReplySchema


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
