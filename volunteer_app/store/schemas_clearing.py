"""What JSON about exchange with other communities takes and gives."""

from marshmallow import fields

from volunteer_app.core.schema import JsonSchema, ReplySchema, filled


class NeighbourIn(JsonSchema):
    """The other community's code."""

    code = fields.String(required=True, validate=filled(20))


class NeighbourOut(ReplySchema):
    id = fields.Integer(attribute="other_id")


class StandingOut(ReplySchema):
    """Points that we owe the other community and that it owes us; `agreed`: it has named us too."""

    id = fields.Integer()
    name = fields.String()
    agreed = fields.Boolean()
    owed = fields.Integer()
    due = fields.Integer()


class ClearingOut(ReplySchema):
    """What `community_id` owes `other_id` for a month; `received_at` null until the other confirms."""

    id = fields.Integer()
    community_id = fields.Integer()
    other_id = fields.Integer()
    month = fields.Date()
    orders = fields.Integer()
    points = fields.Integer()
    closed_at = fields.AwareDateTime()
    received_at = fields.AwareDateTime(allow_none=True)
