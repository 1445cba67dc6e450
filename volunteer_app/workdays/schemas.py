"""Form fields for dates and times as people type them, and the calendar's own forms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of
from volunteer_app.workdays.models import KINDS
from volunteer_app.workdays.reading import minute_text, read_day, read_minute, read_spans

NOT_A_DAY = N_("看不懂这个日期，写成 2026-10-12。")
NOT_A_TIME = N_("看不懂这个时间，写成 8:30。")
NOT_SPANS = N_("看不懂这几段时间，写成 11:00-12:30，几段之间用逗号。")


class DatedForm(FormSchema):
    """A form with dates that may lack a year; `today` is the community's own date."""

    def __init__(self, *, today: date, **options: Any) -> None:
        super().__init__(**options)
        self.today = today


class DayField(fields.Field[date]):
    """2026-10-12, 2026/10/12, 2026.10.12, 10月12日; the form must be a DatedForm. An empty text is no date."""

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:  # noqa: ARG002
        assert isinstance(self.root, DatedForm)
        found = read_day(str(value), near=self.root.today)
        if found is None or not 1900 <= found.year <= 2200:
            raise ValidationError(NOT_A_DAY)
        return found


class MinuteField(fields.Field[int]):
    """8:30, 08:30, 8点半 as local minutes since midnight."""

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else minute_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002
        found = read_minute(str(value))
        if found is None:
            raise ValidationError(NOT_A_TIME)
        return found


class SpansField(fields.Field[list[tuple[int, int]]]):
    """11:00-12:30，14:00-15:00 as (starts, ends) in local minutes."""

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> list[tuple[int, int]]:
        found = read_spans(str(value))
        if found is None or any(starts == ends for starts, ends in found):
            raise ValidationError(NOT_SPANS)
        return found


class DayForm(DatedForm):
    """One day of the calendar; kind plain puts it back to what its weekday says."""

    day = DayField(required=True)
    kind = fields.String(required=True, validate=one_of(*KINDS, "plain"))
    name = fields.String(load_default="", validate=lambda name: filled(40)(name or "-"))


class CalendarDayIn(JsonSchema):
    kind = fields.String(required=True, validate=one_of(*KINDS, "plain"))
    name = fields.String(load_default="", validate=lambda name: filled(40)(name or "-"))


class CalendarDayOut(ReplySchema):
    day = fields.Date()
    type = fields.String()
    name = fields.String()


class CalendarQuery(JsonSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)


class WorkingDayQuery(JsonSchema):
    after = fields.Date(required=True)
    days = fields.Integer(required=True, validate=between(1, 250))


class WorkingDayOut(ReplySchema):
    day = fields.Date()
