"""What the pages and the API of rewards take and give."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of, up_to
from volunteer_app.rewards.rules import BONUS_KINDS

FIGURES = {
    "points_per_hour": (1, 100),
    "level_L1": (10, 500),
    "level_L2": (10, 500),
    "level_L3": (10, 500),
    "leader_pct": (0, 100),
    "most_pct": (100, 500),
    "activity_cap": (1, 10_000),
    "day_cap": (1, 10_000),
    "month_cap": (1, 100_000),
    "bonus_referral": (1, 1_000),
    "bonus_suggestion": (1, 1_000),
    "bonus_monthly_review": (1, 1_000),
    "bonus_small_deed": (1, 1_000),
    "small_deeds_a_day": (1, 20),
    "valid_months": (1, 120),
    "star_1": (1, 10_000),
    "star_2": (1, 10_000),
    "star_3": (1, 10_000),
    "star_4": (1, 10_000),
    "star_5": (1, 10_000),
}


def figures(*, strict: bool) -> dict[str, fields.Field[Any]]:
    """One whole number per figure of the rules; a form sends digits as text, JSON must send numbers."""
    return {
        name: fields.Integer(required=True, strict=strict, validate=between(*limits))
        for name, limits in FIGURES.items()
    }


class InForce(Schema):
    """From a day in the future; more stars want more hours."""

    effective_from = fields.Date(required=True)

    @validates_schema
    def stars_in_order(self, values: dict[str, Any], **_more: Any) -> None:
        for star in range(2, 6):
            if values[f"star_{star}"] <= values[f"star_{star - 1}"]:
                raise ValidationError(N_("星越多，要的小时也要越多。"), f"star_{star}")


class RulesForm(InForce, FormSchema):
    """The figures of a new version, in force from a day in the future."""


class RulesIn(InForce, JsonSchema):
    """The figures of a new version, in force from a day in the future."""


RULES_FORM = RulesForm.from_dict(figures(strict=False), name="RulesFigures")
RULES_IN = RulesIn.from_dict(figures(strict=True), name="RulesIn")


def something(points: int) -> None:
    """A correction of nothing is a slip."""
    if points == 0:
        raise ValidationError(N_("请写几分，不能是零。"))


class ForWhat(Schema):
    """What it was is told of everything but a referral, which names the newcomer instead."""

    note = fields.String(load_default="", validate=up_to(120))

    @validates_schema
    def something_told(self, values: dict[str, Any], **_more: Any) -> None:
        if values["kind"] != "referral" and not values["note"].strip():
            raise ValidationError(N_("这一项要填。"), "note")


class BonusForm(ForWhat, FormSchema):
    kind = fields.String(required=True, validate=one_of("small_deed", "suggestion", "referral"))
    who = fields.String(required=True, validate=filled(40))
    newcomer = fields.String(load_default="")


class ReviewForm(FormSchema):
    neighbourhood_id = fields.Integer(required=True)
    month = fields.Date(required=True, format="%Y-%m")


class AdjustForm(FormSchema):
    who = fields.String(required=True, validate=filled(40))
    points = fields.Integer(required=True, validate=[between(-100_000, 100_000), something])
    reason = fields.String(required=True, validate=filled(120))


class ReinstateForm(FormSchema):
    txn_id = fields.Integer(required=True)
    reason = fields.String(required=True, validate=filled(120))


class ReasonForm(FormSchema):
    reason = fields.String(required=True, validate=filled(120))


class MonthForm(FormSchema):
    month = fields.Date(required=True, format="%Y-%m")


class BonusIn(ForWhat, JsonSchema):
    """A referral names the newcomer; `note` says what else it was, and makes a suggestion payable once."""

    kind = fields.String(required=True, validate=one_of(*(kind for kind in BONUS_KINDS if kind != "monthly_review")))
    person_id = fields.Integer(required=True)
    newcomer_id = fields.Integer(load_default=None, allow_none=True)


class ReviewIn(JsonSchema):
    """Everybody of the neighbourhood who served in the month of this day."""

    neighbourhood_id = fields.Integer(required=True)
    month = fields.Date(required=True)


class AdjustIn(JsonSchema):
    """Negative points are taken away."""

    person_id = fields.Integer(required=True)
    points = fields.Integer(required=True, strict=True, validate=[between(-100_000, 100_000), something])
    reason = fields.String(required=True, validate=filled(120))


class ProposalOut(ReplySchema):
    """What one person asks for and another approves; `asked` says it as JSON text."""

    id = fields.Integer()
    kind = fields.String()
    asked = fields.String()
    reason = fields.String()
    state = fields.String()
    proposed_by_id = fields.Integer()
    txn_seq = fields.Integer(allow_none=True)


class RulesOut(ReplySchema):
    id = fields.Integer()
    version = fields.Integer()
    effective_from = fields.Date()
    rules = fields.Dict()


class BonusOut(ReplySchema):
    id = fields.Integer()
    person_id = fields.Integer()
    kind = fields.String()
    points = fields.Integer()
    note = fields.String()
    earned_on = fields.Date()


class AwardOut(ReplySchema):
    """Points of one service record; `reasons` are keys, see the rules page."""

    service_record_id = fields.Integer()
    served_on = fields.Date()
    coefficient_pct = fields.Integer()
    uncapped = fields.Integer()
    points = fields.Integer()
    reasons = fields.List(fields.String())
    state = fields.String()


class BalanceOut(ReplySchema):
    available = fields.Integer()
    held = fields.Integer()
    debt = fields.Integer()
    earned = fields.Integer()
    spent = fields.Integer()
    expired = fields.Integer()


class LineOut(ReplySchema):
    on = fields.Date()
    text = fields.String()
    amount = fields.Integer()


class PassbookOut(ReplySchema):
    """A month of the caller's points: opening + lines = closing."""

    month = fields.Date()
    opening = fields.Integer()
    lines = fields.List(fields.Nested(LineOut))
    closing = fields.Integer()
    balance = fields.Nested(BalanceOut)


class WaitingOut(ReplySchema):
    """A service that isn't credited yet, and about what it will be worth."""

    service_record_id = fields.Integer()
    served_on = fields.Date()
    minutes = fields.Integer()
    points = fields.Integer()
    reasons = fields.List(fields.String())


class HoursOut(ReplySchema):
    """Actual minutes; stars reached by hours, 0 to 5."""

    minutes = fields.Integer()
    minutes_this_month = fields.Integer()
    stars = fields.Integer()
    waiting = fields.List(fields.Nested(WaitingOut))
