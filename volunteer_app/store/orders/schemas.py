"""What JSON about the price list, the basket and orders takes and gives."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import JsonSchema, ReplySchema, between
from volunteer_app.store.schemas import MOST_PIECES


class SeenPoints:
    """The points for one piece as they were shown: when they have changed meanwhile, it is refused."""

    points = fields.Integer(strict=True, load_default=None, allow_none=True)


class OrderItemIn(SeenPoints, JsonSchema):
    """Pieces of one product; `points` for one of them as they were shown are optional: once changed, it is refused."""

    product = fields.String(required=True)
    pieces = fields.Integer(required=True, strict=True, validate=between(1, MOST_PIECES))


class OrderIn(JsonSchema):
    """A reservation; `person_id` only when staff reserves for somebody."""

    items = fields.List(
        fields.Nested(OrderItemIn), required=True, validate=validate.Length(min=1, max=20, error=N_("请选1到20样"))
    )
    person_id = fields.Integer(strict=True, load_default=None, allow_none=True)


class OfferOut(ReplySchema):
    """A product as the caller sees it: `verdict` ok, short, limit, month or gone; `left` null when not counted."""

    code = fields.String(attribute="product.code")
    name = fields.String(attribute="product.name")
    kind = fields.String(attribute="product.kind")
    pack = fields.String(attribute="product.pack")
    points = fields.Integer()
    left = fields.Integer(allow_none=True)
    most_each = fields.Integer(attribute="product.most_each", allow_none=True)
    limit_months = fields.Integer(attribute="product.limit_months")
    fridays_only = fields.Boolean(attribute="product.fridays_only")
    verdict = fields.String()
    short = fields.Integer()


class ShopOut(ReplySchema):
    """The price list and what the caller may still use."""

    available = fields.Integer()
    month_left = fields.Integer()
    offers = fields.List(fields.Nested(OfferOut))


class OrderLineOut(ReplySchema):
    """A line of an order: `pieces` as reserved, of which `returned` are back on the shelf; `points` for the others."""

    id = fields.Integer()
    product = fields.String(attribute="product.code")
    name = fields.String(attribute="product.name")
    pieces = fields.Integer(attribute="quantity")
    points = fields.Integer()
    returned = fields.Integer()


class OrderOut(ReplySchema):
    """An order. `points` leaves out what is back on the shelf; `code` is there for its owner only, `person_number` for
    the counter.
    """

    id = fields.Integer()
    state = fields.String()
    points = fields.Integer()
    made_at = fields.DateTime()
    expires_at = fields.DateTime()
    is_extended = fields.Boolean()
    code = fields.String(allow_none=True)
    person_number = fields.String()
    masked_name = fields.String()
    proxy_name = fields.String()
    partner_id = fields.Integer(allow_none=True)
    lines = fields.List(fields.Nested(OrderLineOut))


class BasketItemIn(SeenPoints, JsonSchema):
    """Pieces of one product; 0 takes it out. `points` as with an order."""

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
