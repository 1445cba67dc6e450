"""What forms and JSON about closed days take and give."""

from marshmallow import fields, validate

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema


class ClosedDayForm(FormSchema):
    """A day without opening."""

    on = fields.Date(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))


class ClosedDayIn(JsonSchema):
    on = fields.Date(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=40, error=N_("请写1到40个字。")))


class ClosedDayOut(ReplySchema):
    id = fields.Integer()
    on = fields.Date()
    reason = fields.String()
