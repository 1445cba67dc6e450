"""What the store's forms and JSON take and give."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of
from volunteer_app.store.models import SOURCES

MOST_PIECES = 10_000
CODE = validate.Regexp(r"^\d{3} ?\d{3}$", error=N_("取货码是6位数字"))


class CodeForm(FormSchema):
    """The pick-up code that somebody shows at the counter."""

    code = fields.String(required=True, validate=CODE)


class HandOverForm(FormSchema):
    """Ticked goods and, when somebody else collects, the collector's name."""

    goods = fields.List(fields.Integer(), load_default=list)
    rest = fields.Boolean(load_default=False)
    proxy = fields.Boolean(load_default=False)
    collector = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))
    code = fields.String(load_default="")


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


class BringBackForm(FormSchema):
    """How something lent came back."""

    state = fields.String(required=True, validate=one_of("back", "damaged", "lost"))
    note = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))


class ClosedDayForm(FormSchema):
    """A day without opening."""

    on = fields.Date(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))


class NeighbourForm(FormSchema):
    """Another community, by its code."""

    code = fields.String(required=True, validate=filled(20))


class PartnerForm(FormSchema):
    """A partner shop; `sign_in` is the number of whoever takes vouchers in there."""

    name = fields.String(required=True, validate=filled(40))
    address = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    phone = fields.String(load_default="", validate=validate.Length(max=20, error=N_("电话太长了。")))
    open_words = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    sign_in = fields.String(load_default="", validate=validate.Length(max=20, error=N_("编号太长了。")))
    services = fields.List(fields.String(), load_default=list)


class TakeBackForm(FormSchema):
    """One line of a collected order that comes back."""

    line = fields.Integer(required=True)
    pieces = fields.Integer(required=True, validate=between(1, MOST_PIECES))
    reason = fields.String(required=True, validate=filled(60))


class OrderItemIn(JsonSchema):
    """Pieces of one product."""

    product = fields.String(required=True)
    pieces = fields.Integer(required=True, strict=True, validate=between(1, MOST_PIECES))


class OrderIn(JsonSchema):
    """A reservation; `person_id` only when staff reserves for somebody."""

    items = fields.List(
        fields.Nested(OrderItemIn), required=True, validate=validate.Length(min=1, max=20, error=N_("请选1到20样"))
    )
    person_id = fields.Integer(strict=True, load_default=None, allow_none=True)


class WalkInIn(JsonSchema):
    """Somebody stands at the counter."""

    items = fields.List(
        fields.Nested(OrderItemIn), required=True, validate=validate.Length(min=1, max=20, error=N_("请选1到20样"))
    )
    person_id = fields.Integer(required=True, strict=True)
    name_checked = fields.Boolean(required=True)


class PickupCodeIn(JsonSchema):
    """A pick-up code to look up."""

    code = fields.String(required=True, validate=CODE)


class HandOverIn(JsonSchema):
    """Order lines on the counter; either the name was checked or a proxy collects by name and `code`."""

    ticked = fields.List(fields.Integer(strict=True), required=True)
    name_checked = fields.Boolean(load_default=False)
    leaves_rest = fields.Boolean(load_default=False)
    code = fields.String(load_default="", validate=validate.Length(max=7, error=N_("取货码是6位数字")))
    proxy_name = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))


class TakeBackIn(JsonSchema):
    """One line of a collected order that comes back."""

    line_id = fields.Integer(required=True, strict=True)
    pieces = fields.Integer(required=True, strict=True, validate=between(1, MOST_PIECES))
    reason = fields.String(required=True, validate=filled(60))


class SetAsideIn(JsonSchema):
    """Pieces of a batch that are no good."""

    pieces = fields.Integer(required=True, strict=True, validate=between(1, MOST_PIECES))
    reason = fields.String(required=True, validate=filled(60))


class BringBackIn(JsonSchema):
    """How something lent came back."""

    state = fields.String(required=True, validate=one_of("back", "damaged", "lost"))
    note = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))


class WriteOffOut(ReplySchema):
    """Pieces set aside: waiting (for a second person), booked or dropped."""

    id = fields.Integer()
    product_id = fields.Integer()
    delivery_id = fields.Integer()
    pieces = fields.Integer()
    reason = fields.String()
    state = fields.String()


class LoanOut(ReplySchema):
    """Something lent: out, back, damaged or lost."""

    id = fields.Integer()
    product_id = fields.Integer()
    person_id = fields.Integer()
    pieces = fields.Integer()
    lent_on = fields.Date()
    due_on = fields.Date()
    is_extended = fields.Boolean()
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
    """A line of an order."""

    id = fields.Integer()
    product = fields.String(attribute="product.code")
    name = fields.String(attribute="product.name")
    pieces = fields.Integer(attribute="quantity")
    points = fields.Integer()
    returned = fields.Integer()


class OrderOut(ReplySchema):
    """An order. `code` is there for its owner only, `person_number` for the counter."""

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


class StockOut(ReplySchema):
    """Pieces of a product: free, kept for orders, lent out."""

    code = fields.String(attribute="product.code")
    name = fields.String(attribute="product.name")
    points = fields.Integer(allow_none=True)
    on_hand = fields.Integer()
    on_hold = fields.Integer()
    lent = fields.Integer()


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


class CounterPersonOut(ReplySchema):
    """What the counter may see of somebody: number, masked name, points."""

    id = fields.Integer()
    number = fields.String()
    masked_name = fields.String()
    available = fields.Integer()
    held = fields.Integer()


class PartnerIn(JsonSchema):
    """A partner shop."""

    name = fields.String(required=True, validate=filled(40))
    address = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    phone = fields.String(load_default="", validate=validate.Length(max=20, error=N_("电话太长了。")))
    open_words = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    sign_in = fields.String(load_default="", validate=validate.Length(max=20, error=N_("编号太长了。")))
    services = fields.List(fields.String(), load_default=list)


class PartnerOut(ReplySchema):
    """A partner shop."""

    id = fields.Integer()
    name = fields.String()
    address = fields.String()
    phone = fields.String()
    open_words = fields.String()


class MonthIn(JsonSchema):
    """A calendar month, by any of its days."""

    month = fields.Date(required=True)


class SettlementOut(ReplySchema):
    """What a shop is owed for a month; `paid_at` null while it is not paid."""

    id = fields.Integer()
    partner_id = fields.Integer()
    month = fields.Date()
    vouchers = fields.Integer()
    points = fields.Integer()
    amount_fen = fields.Integer()
    paid_at = fields.DateTime(allow_none=True)


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
