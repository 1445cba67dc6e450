"""What the pages of the record take."""

from marshmallow import ValidationError, fields, validates_schema

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, between, filled, one_of
from volunteer_app.credentials.rules import ENTRY_KINDS


class EntryForm(FormSchema):
    kind = fields.String(required=True, validate=one_of(*ENTRY_KINDS))
    happened_on = fields.Date(required=True)
    title = fields.String(required=True, validate=filled(80))
    organiser = fields.String(load_default="")
    minutes = fields.Integer(load_default=None, allow_none=True, validate=between(1, 10_000))
    score = fields.Integer(load_default=None, allow_none=True, validate=between(1, 5))
    level = fields.String(load_default="")


class ReasonForm(FormSchema):
    reason = fields.String(required=True, validate=filled(200))


class CertificateForm(FormSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)

    @validates_schema
    def in_order(self, values: dict[str, object], **_more: object) -> None:
        if values["from_on"] > values["to_on"]:  # type: ignore[operator]
            raise ValidationError(N_("要在开始那天之后。"), "to_on")


class NumberForm(FormSchema):
    number = fields.String(load_default="")
