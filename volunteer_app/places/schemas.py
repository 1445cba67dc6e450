"""What comes in and goes out about places."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, filled, one_of
from volunteer_app.places.models import KINDS


class AreaForm(FormSchema):
    parent_id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=one_of(*KINDS[3:]))
    code = fields.String(required=True, validate=filled(20))
    name = fields.String(required=True, validate=filled(60))


class PostForm(FormSchema):
    area_id = fields.Integer(required=True)
    name = fields.String(required=True, validate=filled(60))
    meet = fields.String(load_default="")
    condition = fields.String(load_default="")


class AreaIn(JsonSchema):
    parent_id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=one_of(*KINDS[3:]))
    code = fields.String(required=True, validate=filled(20))
    name = fields.String(required=True, validate=filled(60))


class PostIn(JsonSchema):
    area_id = fields.Integer(required=True)
    name = fields.String(required=True, validate=filled(60))
    meet = fields.String(load_default="")
    condition = fields.String(load_default="")


class PostChange(JsonSchema):
    meet = fields.String(required=True)
    condition = fields.String(required=True)


class AreaOut(ReplySchema):
    id = fields.Integer()
    parent_id = fields.Integer(allow_none=True)
    kind = fields.String()
    code = fields.String()
    name = fields.String()


class PostOut(ReplySchema):
    id = fields.Integer()
    area_id = fields.Integer()
    name = fields.String()
    meet = fields.String()
    condition = fields.String()
