"""marshmallow with our sentences. A form ignores what it doesn't know (tokens, buttons); JSON refuses it."""

from collections.abc import Callable

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from volunteer_app.core.language import N_, Text

fields.Field.default_error_messages.update(
    required=N_("这一项要填。"), null=N_("这一项要填。"), validator_failed=N_("这一项不对，请看一看。")
)
fields.String.default_error_messages.update(invalid=N_("请写文字。"))
fields.Number.default_error_messages.update(invalid=N_("请写数字。"), too_large=N_("数字太大了。"))
fields.Integer.default_error_messages.update(invalid=N_("请写整数。"))
fields.Boolean.default_error_messages.update(invalid=N_("请选是或者否。"))
fields.List.default_error_messages.update(invalid=N_("这里要一个列表。"))
fields.Date.default_error_messages.update(
    invalid=N_("看不懂这个日期，写成 2026-10-12。"), format=N_("看不懂这个日期，写成 2026-10-12。")
)
fields.DateTime.default_error_messages.update(
    invalid=N_("看不懂这个时间，写成 8:30。"), format=N_("看不懂这个时间，写成 8:30。")
)
Schema.error_messages = {"unknown": N_("没有这一项。"), "type": N_("看不懂。"), "string_type": N_("看不懂。")}


class FormSchema(Schema):
    """What a page's form sends."""

    class Meta:
        unknown = EXCLUDE


class JsonSchema(Schema):
    """What the API takes."""

    class Meta:
        unknown = RAISE


class ReplySchema(Schema):
    """What the API gives."""


def filled(most: int) -> Callable[[str], None]:
    """Between 1 and `most` characters."""

    def check(value: str) -> None:
        if not value.strip() or len(value) > most:
            raise ValidationError([Text(N_("请写1到%(most)d个字。"), {"most": most})])

    return check


def up_to(most: int) -> Callable[[str], None]:
    """At most `most` characters; none is fine."""
    return lambda value: filled(most)(value or "-")


def between(least: int, most: int) -> Callable[[int], None]:
    """A number in [least, most]."""

    def check(value: int) -> None:
        if not least <= value <= most:
            raise ValidationError([Text(N_("请写%(least)d到%(most)d之间的数。"), {"least": least, "most": most})])

    return check


def one_of(*choices: str) -> validate.OneOf:
    """One of the values that the page offers."""
    return validate.OneOf(choices, error=N_("请从列出的里面选一个。"))
