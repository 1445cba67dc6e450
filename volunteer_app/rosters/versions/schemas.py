"""A published version over JSON."""

from marshmallow import fields

from volunteer_app.core.schema import ReplySchema


class VersionOut(ReplySchema):
    id = fields.Integer()
    roster_id = fields.Integer()
    version = fields.Integer()
    published_at = fields.AwareDateTime()
    seats = fields.Raw()
    changes = fields.Raw()
