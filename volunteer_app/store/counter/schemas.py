"""What forms and JSON of the counter take and give."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of
from volunteer_app.store.orders.schemas import OrderItemIn
from volunteer_app.store.schemas import MOST_PIECES

CODE = validate.Regexp(r"^\d{3} ?\d{3}$", error=N_("取货码是6位数字"))


class PickupCode:
    """The pick-up code that somebody shows at the counter."""

    code = fields.String(required=True, validate=CODE)


class CodeForm(PickupCode, FormSchema):
    pass


class PickupCodeIn(PickupCode, JsonSchema):
    """A pick-up code to look up."""


class HandOverForm(FormSchema):
    """Ticked goods and, when somebody else collects, the collector's name."""

    goods = fields.List(fields.Integer(), load_default=list)
    rest = fields.Boolean(load_default=False)
    proxy = fields.Boolean(load_default=False)
    collector = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))
    code = fields.String(load_default="")


class HandOverIn(JsonSchema):
    """Order lines on the counter; either the name was checked or a proxy collects by name and `code`."""

    ticked = fields.List(fields.Integer(strict=True), required=True)
    name_checked = fields.Boolean(load_default=False)
    leaves_rest = fields.Boolean(load_default=False)
    code = fields.String(load_default="", validate=validate.Length(max=7, error=N_("取货码是6位数字")))
    proxy_name = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))


class TakeBackForm(FormSchema):
    """One line of a collected order that comes back."""

    line = fields.Integer(required=True)
    pieces = fields.Integer(required=True, validate=between(1, MOST_PIECES))
    reason = fields.String(required=True, validate=filled(60))


class TakeBackIn(JsonSchema):
    """One line of a collected order that comes back."""

    line_id = fields.Integer(required=True, strict=True)
    pieces = fields.Integer(required=True, strict=True, validate=between(1, MOST_PIECES))
    reason = fields.String(required=True, validate=filled(60))


class BroughtBack:
    """How something lent came back."""

    state = fields.String(required=True, validate=one_of("back", "damaged", "lost"))
    note = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))


class BringBackForm(BroughtBack, FormSchema):
    pass


class BringBackIn(BroughtBack, JsonSchema):
    """How something lent came back."""


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


class WalkInIn(JsonSchema):
    """Somebody stands at the counter."""

    items = fields.List(
        fields.Nested(OrderItemIn), required=True, validate=validate.Length(min=1, max=20, error=N_("请选1到20样"))
    )
    person_id = fields.Integer(required=True, strict=True)
    name_checked = fields.Boolean(required=True)


class CounterPersonOut(ReplySchema):
    """What the counter may see of somebody: number, masked name, points."""

    id = fields.Integer()
    number = fields.String()
    masked_name = fields.String()
    available = fields.Integer()
    held = fields.Integer()
