"""What comes in and goes out about availability."""

from marshmallow import ValidationError, fields, validates_schema

from volunteer_app.availability.models import DAY_CLASSES, LEVELS
from volunteer_app.availability.rules import DAY_PARTS, TEMPLATES, mask
from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of
from volunteer_app.workdays.schemas import DatedForm, DayField, MinuteField

SQUARE_VALUES = tuple(f"{weekday}-{part}" for weekday in range(7) for part in DAY_PARTS)


def mask_of(values: list[str]) -> int:
    """ "0-morning" and the like as the number that a sheet keeps."""
    pairs = (value.split("-") for value in values)
    return mask((int(weekday), DAY_PARTS.index(part)) for weekday, part in pairs)


def values_of(squares: int) -> list[str]:
    return [value for bit, value in enumerate(SQUARE_VALUES) if squares >> bit & 1]


def square() -> fields.String:
    return fields.String(validate=one_of(*SQUARE_VALUES))


class SheetForm(FormSchema):
    free = fields.List(square(), load_default=list)
    resting = fields.Boolean(load_default=False)


class AwayForm(DatedForm):
    from_on = DayField(required=True)
    to_on = DayField(required=True)


class OftenForm(FormSchema):
    """An empty answer leaves it to the person's limits."""

    turns_week = fields.Integer(load_default=None, allow_none=True, validate=between(1, 7))


class PartnersForm(FormSchema):
    partners = fields.List(fields.Integer(), load_default=list)


class FinerForm(FormSchema):
    """A time on some days: blocked or free."""

    starts_minute = MinuteField(required=True)
    ends_minute = MinuteField(required=True)
    days = fields.String(
        load_default="any", validate=one_of("any", "workday", "rest", *(f"weekday-{number}" for number in range(7)))
    )
    is_free = fields.Boolean(load_default=False)
    reason = fields.String(load_default="", validate=lambda text: filled(40)(text or "-"))

    @validates_schema
    def in_order(self, values: dict[str, object], **_options: object) -> None:
        starts, ends = values.get("starts_minute"), values.get("ends_minute")
        if isinstance(starts, int) and isinstance(ends, int) and ends <= starts:
            raise ValidationError(N_("结束要比开始晚。"), "ends_minute")


class PasteForm(FormSchema):
    text = fields.String(required=True, validate=filled(20_000))
    month = fields.String(load_default="")
    chosen = fields.List(fields.String(), load_default=list)
    confirmed = fields.Boolean(load_default=False)


class MonthQuery(JsonSchema):
    """`month` is any day of the month; the present month without it."""

    month = fields.Date(load_default=None, allow_none=True)


class FinerJson(ReplySchema):
    id = fields.Integer(dump_only=True)
    day_class = fields.String(load_default="any", validate=one_of(*DAY_CLASSES))
    weekday = fields.Integer(load_default=None, allow_none=True, validate=between(0, 6))
    starts_minute = fields.Integer(required=True, validate=between(0, 1439))
    ends_minute = fields.Integer(required=True, validate=between(1, 1440))
    is_free = fields.Boolean(load_default=False)
    reason = fields.String(load_default="")


class FinerIn(JsonSchema):
    day_class = fields.String(load_default="any", validate=one_of(*DAY_CLASSES))
    weekday = fields.Integer(load_default=None, allow_none=True, validate=between(0, 6))
    starts_minute = fields.Integer(required=True, validate=between(0, 1439))
    ends_minute = fields.Integer(required=True, validate=between(1, 1440))
    is_free = fields.Boolean(load_default=False)
    reason = fields.String(load_default="", validate=lambda text: filled(40)(text or "-"))


class AvailabilityIn(JsonSchema):
    """Either squares such as "0-morning" (0 is Monday) or the name of a usual pattern."""

    month = fields.Date(required=True)
    free = fields.List(square(), load_default=list)
    template = fields.String(load_default="", validate=one_of("", *TEMPLATES))
    resting = fields.Boolean(load_default=False)
    follows_rest_days = fields.Boolean(load_default=None, allow_none=True)
    turns_week = fields.Integer(load_default=None, allow_none=True, validate=between(1, 7))


class AvailabilityOut(ReplySchema):
    person_id = fields.Integer()
    month = fields.Date()
    free = fields.Function(lambda sheet: values_of(sheet.squares))
    follows_rest_days = fields.Boolean()
    resting = fields.Boolean()
    turns_week = fields.Integer(allow_none=True)
    filled_by_id = fields.Integer(allow_none=True)
    finer = fields.List(fields.Nested(FinerJson))


class AwayIn(JsonSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)


class AwayOut(ReplySchema):
    id = fields.Integer()
    person_id = fields.Integer()
    from_on = fields.Date()
    to_on = fields.Date()


class PartnersJson(JsonSchema):
    partners = fields.List(fields.Integer(), required=True)


class WishesJson(JsonSchema):
    """{"kind:river_patrol": "prefer", "square:0-0": "if_needed"}."""

    wishes = fields.Dict(
        keys=fields.String(validate=lambda about: check_about(about)),
        values=fields.String(validate=one_of(*LEVELS)),
        required=True,
    )


def check_about(about: str) -> None:
    what, _, which = about.partition(":")
    known = what == "kind" and 1 <= len(which) <= 30
    pairs = {f"{weekday}-{part}" for weekday in range(7) for part in range(3)}
    if not known and not (what == "square" and which in pairs):
        raise ValidationError(N_("请从列出的里面选一个。"))


class WindowQuery(JsonSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)


class WindowOut(ReplySchema):
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
