"""What forms and JSON about goods take and give."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of
from volunteer_app.store.schemas import MOST_PIECES
from volunteer_app.store.shelf.models import SOURCES


class ReceiveForm(FormSchema):
    """Pieces that came in."""

    product = fields.String(required=True)
    pieces = fields.Integer(required=True, validate=between(1, MOST_PIECES))
    source = fields.String(required=True, validate=one_of(*SOURCES))
    donor = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    names_donor = fields.Boolean(load_default=False)
    batch = fields.String(load_default="", validate=validate.Length(max=30, error=N_("请写1到30个字。")))
    best_before = fields.Date(load_default=None)


class CountForm(FormSchema):
    """What was counted on the shelf."""

    product = fields.String(required=True)
    counted = fields.Integer(required=True, validate=between(0, MOST_PIECES))
    reason = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))


class PriceForm(FormSchema):
    """A price from a date on."""

    product = fields.String(required=True)
    points = fields.Integer(required=True, validate=between(0, MOST_PIECES))
    from_on = fields.Date(required=True)


class SetAsideForm(FormSchema):
    """Pieces of a batch that are no good."""

    pieces = fields.Integer(required=True, validate=between(1, MOST_PIECES))
    reason = fields.String(required=True, validate=filled(60))


class SetAsideIn(JsonSchema):
    """Pieces of a batch that are no good."""

    pieces = fields.Integer(required=True, strict=True, validate=between(1, MOST_PIECES))
    reason = fields.String(required=True, validate=filled(60))


class WriteOffOut(ReplySchema):
    """Pieces set aside: waiting (for a second person), booked or dropped."""

    id = fields.Integer()
    product_id = fields.Integer()
    delivery_id = fields.Integer()
    pieces = fields.Integer()
    reason = fields.String()
    state = fields.String()


class DeliveryIn(JsonSchema):
    """Pieces that came in."""

    product = fields.String(required=True)
    pieces = fields.Integer(required=True, strict=True, validate=between(1, MOST_PIECES))
    source = fields.String(required=True, validate=one_of(*SOURCES))
    donor = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    names_donor = fields.Boolean(load_default=False)
    batch = fields.String(load_default="", validate=validate.Length(max=30, error=N_("请写1到30个字。")))
    best_before = fields.Date(load_default=None, allow_none=True)


class StockCountIn(JsonSchema):
    """What was counted on the shelf."""

    product = fields.String(required=True)
    counted = fields.Integer(required=True, strict=True, validate=between(0, MOST_PIECES))
    reason = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))


class PriceIn(JsonSchema):
    """A price from a date on."""

    product = fields.String(required=True)
    points = fields.Integer(required=True, strict=True, validate=between(0, MOST_PIECES))
    from_on = fields.Date(required=True)


class PriceOut(ReplySchema):
    """A price from a date on."""

    product_id = fields.Integer()
    points = fields.Integer()
    from_on = fields.Date()


class StockOut(ReplySchema):
    """Pieces of a product: not kept for anybody, kept for orders, lent out; `over` are past their best-before day."""

    code = fields.String(attribute="product.code")
    name = fields.String(attribute="product.name")
    points = fields.Integer(allow_none=True)
    on_hand = fields.Integer()
    on_hold = fields.Integer()
    lent = fields.Integer()
    over = fields.Integer()


class DeliveryOut(ReplySchema):
    """Pieces that came in."""

    id = fields.Integer()
    product_id = fields.Integer()
    pieces = fields.Integer()
    pieces_left = fields.Integer()
    source = fields.String()
    donor = fields.String()
    batch = fields.String()
    best_before = fields.Date(allow_none=True)
    came_at = fields.DateTime()


class StockCountOut(ReplySchema):
    """A count: matches, waiting (for a second person), booked or dropped."""

    id = fields.Integer()
    product_id = fields.Integer()
    counted = fields.Integer()
    booked = fields.Integer()
    state = fields.String()
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
