"""What the board takes and gives: forms of its presses, JSON of its seats and gaps."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema
from volunteer_app.rosters.turns.schemas import SeatOut


class PersonForm(FormSchema):
    person = fields.Integer(required=True)
    back = fields.String(load_default="")


class PinForm(FormSchema):
    pinned = fields.Boolean(load_default=False)
    back = fields.String(load_default="")


class BackForm(FormSchema):
    back = fields.String(load_default="")


class SeatIn(JsonSchema):
    person_id = fields.Integer(required=True)


class PinIn(JsonSchema):
    pinned = fields.Boolean(required=True)


class LeadIn(JsonSchema):
    leads = fields.Boolean(required=True)


class RosterOut(ReplySchema):
    id = fields.Integer()
    from_on = fields.Date()
    to_on = fields.Date()
    state = fields.String()
    version = fields.Integer()
    draft = fields.Integer()
    published_at = fields.AwareDateTime()


class ChangeOut(ReplySchema):
    seat = fields.Nested(SeatOut)
    notices = fields.List(fields.String())


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
