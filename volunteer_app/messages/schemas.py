"""What comes in and goes out about messages and feedback."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, filled, one_of, up_to

FEEDBACK_KINDS = ("complaint", "suggestion", "thanks")


def optional(most: int) -> fields.String:
    """May be empty."""
    return fields.String(load_default="", validate=up_to(most))


class FeedbackForm(FormSchema):
    kind = fields.String(load_default="suggestion", validate=one_of(*FEEDBACK_KINDS))
    text = fields.String(required=True, validate=filled(2000))
    name = optional(40)
    phone = optional(20)


class FeedbackAnswerForm(FormSchema):
    answer = fields.String(required=True, validate=filled(1000))


class ToldForm(FormSchema):
    messages = fields.List(fields.Integer(), load_default=list)


class OutboxQuery(JsonSchema):
    channel = fields.String(load_default="wechat", validate=one_of("wechat", "phone", "paper", "board"))


class OutboxOut(ReplySchema):
    id = fields.Integer()
    person_id = fields.Integer(allow_none=True)
    kind = fields.String()
    channel = fields.String()
    text = fields.String()
    is_emergency = fields.Boolean()
    due_after = fields.AwareDateTime()
    state = fields.String()


class ToldIn(JsonSchema):
    messages = fields.List(fields.Integer(), required=True)


class ToldOut(ReplySchema):
    told = fields.Integer()


class FeedbackIn(JsonSchema):
    kind = fields.String(load_default="suggestion", validate=one_of(*FEEDBACK_KINDS))
    text = fields.String(required=True, validate=filled(2000))


class FeedbackAnswerIn(JsonSchema):
    answer = fields.String(required=True, validate=filled(1000))


class FeedbackOut(ReplySchema):
    id = fields.Integer()
    kind = fields.String()
    text = fields.String()
    state = fields.String()
    answer = fields.String()
    created_at = fields.AwareDateTime()
