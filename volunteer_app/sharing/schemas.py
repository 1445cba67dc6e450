"""What pages and API of sharing take and give."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of
from volunteer_app.sharing.models import COLLECTIVE_KINDS, DEPARTURES


class PointsForm(FormSchema):
    points = fields.Integer(required=True, validate=between(1, 100_000))


class GivenForm(PointsForm):
    """Points to somebody else, with a reason that both people stand for."""

    who = fields.String(required=True, validate=filled(40))
    reason = fields.String(required=True, validate=filled(120))


class ScoreForm(FormSchema):
    collective_id = fields.Integer(required=True)
    points = fields.Integer(required=True, validate=between(1, 100_000))
    reason = fields.String(required=True, validate=filled(120))


class CollectiveForm(FormSchema):
    name = fields.String(required=True, validate=filled(40))
    kind = fields.String(required=True, validate=one_of(*COLLECTIVE_KINDS))


class TogetherForm(FormSchema):
    who = fields.String(required=True, validate=filled(40))


class LeaveForm(FormSchema):
    kind = fields.String(required=True, validate=one_of(*DEPARTURES))
    left_on = fields.Date(required=True)


class EstateForm(FormSchema):
    target = fields.String(required=True, validate=one_of("household", "pool"))
    reason = fields.String(required=True, validate=filled(120))


class GiftIn(JsonSchema):
    points = fields.Integer(required=True, strict=True, validate=between(1, 100_000))


class GiftOut(ReplySchema):
    """The entry in the books."""

    seq = fields.Integer()
    recorded_at = fields.DateTime()


class HomeOut(ReplySchema):
    has_household = fields.Boolean()
    pools = fields.Boolean()
    points = fields.Integer()


class PoolOut(ReplySchema):
    """The household's agreement; `ended_at` null while it holds."""

    id = fields.Integer()
    head_id = fields.Integer()
    consented_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class TogetherIn(JsonSchema):
    other_id = fields.Integer(required=True, strict=True)


class HouseholdOut(ReplySchema):
    id = fields.Integer()
    code = fields.String()


class CollectiveOut(ReplySchema):
    name = fields.String()
    kind = fields.String()
    points = fields.Integer()


class WallOut(ReplySchema):
    collectives = fields.List(fields.Nested(CollectiveOut))
    care_pool = fields.Integer()
