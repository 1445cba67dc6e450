"""What comes in and goes out about needs and shifts."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of, up_to
from volunteer_app.needs.changes import CANCELS
from volunteer_app.needs.models import SOURCES, STATES, URGENCIES
from volunteer_app.workdays.schemas import DatedForm, DayField, MinuteField, SpansField

SEATS = between(1, 500)


def text(most: int) -> fields.String:
    """May be empty."""
    return fields.String(load_default="", validate=up_to(most))


def optional_id() -> fields.Integer:
    return fields.Integer(load_default=None, allow_none=True)


def refuse_same_time(values: dict[str, Any], starts: str, ends: str) -> None:
    if values.get(starts) is not None and values.get(starts) == values.get(ends):
        raise ValidationError(N_("结束和开始一样。"), ends)


class Hours:
    """From `starts_minute` to `ends_minute`, which differ; an end before the start runs over midnight."""

    @validates_schema
    def in_order(self, values: dict[str, Any], **_options: object) -> None:
        refuse_same_time(values, "starts_minute", "ends_minute")


class NeedForm(Hours, DatedForm):
    """Quick entry: what, where, when, how many, how urgent; everything else may come later."""

    title = fields.String(required=True, validate=filled(80))
    kind_id = optional_id()
    grid_id = optional_id()
    post_id = optional_id()
    recipient_id = optional_id()
    place = text(80)
    wanted_on = DayField(load_default=None)
    starts_minute = MinuteField(load_default=None)
    ends_minute = MinuteField(load_default=None)
    later_legs = SpansField(load_default=list)
    target = fields.Integer(load_default=1, validate=SEATS)
    urgency = fields.String(load_default="", validate=one_of("", *URGENCIES))
    source = fields.String(load_default="phone", validate=one_of(*SOURCES))
    note = text(1000)


class UrgentForm(DatedForm):
    """Help now: one or two legs on one day."""

    title = fields.String(required=True, validate=filled(80))
    grid_id = optional_id()
    place = text(80)
    wanted_on = DayField(required=True)
    out_starts = MinuteField(required=True)
    out_ends = MinuteField(required=True)
    back_starts = MinuteField(load_default=None)
    back_ends = MinuteField(load_default=None)
    same_people = fields.Boolean(load_default=False)
    people = fields.Integer(required=True, validate=SEATS)
    note = text(1000)

    @validates_schema
    def in_order(self, values: dict[str, Any], **_options: object) -> None:
        refuse_same_time(values, "out_starts", "out_ends")
        refuse_same_time(values, "back_starts", "back_ends")
        if (values.get("back_starts") is None) != (values.get("back_ends") is None):
            raise ValidationError(N_("回程要写从几点到几点。"), "back_ends")


class FilterForm(DatedForm):
    state = fields.String(load_default="", validate=one_of("", *STATES))
    grid = optional_id()
    source = fields.String(load_default="", validate=one_of("", *SOURCES))
    from_on = DayField(load_default=None)
    to_on = DayField(load_default=None)
    words = text(60)


class ReasonForm(FormSchema):
    """`scope`: this shift alone, its whole task with the other legs, or the rest of the series."""

    reason = fields.String(required=True, validate=filled(120))
    scope = fields.String(load_default="one", validate=one_of(*CANCELS))


class EvaluateForm(FormSchema):
    stars = fields.Integer(required=True, validate=between(1, 5))
    text = text(500)


class ShiftForm(Hours, DatedForm):
    day = DayField(required=True)
    starts_minute = MinuteField(required=True)
    ends_minute = MinuteField(required=True)
    least = fields.Integer(required=True, validate=between(0, 500))
    target = fields.Integer(required=True, validate=SEATS)
    most = fields.Integer(required=True, validate=SEATS)
    post_id = optional_id()
    note = text(120)
    is_heavy = fields.Boolean(load_default=False)
    scope = fields.String(load_default="", validate=one_of("", "one", "rest"))


class UploadForm(DatedForm):
    day0 = DayField(load_default=None)


class LegIn(Hours, JsonSchema):
    """Local minutes of the need's day; an end before the start runs over midnight."""

    starts_minute = fields.Integer(required=True, validate=between(0, 1439))
    ends_minute = fields.Integer(required=True, validate=between(0, 2880))


class NeedIn(Hours, JsonSchema):
    """Local minutes of `wanted_on`; an end before the start runs over midnight. `kind` is a kind's code.

    `later_legs`: further parts of the day for the same people, in order.
    """

    title = fields.String(required=True, validate=filled(80))
    kind = fields.String(load_default="other")
    grid_id = optional_id()
    post_id = optional_id()
    recipient_id = optional_id()
    place = text(80)
    wanted_on = fields.Date(load_default=None, allow_none=True)
    starts_minute = fields.Integer(load_default=None, allow_none=True, validate=between(0, 1439))
    ends_minute = fields.Integer(load_default=None, allow_none=True, validate=between(0, 2880))
    later_legs = fields.List(fields.Nested(LegIn), load_default=list)
    least = fields.Integer(load_default=1, validate=between(0, 500))
    target = fields.Integer(load_default=1, validate=SEATS)
    most = fields.Integer(load_default=None, allow_none=True, validate=SEATS)
    urgency = fields.String(load_default=None, allow_none=True, validate=one_of(*URGENCIES))
    source = fields.String(load_default="phone", validate=one_of(*SOURCES))
    note = text(1000)


class NeedQuery(JsonSchema):
    state = fields.String(load_default="", validate=one_of("", *STATES))
    grid_id = optional_id()
    source = fields.String(load_default="", validate=one_of("", *SOURCES))
    from_on = fields.Date(load_default=None)
    to_on = fields.Date(load_default=None)
    words = text(60)
    page = fields.Integer(load_default=1)


class NeedOut(ReplySchema):
    """The recipient is a number only."""

    id = fields.Integer()
    number = fields.String(attribute="label")
    title = fields.String()
    kind = fields.String(attribute="kind.code")
    grid_id = fields.Integer(allow_none=True)
    post_id = fields.Integer(allow_none=True)
    place = fields.String()
    recipient = fields.Integer(attribute="recipient.number", allow_none=True)
    urgency = fields.String(allow_none=True)
    source = fields.String()
    wanted_on = fields.Date(allow_none=True)
    starts_minute = fields.Integer(allow_none=True)
    ends_minute = fields.Integer(allow_none=True)
    later_legs = fields.Method("legs_of")
    least = fields.Integer()
    target = fields.Integer()
    most = fields.Integer()
    note = fields.String()
    state = fields.String()
    cancelled_reason = fields.String()
    stars = fields.Integer(allow_none=True)
    evaluation = fields.String()
    reported_at = fields.AwareDateTime()

    def legs_of(self, need: Any) -> list[dict[str, int]]:
        return legs_out(need.later_legs)


def legs_out(legs: list[Any]) -> list[dict[str, int]]:
    """As in LegIn; an end past 1440 runs over midnight."""
    return [{"starts_minute": starts, "ends_minute": ends} for starts, ends in legs]


class SeatMixOut(ReplySchema):
    tag = fields.String()
    at_least = fields.Integer()


class TaskOut(ReplySchema):
    id = fields.Integer()
    need_id = fields.Integer()
    series_id = fields.Integer(allow_none=True)
    kind = fields.String(attribute="kind.code")
    title = fields.String(attribute="need.title")
    grid_id = fields.Integer(allow_none=True)
    post_id = fields.Integer(allow_none=True)
    recipient = fields.Integer(attribute="recipient.number", allow_none=True)
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    starts_on = fields.Date()
    least = fields.Integer()
    target = fields.Integer()
    most = fields.Integer()
    priority = fields.Integer()
    requires = fields.List(fields.String())
    bars = fields.List(fields.String())
    mixes = fields.List(fields.Nested(SeatMixOut))
    state = fields.String()
    cancelled_reason = fields.String()
    note = fields.String()
    is_heavy = fields.Boolean()
    is_leg = fields.Boolean()
    leg = fields.Integer()


class ShiftQuery(JsonSchema):
    """Both days included; at most 400 days apart."""

    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)
    grid_id = optional_id()
    also_cancelled = fields.Boolean(load_default=False)


class ShiftPlanIn(LegIn):
    day = fields.Date(required=True)
    least = fields.Integer(load_default=1, validate=between(0, 500))
    target = fields.Integer(required=True, validate=SEATS)
    most = fields.Integer(required=True, validate=SEATS)
    post_id = optional_id()
    note = text(120)
    is_heavy = fields.Boolean(load_default=False)


class ShiftChangeIn(ShiftPlanIn):
    scope = fields.String(load_default="one", validate=one_of("one", "rest"))


class UrgentIn(JsonSchema):
    need = fields.Nested(NeedIn, required=True)
    legs = fields.List(fields.Nested(ShiftPlanIn), required=True, validate=lambda legs: check_count(legs))
    same_people = fields.Boolean(load_default=False)


def check_count(legs: list[Any]) -> None:
    if not 1 <= len(legs) <= 10:
        raise ValidationError(N_("写1到10程。"))


class CancelReasonIn(JsonSchema):
    """`scope` as in the page's form."""

    reason = fields.String(required=True, validate=filled(120))
    scope = fields.String(load_default="one", validate=one_of(*CANCELS))


class NeedEvaluationIn(JsonSchema):
    stars = fields.Integer(required=True, validate=between(1, 5))
    text = text(500)


class NeedImportOut(ReplySchema):
    """`bad` names line and column from 1, what was read, and why it isn't understood."""

    id = fields.Integer()
    file_name = fields.String()
    state = fields.String()
    good = fields.List(fields.Dict())
    bad = fields.List(fields.Dict())
