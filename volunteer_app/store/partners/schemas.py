"""What forms and JSON about partner shops take and give."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, filled


class PartnerForm(FormSchema):
    """A partner shop; `sign_in` is the number of whoever takes vouchers in there."""

    name = fields.String(required=True, validate=filled(40))
    address = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    phone = fields.String(load_default="", validate=validate.Length(max=20, error=N_("电话太长了。")))
    open_words = fields.String(load_default="", validate=validate.Length(max=60, error=N_("请写1到60个字。")))
    sign_in = fields.String(load_default="", validate=validate.Length(max=20, error=N_("编号太长了。")))
    services = fields.List(fields.String(), load_default=list)


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
