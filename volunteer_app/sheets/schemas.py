"""What the list of downloads asks for, and the books as JSON."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from volunteer_app.core.language import N_, Text
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema
from volunteer_app.sheets.months import read_month

MOST_DAYS = 366
KINDS = ("xlsx", "csv")


class DaysForm(FormSchema):
    """From one day to another, both included."""

    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)

    @validates_schema
    def in_order(self, values: dict[str, Any], **_: object) -> None:
        first: date | None = values.get("from_on")
        last: date | None = values.get("to_on")
        if first and last and last < first:
            raise ValidationError({"to_on": [N_("末一天要在头一天后面。")]})
        if first and last and (last - first).days >= MOST_DAYS:
            raise ValidationError({"to_on": [Text(N_("最多%(n)d天。"), {"n": MOST_DAYS})]})


class DayForm(FormSchema):
    on = fields.Date(required=True)


def a_month(value: str) -> None:
    if read_month(value, "UTC") is None:
        raise ValidationError([N_("看不懂这个月份，写成 2026-10。")])


class MonthForm(FormSchema):
    month = fields.String(required=True, validate=a_month)


class NoticeForm(FormSchema):
    notice = fields.Integer(required=True)


class TodayForm(FormSchema):
    """Asks nothing: the list is as of today."""


FORMS: dict[str, type[FormSchema]] = {
    "today": TodayForm,
    "day": DayForm,
    "days": DaysForm,
    "month": MonthForm,
    "notice": NoticeForm,
}


class BooksMonthIn(JsonSchema):
    month = fields.String(validate=a_month, metadata={"description": "2026-10; the present month without it"})


class BooksEntriesIn(BooksMonthIn):
    page = fields.Integer(load_default=1, validate=lambda value: value >= 1)


class BooksFindingOut(ReplySchema):
    seq = fields.Integer(allow_none=True)
    number = fields.String(metadata={"description": "I1 to I18, as ARCHITECTURE.md lists them"})
    invariant = fields.String()
    row = fields.String()
    what = fields.String()


class BooksCheckOut(ReplySchema):
    """`bad_row` is the first entry that doesn't match."""

    verdict = fields.Function(lambda found: "right" if found.is_right else "broken")
    entries = fields.Integer(attribute="seq")
    head = fields.String(attribute="hash")
    bad_row = fields.Integer(allow_none=True)
    took_ms = fields.Integer()
    checked_at = fields.DateTime(attribute="at")
    findings = fields.List(fields.Nested(BooksFindingOut))


class BooksStockOut(ReplySchema):
    name = fields.String()
    opening = fields.Integer()
    came_in = fields.Integer()
    went_out = fields.Integer()
    closing = fields.Integer()
    counted = fields.Integer(allow_none=True)
    short = fields.Integer(allow_none=True)
    is_waiting = fields.Boolean(metadata={"description": "counted, and a second person has yet to count"})


class BooksOut(ReplySchema):
    """opening + issued - redeemed - expired + reversed + corrected = closing."""

    month = fields.String(attribute="month.code")
    check = fields.Nested(BooksCheckOut, allow_none=True)
    since_check = fields.Integer()
    opening = fields.Integer(attribute="totals.sheet.opening")
    issued = fields.Integer(attribute="totals.sheet.issued")
    redeemed = fields.Integer(attribute="totals.sheet.redeemed")
    expired = fields.Integer(attribute="totals.sheet.expired")
    reversed = fields.Integer(attribute="totals.sheet.reversed")
    corrected = fields.Integer(attribute="totals.sheet.corrected")
    closing = fields.Integer(attribute="totals.sheet.closing")
    closed_at = fields.DateTime(attribute="totals.sheet.closed_at", allow_none=True)
    held = fields.Integer(attribute="totals.held")
    debt = fields.Integer(attribute="totals.debt")
    head_seq = fields.Function(lambda found: found.totals.head[0])
    head = fields.Function(lambda found: found.totals.head[1])
    stock = fields.List(fields.Nested(BooksStockOut))


class BooksEntryOut(ReplySchema):
    """One entry, masked like the page."""

    seq = fields.Integer()
    at = fields.DateTime()
    kind = fields.String()
    reason = fields.String()
    sources = fields.List(fields.String())
    targets = fields.List(fields.String())
    points = fields.Integer()
    goods = fields.Dict(keys=fields.String(), values=fields.Integer())
    by = fields.String()
    hash = fields.String()


class BooksEntriesOut(ReplySchema):
    first = fields.Integer()
    last = fields.Integer()
    total = fields.Integer()
    entries = fields.List(fields.Nested(BooksEntryOut))


class FiguresOut(ReplySchema):
    """Five figures of a member, and what is owed."""

    pending = fields.Integer()
    available = fields.Integer()
    held = fields.Integer()
    spent = fields.Integer()
    expired = fields.Integer()
    debt = fields.Integer()


class StatementRowOut(ReplySchema):
    """One entry; `seq` is null while something that lapsed waits for its entry."""

    seq = fields.Integer(allow_none=True)
    on = fields.Date()
    text = fields.String()
    amount = fields.Integer()
    after = fields.Integer()


class StatementOut(ReplySchema):
    """opening + amounts = closing."""

    month = fields.String()
    figures = fields.Nested(FiguresOut)
    opening = fields.Integer()
    rows = fields.List(fields.Nested(StatementRowOut))
    closing = fields.Integer()
