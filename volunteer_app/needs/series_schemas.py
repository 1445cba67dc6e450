"""What comes in and goes out about needs that come again and again."""

from typing import Any

from marshmallow import fields

from volunteer_app.core.schema import JsonSchema, ReplySchema, between, filled, one_of
from volunteer_app.needs.schemas import SEATS, Hours, LegIn, legs_out
from volunteer_app.needs.words import HOLIDAY_CHOICES, RULE_CHOICES
from volunteer_app.workdays.schemas import DatedForm, DayField, MinuteField, SpansField


class SeriesForm(Hours, DatedForm):
    """How often, from when, which hours, how many, and what happens on make-up workdays and holidays."""

    often = fields.String(required=True, validate=one_of(*RULE_CHOICES))
    starts_on = DayField(required=True)
    until_on = DayField(load_default=None)
    starts_minute = MinuteField(required=True)
    ends_minute = MinuteField(required=True)
    later_legs = SpansField(load_default=list)
    least = fields.Integer(load_default=1, validate=between(0, 500))
    target = fields.Integer(required=True, validate=SEATS)
    most = fields.Integer(load_default=None, validate=SEATS)
    on_makeup = fields.String(load_default="keep", validate=one_of(*HOLIDAY_CHOICES))
    on_holiday = fields.String(load_default="keep", validate=one_of(*HOLIDAY_CHOICES))


class SeriesIn(LegIn):
    """Local minutes of each date; `later_legs`: further parts of the date for the same people, in order."""

    rrule = fields.String(required=True, validate=filled(200))
    starts_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    later_legs = fields.List(fields.Nested(LegIn), load_default=list)
    least = fields.Integer(load_default=1, validate=between(0, 500))
    target = fields.Integer(required=True, validate=SEATS)
    most = fields.Integer(required=True, validate=SEATS)
    priority = fields.Integer(load_default=2, validate=between(1, 9))
    on_makeup = fields.String(load_default="keep", validate=one_of(*HOLIDAY_CHOICES))
    on_holiday = fields.String(load_default="keep", validate=one_of(*HOLIDAY_CHOICES))


class SeriesOut(ReplySchema):
    id = fields.Integer()
    need_id = fields.Integer()
    rrule = fields.String()
    starts_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    extended_until = fields.Date(allow_none=True)
    starts_minute = fields.Integer()
    ends_minute = fields.Integer()
    later_legs = fields.Method("legs_of")
    least = fields.Integer()
    target = fields.Integer()
    most = fields.Integer()

    def legs_of(self, series: Any) -> list[dict[str, int]]:
        return legs_out(series.later_legs)


class SeriesExtendIn(JsonSchema):
    until = fields.Date(required=True)
