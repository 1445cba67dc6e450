"""What the pages and the API of notices take and give."""

from marshmallow import fields

from volunteer_app.attendance.schemas import ClockTime
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, filled


class PublishForm(FormSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)


class ObjectionForm(FormSchema):
    about_on = fields.Date(load_default=None)
    record_id = fields.Integer(load_default=None)
    said = fields.String(required=True, validate=filled(400))


class StaffObjectionForm(ObjectionForm):
    who = fields.String(required=True, validate=filled(40))


class AnswerForm(FormSchema):
    answer = fields.String(required=True, validate=filled(400))


class ChangeForm(FormSchema):
    shift_id = fields.Integer(required=True)
    arrived = ClockTime(load_default=None)
    left = ClockTime(load_default=None)
    in_full = fields.Boolean(load_default=False)
    reason = fields.String(required=True, validate=filled(200))


class PublishIn(JsonSchema):
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)


class ObjectionIn(JsonSchema):
    """About a record (`record_id`) or a missing day (`about_on`); staff may speak for `person_id`."""

    record_id = fields.Integer(load_default=None, allow_none=True)
    about_on = fields.Date(load_default=None, allow_none=True)
    person_id = fields.Integer(load_default=None, allow_none=True)
    said = fields.String(required=True, validate=filled(400))


class AnswerIn(JsonSchema):
    answer = fields.String(required=True, validate=filled(400))


class ChangeIn(JsonSchema):
    shift_id = fields.Integer(required=True)
    arrived = ClockTime(load_default=None, allow_none=True)
    left = ClockTime(load_default=None, allow_none=True)
    in_full = fields.Boolean(load_default=False)
    reason = fields.String(required=True, validate=filled(200))


class NoticeOut(ReplySchema):
    """Hangs from published_on to closes_on, both included."""

    id = fields.Integer()
    from_on = fields.Date()
    to_on = fields.Date()
    published_on = fields.Date()
    closes_on = fields.Date()
    state = fields.String()


class NoticeLineOut(ReplySchema):
    """One person on the list, masked as on the board."""

    number = fields.String()
    name = fields.String()
    times = fields.Integer()
    minutes = fields.Integer()
    points = fields.Integer()


class NoticeStarOut(ReplySchema):
    """A volunteer's star, 1 to 5, that hangs on the board to closes_on; masked."""

    number = fields.String()
    name = fields.String()
    stars = fields.Integer()
    published_on = fields.Date()
    closes_on = fields.Date()


class NoticeWithLinesOut(NoticeOut):
    working_day = fields.Integer()
    lines = fields.List(fields.Nested(NoticeLineOut))


class ObjectionOut(ReplySchema):
    id = fields.Integer()
    person_id = fields.Integer()
    record_id = fields.Integer(allow_none=True)
    correction_id = fields.Integer(allow_none=True)
    about_on = fields.Date()
    said = fields.String()
    state = fields.String()
    answer = fields.String()
    answered_by_id = fields.Integer(allow_none=True)
