"""What comes in about erasures."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, filled, one_of
from volunteer_app.erasing.models import HOW_ASKED


class OwnErasureForm(FormSchema):
    sure = fields.Boolean(load_default=False)


class ErasureForm(FormSchema):
    who = fields.String(required=True, validate=filled(64))
    how = fields.String(required=True, validate=one_of(*(how for how in HOW_ASKED if how != "self")))
