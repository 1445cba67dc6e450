"""What holders answer, and turns and sign-ups over JSON."""

from typing import Any

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, one_of
from volunteer_app.rosters.rules import REASONS


class Declined:
    """Why somebody can't come, if he says so."""

    reason = fields.String(load_default="", validate=one_of("", *REASONS))


class DeclineForm(Declined, FormSchema):
    pass


class DeclineIn(Declined, JsonSchema):
    pass


class Wanted:
    """Whose turn somebody would take for his own: the seat's id."""

    other = fields.Integer(required=True)


class SwapForm(Wanted, FormSchema):
    pass


class SwapIn(Wanted, JsonSchema):
    pass


class SignUpIn(JsonSchema):
    person_id = fields.Integer(load_default=None, allow_none=True)


class ShiftOut(ReplySchema):
    id = fields.Integer()
    kind = fields.String(attribute="kind.code")
    grid_id = fields.Integer(allow_none=True)
    post_id = fields.Integer(allow_none=True)
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    starts_on = fields.Date()
    least = fields.Integer()
    target = fields.Integer()
    most = fields.Integer()
    legs = fields.Method("legs_of")

    def legs_of(self, shift: Any) -> list[int]:
        """Shifts that the same people serve, in time order, itself included; one id for a shift that stands alone."""
        return [leg.id for leg in shift.legs]


class SeatOut(ReplySchema):
    """A seat as staff see it."""

    id = fields.Integer()
    roster_id = fields.Integer()
    shift_id = fields.Integer()
    person_id = fields.Integer()
    number = fields.String(attribute="person.number")
    name = fields.String(attribute="person.name")
    state = fields.String()
    pinned = fields.Boolean()
    leads = fields.Boolean()
    leaving = fields.Boolean()
    origin = fields.String()


class TurnOut(ReplySchema):
    """A seat as its holder sees it."""

    id = fields.Integer()
    state = fields.String()
    leads = fields.Boolean()
    shift = fields.Nested(ShiftOut)


class OpenTurnOut(ReplySchema):
    shift = fields.Nested(ShiftOut)
    free = fields.Integer()


class SignUpOut(ReplySchema):
    id = fields.Integer()
    shift_id = fields.Integer()
    person_id = fields.Integer()
    state = fields.String()


class WhyOut(ReplySchema):
    reasons = fields.List(fields.String())


class SwapTurnOut(ReplySchema):
    """Somebody's turn that could be had for one's own: `id` is what `other` names."""

    id = fields.Integer()
    person_id = fields.Integer()
    name = fields.String(attribute="person.name")
    shift = fields.Nested(ShiftOut)


class SwapOut(ReplySchema):
    """The holder of `seat` asks the holder of `other` to take each other's turns; it can be answered until `until`."""

    id = fields.Integer()
    state = fields.String()
    at = fields.AwareDateTime()
    until = fields.AwareDateTime()
    seat = fields.Nested(SwapTurnOut)
    other = fields.Nested(SwapTurnOut)


class CoverAskOut(ReplySchema):
    """Somebody is asked to come to a turn that lacks people; answered until `until`."""

    id = fields.Integer()
    person_id = fields.Integer()
    name = fields.String(attribute="person.name")
    state = fields.String()
    at = fields.AwareDateTime()
    until = fields.AwareDateTime()
    shift = fields.Nested(ShiftOut)
