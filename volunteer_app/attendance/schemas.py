"""What the pages and the API of attendance take and give."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from volunteer_app.attendance.rules import NotATime, parse_time
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, filled, one_of

HOW_TYPED = ("staff", "paper")
VERDICTS = ("", "absent", "absent_excused", "hours_only", "in_full")


class ClockTime(fields.Field[int]):
    """A time as people write it, 8:30 or 8点半, as a minute of the day; 08:30 on the way out."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002
        try:
            return parse_time(str(value))
        except NotATime as error:
            raise ValidationError([error.text]) from error

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else f"{value // 60:02d}:{value % 60:02d}"


def sheet_form(keys: Iterable[str]) -> FormSchema:
    """The sheet's form: in-, out- and verdict- for each row, and how the times came."""
    columns: dict[str, fields.Field[Any]] = {"how": fields.String(load_default="staff", validate=one_of(*HOW_TYPED))}
    for key in keys:
        columns[f"in-{key}"] = ClockTime(load_default=None)
        columns[f"out-{key}"] = ClockTime(load_default=None)
        columns[f"verdict-{key}"] = fields.String(load_default="", validate=one_of(*VERDICTS))
    return FormSchema.from_dict(columns, name="SheetForm")()  # type: ignore[return-value]


class AddForm(FormSchema):
    shift_id = fields.Integer(required=True)
    who = fields.String(required=True, validate=filled(40))


class CodeForm(FormSchema):
    code = fields.String(required=True, validate=filled(12))


class CorrectionForm(FormSchema):
    arrived = ClockTime(load_default=None)
    left = ClockTime(load_default=None)
    in_full = fields.Boolean(load_default=False)
    reason = fields.String(required=True, validate=filled(200))


class EntryIn(JsonSchema):
    """One row: times like "8:30", null for none."""

    shift_id = fields.Integer(required=True)
    person_id = fields.Integer(required=True)
    arrived = ClockTime(load_default=None, allow_none=True)
    left = ClockTime(load_default=None, allow_none=True)
    verdict = fields.String(load_default=None, allow_none=True, validate=one_of(*VERDICTS[1:]))


class SheetIn(JsonSchema):
    how = fields.String(load_default="staff", validate=one_of(*HOW_TYPED))
    rows = fields.List(fields.Nested(EntryIn), required=True)


class AddIn(JsonSchema):
    shift_id = fields.Integer(required=True)
    person_id = fields.Integer(required=True)


class CodeIn(JsonSchema):
    code = fields.String(required=True, validate=filled(12))


class CorrectionIn(JsonSchema):
    """What should stand instead; no times void the record, no record at all is a back-fill."""

    shift_id = fields.Integer(required=True)
    person_id = fields.Integer(required=True)
    arrived = ClockTime(load_default=None, allow_none=True)
    left = ClockTime(load_default=None, allow_none=True)
    in_full = fields.Boolean(load_default=False)
    reason = fields.String(required=True, validate=filled(200))


class AttendanceOut(ReplySchema):
    id = fields.Integer()
    shift_id = fields.Integer()
    person_id = fields.Integer()
    signed_in_at = fields.AwareDateTime(allow_none=True)
    signed_out_at = fields.AwareDateTime(allow_none=True)
    how = fields.String()
    state = fields.String()


class RowOut(ReplySchema):
    """A row of the sheet; minutes are actual ones, credited_minutes make points."""

    shift_id = fields.Integer()
    person_id = fields.Integer()
    number = fields.String()
    name = fields.String()
    signed_in_at = fields.AwareDateTime(allow_none=True)
    signed_out_at = fields.AwareDateTime(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    credited_minutes = fields.Integer(allow_none=True)
    coefficient_pct = fields.Integer(allow_none=True)
    points = fields.Integer(allow_none=True)
    how = fields.String(allow_none=True)
    state = fields.String()
    to_check = fields.Boolean()


class CountOut(ReplySchema):
    count = fields.Integer()


class ConfirmedOut(ReplySchema):
    """Rows confirmed, and rows of the caller's household that another person must confirm."""

    count = fields.Integer()
    left_for_others = fields.Integer()


class CorrectionOut(ReplySchema):
    id = fields.Integer()
    person_id = fields.Integer()
    shift_id = fields.Integer()
    corrects_id = fields.Integer(allow_none=True)
    record_id = fields.Integer(allow_none=True)
    reason = fields.String()
    state = fields.String()
    proposed_by_id = fields.Integer()
    decided_by_id = fields.Integer(allow_none=True)


class RecordOut(ReplySchema):
    """A service record: actual minutes never change; a correction is a new record."""

    id = fields.Integer()
    person_id = fields.Integer()
    shift_id = fields.Integer()
    served_on = fields.Date()
    minutes = fields.Integer()
    credited_minutes = fields.Integer()
    leads = fields.Boolean()
    state = fields.String()
    source = fields.String()
    corrects_id = fields.Integer(allow_none=True)
    recorded_by_id = fields.Integer(allow_none=True)
    confirmed_by_id = fields.Integer(allow_none=True)
