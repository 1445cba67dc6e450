"""What JSON and forms of several rooms take."""

from marshmallow import fields

from volunteer_app.core.schema import JsonSchema

MOST_PIECES = 10_000


class MonthIn(JsonSchema):
    """A calendar month, by any of its days."""

    month = fields.Date(required=True)
