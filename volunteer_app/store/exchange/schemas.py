"""What forms and JSON about other communities take and give."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, filled
from volunteer_app.store.orders.schemas import OrderItemIn


class MonthForm(FormSchema):
    """A calendar month, by any of its days."""

    month = fields.Date(required=True)


class AwayOrderIn(JsonSchema):
    """What somebody reserves in another community's store."""

    items = fields.List(
        fields.Nested(OrderItemIn), required=True, validate=validate.Length(min=1, max=20, error=N_("请选1到20样"))
    )


class GuestIn(JsonSchema):
    """The name that the guest said was compared."""

    name_checked = fields.Boolean(required=True)


class HalfOut(ReplySchema):
    """An order across communities as one of them keeps it."""

    id = fields.Integer()
    state = fields.String()
    points = fields.Integer()
    made_at = fields.DateTime()
    expires_at = fields.DateTime()


class NeighbourForm(FormSchema):
    """Another community, by its code."""

    code = fields.String(required=True, validate=filled(20))


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
