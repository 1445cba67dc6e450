"""What pages and API of the record take and give."""

from marshmallow import ValidationError, fields, validates_schema

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, ReplySchema, between, filled, one_of, up_to
from volunteer_app.credentials.models import ENTRY_KINDS


class EntryForm(FormSchema):
    kind = fields.String(required=True, validate=one_of(*ENTRY_KINDS))
    happened_on = fields.Date(required=True)
    title = fields.String(required=True, validate=filled(80))
    organiser = fields.String(load_default="", validate=up_to(60))
    minutes = fields.Integer(load_default=None, allow_none=True, validate=between(1, 10_000))
    score = fields.Integer(load_default=None, allow_none=True, validate=between(1, 5))
    level = fields.String(load_default="", validate=up_to(40))


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


class RecordEntryOut(ReplySchema):
    """A training, commendation or evaluation; `void_reason` when it was voided."""

    id = fields.Integer()
    kind = fields.String()
    happened_on = fields.Date()
    title = fields.String()
    organiser = fields.String()
    minutes = fields.Integer(allow_none=True)
    score = fields.Integer(allow_none=True)
    level = fields.String()
    void_reason = fields.String()


class CertificateOut(ReplySchema):
    id = fields.Integer()
    number = fields.String()
    from_on = fields.Date()
    to_on = fields.Date()
    minutes = fields.Integer()
    times = fields.Integer()


class VolunteerRecordOut(ReplySchema):
    """`minutes` are those past their notice; stars are certified by the community, not by hours alone."""

    minutes = fields.Integer()
    stars_reached = fields.Integer()
    stars_certified = fields.Integer()
    entries = fields.List(fields.Nested(RecordEntryOut))
    certificates = fields.List(fields.Nested(CertificateOut))


class StarOut(ReplySchema):
    id = fields.Integer()
    person_id = fields.Integer()
    stars = fields.Integer()
    state = fields.String()
    applied_on = fields.Date()
    closes_on = fields.Date(allow_none=True)
    reason = fields.String()


class CheckedOut(ReplySchema):
    """`is_current` is false when hours were corrected after issue."""

    number = fields.String()
    name = fields.String()
    from_on = fields.Date()
    to_on = fields.Date()
    minutes = fields.Integer()
    times = fields.Integer()
    is_revoked = fields.Boolean()
    is_current = fields.Boolean()
