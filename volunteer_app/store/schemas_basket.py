"""What JSON about the basket, closed days and donations takes and gives."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import JsonSchema, ReplySchema, between
from volunteer_app.store.schemas import MOST_PIECES


class BasketItemIn(JsonSchema):
    """Pieces of one product; 0 takes it out."""

    product = fields.String(required=True)
    pieces = fields.Integer(required=True, strict=True, validate=between(0, MOST_PIECES))


class BasketIn(JsonSchema):
    """Changes to the basket before it is reserved; products that aren't named stay as they are."""

    items = fields.List(
        fields.Nested(BasketItemIn), load_default=list, validate=validate.Length(max=20, error=N_("请选1到20样"))
    )


class BasketLineOut(ReplySchema):
    product = fields.String(attribute="product.code")
    pieces = fields.Integer()


class ClosedDayIn(JsonSchema):
    on = fields.Date(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))


class ClosedDayOut(ReplySchema):
    id = fields.Integer()
    on = fields.Date()
    reason = fields.String()


class DonationOut(ReplySchema):
    """One delivery that was given; `is_named`: the donor agreed to be named. Cost at purchase price."""

    product = fields.String()
    came_at = fields.AwareDateTime()
    donor = fields.String()
    is_named = fields.Boolean()
    pieces = fields.Integer()
    pieces_left = fields.Integer()
    cost_fen = fields.Integer()
