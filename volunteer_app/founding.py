"""A new community, ready for its first coordinator: calendar, activity kinds, points rules, price list, an admin."""

from datetime import date, datetime

from marshmallow import ValidationError, fields
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import BadInput
from volunteer_app.core.schema import FormSchema, filled, one_of
from volunteer_app.needs.catalogue import load_kinds
from volunteer_app.people import actions as people
from volunteer_app.people.models import GENDERS
from volunteer_app.places.actions import found_community
from volunteer_app.places.models import Community
from volunteer_app.rewards.actions import adopt_rules
from volunteer_app.rewards.rules import DEFAULT
from volunteer_app.workdays.actions import load_calendar

DELIVERED_YEAR = 2026


class Founding(FormSchema):
    """The limits of the pages; the issuer's name is the community's with five more characters."""

    code = fields.String(validate=filled(20))
    name = fields.String(validate=filled(55))
    contact_name = fields.String(validate=filled(40))
    contact_phone = fields.String(validate=filled(20))
    admin_number = fields.String(validate=filled(20))
    admin_name = fields.String(validate=filled(40))
    gender = fields.String(validate=one_of(*GENDERS))


def found(
    session: Session,
    *,
    code: str,
    name: str,
    contact: tuple[str, str],
    admin: tuple[str, str],
    gender: str,
    now: datetime,
) -> str:
    """Founds the community and its first administrator; returns the one-time code with which he sets a password.

    `contact` is name and telephone of the human on every page, `admin` number and name, `gender` the administrator's.
    Refuses BadInput, CodeTaken, NumberTaken.
    """
    typed = {"code": code, "name": name, "gender": gender}
    typed |= zip(("contact_name", "contact_phone", "admin_number", "admin_name"), contact + admin, strict=True)
    try:
        Founding().load(typed)
    except ValidationError as wrong:
        raise BadInput(wrong.messages_dict) from wrong
    made = found_community(session, code=code, name=name, contact=contact, above=[])
    who = Actor(made.id, None, "cli", frozenset({"admin"}))
    number, admin_name = admin
    values = {"number": number.upper(), "name": admin_name, "gender": gender}
    with scoped(session, made.id):
        furnish(session, made, actor=who, now=now)
        person = people.register(session, values, actor=who, now=now)
        for role in ("admin", "coordinator"):
            people.grant(session, person.id, role, actor=who, now=now)
        return people.give_code(session, person.id, actor=who, now=now)


def furnish(session: Session, community: Community, *, actor: Actor, now: datetime) -> None:
    """What every community starts with; all of it can be changed on its pages."""
    load_calendar(session, community.id, actor=actor, now=now, year=DELIVERED_YEAR)
    load_kinds(session, community.id, actor=actor, now=now)
    first = date(local_date(now, community.zone).year, 1, 1)
    adopt_rules(session, DEFAULT, effective_from=first, actor=actor, now=now, first=True)
