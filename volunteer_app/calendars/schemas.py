"""What goes out about the calendar address."""

from marshmallow import Schema, fields


class CalendarOut(Schema):
    is_open = fields.Boolean(required=True)
    address = fields.String(required=True, metadata={"description": "of the .ics text; empty when stopped"})
