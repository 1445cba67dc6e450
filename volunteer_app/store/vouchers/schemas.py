"""What JSON about settlements gives."""

from marshmallow import fields

from volunteer_app.core.schema import ReplySchema


class SettlementOut(ReplySchema):
    """What a shop is owed for a month; `paid_at` null while it is not paid."""

    id = fields.Integer()
    partner_id = fields.Integer()
    month = fields.Date()
    vouchers = fields.Integer()
    points = fields.Integer()
    amount_fen = fields.Integer()
    paid_at = fields.DateTime(allow_none=True)
