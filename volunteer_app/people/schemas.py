"""What comes in and goes out about people."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema, ReplySchema, between, filled, one_of, up_to
from volunteer_app.people.models import CHANNELS, GENDERS, ROLES
from volunteer_app.people.words import IDENTITIES, PURPOSES, SKILLS


class SignInForm(FormSchema):
    name = fields.String(required=True, validate=filled(64))
    password = fields.String(required=True, validate=filled(200))


class NewPasswordForm(FormSchema):
    """At least 8 characters, no composition rules (ASVS 5.0, 6.2)."""

    name = fields.String(required=True, validate=filled(64))
    code = fields.String(required=True, validate=filled(20))
    password = fields.String(required=True, validate=filled(200))


class RegisterForm(FormSchema):
    number = fields.String(required=True, validate=filled(20))
    name = fields.String(required=True, validate=filled(40))
    gender = fields.String(required=True, validate=one_of(*GENDERS))
    birth_year = fields.Integer(load_default=None, validate=between(1900, 2026))
    phone = fields.String(load_default="", validate=up_to(20))
    channel = fields.String(load_default="wechat", validate=one_of(*CHANNELS))
    grid_id = fields.Integer(load_default=None)


class ProfileForm(FormSchema):
    """Limits in shifts and hours; hours may be halves. Empty nights and days in a row are no own limit."""

    phone = fields.String(validate=up_to(20))
    channel = fields.String(validate=one_of(*CHANNELS))
    max_shifts_week = fields.Integer(required=True, validate=between(0, 14))
    max_hours_week = fields.Float(required=True, validate=between(0, 60))
    max_shifts_day = fields.Integer(required=True, validate=between(1, 4))
    max_hours_day = fields.Float(required=True, validate=between(1, 12))
    max_nights_week = fields.Integer(load_default=None, allow_none=True, validate=between(0, 7))
    max_days_row = fields.Integer(load_default=None, allow_none=True, validate=between(1, 31))
    min_days_off = fields.Integer(load_default=1, validate=between(1, 14))
    effort = fields.Integer(load_default=None, allow_none=True, validate=between(0, 1))
    insured_until = fields.Date(load_default=None, allow_none=True)
    skills = fields.List(fields.String(validate=one_of(*SKILLS)), load_default=list)
    identities = fields.List(fields.String(validate=one_of(*IDENTITIES)), load_default=list)


class ConsentForm(FormSchema):
    purpose = fields.String(required=True, validate=one_of(*PURPOSES))
    given_by = fields.String(required=True, validate=filled(40))
    channel = fields.String(required=True, validate=one_of(*CHANNELS))


class RoleForm(FormSchema):
    number = fields.String(required=True, validate=filled(20))
    role = fields.String(required=True, validate=one_of(*ROLES))


class PersonIn(JsonSchema):
    number = fields.String(required=True, validate=filled(20))
    name = fields.String(required=True, validate=filled(40))
    gender = fields.String(required=True, validate=one_of(*GENDERS))
    birth_year = fields.Integer(load_default=None, allow_none=True, validate=between(1900, 2026))
    phone = fields.String(load_default=None, allow_none=True, validate=up_to(20))
    channel = fields.String(load_default="wechat", validate=one_of(*CHANNELS))
    grid_id = fields.Integer(load_default=None, allow_none=True)


class ConsentIn(JsonSchema):
    purpose = fields.String(required=True, validate=one_of(*PURPOSES))
    given_by = fields.String(required=True, validate=filled(40))
    channel = fields.String(required=True, validate=one_of(*CHANNELS))


class TokenIn(JsonSchema):
    name = fields.String(required=True, validate=filled(64))
    password = fields.String(required=True, validate=filled(200))
    label = fields.String(load_default="", validate=up_to(40), metadata={"description": "what the token is for"})


class TokenOut(ReplySchema):
    token = fields.String(metadata={"description": "shown once; send as Authorization: Bearer"})
    expires_at = fields.DateTime()


class PersonOut(ReplySchema):
    """No telephone and no year of birth: those are read on the person's own page by staff who need them."""

    id = fields.Integer()
    number = fields.String()
    name = fields.String()
    gender = fields.String()
    channel = fields.String()
    state = fields.String()
    grid_id = fields.Integer(allow_none=True)


class MeOut(PersonOut):
    roles = fields.List(fields.String())
