"""What comes in and goes out about places."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of, up_to
from volunteer_app.places.models import KINDS

LONGEST_WAY_MIN = 240


class AreaForm(FormSchema):
    parent_id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=one_of(*KINDS[3:]))
    code = fields.String(required=True, validate=filled(20))
    name = fields.String(required=True, validate=filled(60))


class PostForm(FormSchema):
    area_id = fields.Integer(required=True)
    name = fields.String(required=True, validate=filled(60))
    meet = fields.String(load_default="", validate=up_to(120))
    condition = fields.String(load_default="", validate=up_to(120))


class WayForm(FormSchema):
    post_id = fields.Integer(required=True)
    other_id = fields.Integer(required=True)
    minutes = fields.Integer(required=True, validate=between(0, LONGEST_WAY_MIN))


class AreaIn(JsonSchema):
    parent_id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=one_of(*KINDS[3:]))
    code = fields.String(required=True, validate=filled(20))
    name = fields.String(required=True, validate=filled(60))


class PostIn(JsonSchema):
    area_id = fields.Integer(required=True)
    name = fields.String(required=True, validate=filled(60))
    meet = fields.String(load_default="", validate=up_to(120))
    condition = fields.String(load_default="", validate=up_to(120))


class PostChange(JsonSchema):
    meet = fields.String(required=True, validate=up_to(120))
    condition = fields.String(required=True, validate=up_to(120))


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


class WayIn(JsonSchema):
    """`minutes` 0 takes the note away."""

    post_id = fields.Integer(required=True)
    other_id = fields.Integer(required=True)
    minutes = fields.Integer(required=True, validate=between(0, LONGEST_WAY_MIN))


class WayOut(ReplySchema):
    """In both directions; posts that no row names are next door."""

    post_id = fields.Integer()
    other_id = fields.Integer()
    minutes = fields.Integer()
