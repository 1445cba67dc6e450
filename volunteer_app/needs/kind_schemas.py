"""What comes in and goes out about kinds of activity."""

from marshmallow import ValidationError, fields

from volunteer_app.core.language import N_
from volunteer_app.core.schema import FormSchema, ReplySchema, between, filled, one_of
from volunteer_app.needs.models import EFFORTS, LEVELS, THEMES
from volunteer_app.needs.schemas import SeatMixOut, text


class KindForm(FormSchema):
    """What a coordinator may change about a kind; rules by tags are set over the API."""

    name = fields.String(required=True, validate=filled(40))
    name_en = fields.String(required=True, validate=filled(60))
    theme = fields.String(required=True, validate=one_of(*THEMES))
    points_level = fields.String(required=True, validate=one_of(*LEVELS))
    what = fields.String(required=True, validate=filled(120))
    bring = text(120)
    risk_note = fields.String(required=True, validate=filled(120))
    own_grid_only = fields.Boolean(load_default=False)
    needs_insurance = fields.Boolean(load_default=False)
    minors_welcome = fields.Boolean(load_default=False)
    most_age = fields.Integer(load_default=None, allow_none=True, validate=lambda age: check_age(age))
    leaders_at_once = fields.Integer(load_default=0, validate=between(0, 9))
    heaviness_pct = fields.Integer(load_default=100, validate=between(50, 300))
    effort = fields.Integer(load_default=0, validate=between(min(EFFORTS), max(EFFORTS)))
    is_active = fields.Boolean(load_default=False)


def check_age(age: int) -> None:
    if age not in (69, 74):
        raise ValidationError(N_("年龄上限只有69、74，或者空着。"))


class KindOut(ReplySchema):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    name_en = fields.String()
    theme = fields.String()
    points_level = fields.String()
    risk = fields.String()
    least_age = fields.Integer(allow_none=True)
    most_age = fields.Integer(allow_none=True)
    needs_insurance = fields.Boolean()
    own_grid_only = fields.Boolean()
    minors_welcome = fields.Boolean()
    does_visit = fields.Boolean()
    requires = fields.List(fields.String())
    bars = fields.List(fields.String())
    mixes = fields.List(fields.Nested(SeatMixOut))
    leaders_at_once = fields.Integer()
    heaviness_pct = fields.Integer()
    effort = fields.Integer()
    what = fields.String()
    bring = fields.String()
    risk_note = fields.String()
    is_active = fields.Boolean()
