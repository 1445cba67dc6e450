"""Writes about people: sign-in, one-time codes for a new password, registration, limits, skills, consents, roles."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.ids import digits, fingerprint, new_key
from volunteer_app.core.language import N_
from volunteer_app.people import queries, rules
from volunteer_app.people.models import (
    PRESENT,
    ApiToken,
    Consent,
    Person,
    PersonTag,
    RoleGrant,
    SignInAttempt,
    VolunteerProfile,
)
from volunteer_app.people.passwords import hash_password, password_matches
from volunteer_app.places.models import Area, Community

MOST_TRIES = 5
REST = timedelta(minutes=10)
CODE_VALID = timedelta(days=3)
TOKEN_VALID = timedelta(days=30)


class NoSuchNumber(Refused):
    """Nobody has this telephone or volunteer number."""

    status = 422
    sentence = N_("没有这个编号，看看是不是少了一位。")


class WrongPassword(Refused):
    """The number is known and the password isn't its own."""

    status = 422
    sentence = N_("密码不对，再试一次。编号已经给您留着了。")


class SharedPhone(Refused):
    """Two people of one household share the telephone."""

    status = 422
    sentence = N_("这个手机号有两位在用，请写志愿者编号。")


class TooManyTries(Refused):
    """Five failures within ten minutes."""

    status = 429
    sentence = N_("试了好几次了，歇10分钟，或者打电话给%(contact)s。")


class WrongCode(Refused):
    """The one-time code for a new password is not this one, or its three days are over."""

    status = 422
    sentence = N_("这个一次性密码不对，或者过期了，请打电话问一问。")


class NumberTaken(Refused):
    """Numbers are how people sign in: no two communities share one."""

    sentence = N_("编号%(number)s已经有人用了，可能在别的社区，请换一个。")


class RolesApart(Refused):
    """Who issues points is not who hands out goods is not who audits."""

    sentence = N_("发积分的、交货的、查账的要分开：这位已经是别的角色了")


class LastAdmin(Refused):
    sentence = N_("这是最后一位平台管理员，不能撤掉。")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Either the person or the refusal; not raised, because the failed try itself must be kept."""

    person: Person | None = None
    refusal: Refused | None = None


def try_sign_in(session: Session, typed: str, password: str, *, now: datetime) -> SignIn:
    """Checks number or telephone with the password; counts failures per name typed, known or not."""
    name = named_as(typed)
    try:
        refuse_too_many(session, name, now)
    except TooManyTries as refusal:
        return SignIn(refusal=refusal)
    found = queries.people_named(session, typed)
    if len(found) > 1:
        return SignIn(refusal=SharedPhone())
    if found and found[0].state in PRESENT and password_matches(found[0].password_hash, password):
        return SignIn(person=found[0])
    session.add(SignInAttempt(name=name, at=now))
    return SignIn(refusal=WrongPassword() if found else NoSuchNumber())


def note_wrong_code(session: Session, typed: str, *, now: datetime) -> None:
    """A refused one-time code counts like a wrong password; with a name that is somebody's it leaves an audit row."""
    session.add(SignInAttempt(name=named_as(typed), at=now))
    if (person := person_named(session, typed)) is not None:
        stranger = Actor(person.community_id, None, "web")
        record(session, "refuse", "refusal:WrongCode", actor=stranger, now=now, acting_for=person.id)


def person_named(session: Session, typed: str) -> Person | None:
    """The one person with this telephone or number; None when it isn't one."""
    found = queries.people_named(session, typed)
    return found[0] if len(found) == 1 else None


def named_as(typed: str) -> str:
    """The name under which tries are counted."""
    return typed.strip().upper()[:64]


def refuse_too_many(session: Session, name: str, now: datetime) -> None:
    if tries_since(session, name, now - REST) >= MOST_TRIES:
        contact = session.scalar(select(Community.contact_name).order_by(Community.id).limit(1))
        raise TooManyTries(contact=contact or "")


def tries_since(session: Session, name: str, since: datetime) -> int:
    statement = select(func.count()).where(SignInAttempt.name == name, SignInAttempt.at > since)
    return session.scalar(statement) or 0


def forget_tries(session: Session, *, before: datetime) -> int:
    """Sweeps old failures; harmless when run twice. Returns how many went."""
    done = session.execute(delete(SignInAttempt).where(SignInAttempt.at < before))
    return int(getattr(done, "rowcount", 0))


def give_code(session: Session, person_id: int, *, actor: Actor, now: datetime) -> str:
    """A one-time code of 8 digits with which the person sets a password; staff never see the password itself."""
    person = queries.person_here(session, person_id)
    code = digits(8)
    person.code_fingerprint, person.code_until = fingerprint(f"{person.id}:{code}"), now + CODE_VALID
    record(session, "give_code", f"person:{person.id}", actor=actor, now=now, acting_for=person.id)
    return code


def set_password(session: Session, typed: str, code: str, password: str, *, now: datetime) -> Person:
    """Uses the code up, sets the password and ends all other sessions of the person; who is invited stays so, because
    a password is no consent. Refuses TooManyTries, and WrongCode, which the caller notes with `note_wrong_code`.
    """
    refuse_too_many(session, named_as(typed), now)
    person = person_named(session, typed)
    if person is None or person.code_fingerprint != fingerprint(f"{person.id}:{code.replace(' ', '')}"):
        raise WrongCode
    if person.code_until is None or person.code_until <= now:
        raise WrongCode
    person.password_hash = hash_password(password)
    person.code_fingerprint = person.code_until = None
    person.sign_in_epoch += 1
    actor = Actor(person.community_id, person.id, "web")
    record(session, "set_password", f"person:{person.id}", actor=actor, now=now)
    return person


def register(session: Session, values: dict[str, Any], *, actor: Actor, now: datetime) -> Person:
    """Adds somebody as invited: nobody is a volunteer against their will (Jiangsu rules 2021, domain.md 2.1).

    Limits come from the age band and can be edited. Keys: number, name, gender, birth_year, phone, channel, grid_id.
    Refuses NumberTaken.
    """
    with scoped(session, None):
        taken = session.scalar(select(Person.id).where(Person.number == values["number"]))
    if taken is not None:
        raise NumberTaken(number=values["number"])
    person = Person(community_id=actor.community_id, state="invited", created_at=now, **values)
    session.add(person)
    session.flush()
    zone = session.scalar(select(Community.zone).where(Community.id == actor.community_id)) or "Asia/Shanghai"
    today = local_date(now, zone)
    limits = rules.limits_by_age(person.age_on(today))
    session.add(
        VolunteerProfile(
            community_id=actor.community_id,
            person_id=person.id,
            joined_on=today,
            max_shifts_week=limits.shifts_week,
            max_minutes_week=limits.minutes_week,
        )
    )
    grant(session, person.id, "volunteer", actor=actor, now=now)
    record(session, "register", f"person:{person.id}", actor=actor, now=now, acting_for=person.id)
    return person


def consent(
    session: Session, person_id: int, purpose: str, *, given_by: str, channel: str, actor: Actor, now: datetime
) -> Consent:
    """Records an agreement; consent to serve turns an invited person into an active volunteer."""
    person = queries.person_here(session, person_id)
    given = Consent(
        community_id=person.community_id,
        person_id=person.id,
        purpose=purpose,
        given_by=given_by,
        channel=channel,
        given_at=now,
        recorded_by_id=actor.person_id,
    )
    session.add(given)
    if purpose in ("service", "guardian") and person.state == "invited":
        person.state = "active"
    record(session, "consent", f"person:{person.id}", actor=actor, now=now, acting_for=person.id, note=purpose)
    return given


def withdraw_consent(session: Session, person_id: int, purpose: str, *, actor: Actor, now: datetime) -> None:
    """As easy as giving it; the row stays with its end."""
    open_ones = select(Consent).where(
        Consent.person_id == queries.person_here(session, person_id).id,
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_(None),
    )
    for given in session.scalars(open_ones):
        given.withdrawn_at = now
    record(session, "withdraw_consent", f"person:{person_id}", actor=actor, now=now, acting_for=person_id, note=purpose)


def change_profile(session: Session, person_id: int, values: dict[str, Any], *, actor: Actor, now: datetime) -> Person:
    """Limits, channel, telephone, insurance; keys that are absent stay as they are."""
    person = queries.person_here(session, person_id)
    profile = session.scalars(select(VolunteerProfile).where(VolunteerProfile.person_id == person.id)).first()
    for key, value in values.items():
        target: Person | VolunteerProfile | None = person if hasattr(Person, key) else profile
        if target is None:
            raise NotFound
        setattr(target, key, value)
    record(session, "change_profile", f"person:{person.id}", actor=actor, now=now, acting_for=person.id)
    return person


def set_tags(session: Session, person_id: int, kind: str, codes: set[str], *, actor: Actor, now: datetime) -> None:
    """Makes the person's skills (or identities) exactly `codes`; those that stay keep their dates."""
    person = queries.person_here(session, person_id)
    held = {
        tag.code: tag
        for tag in session.scalars(select(PersonTag).where(PersonTag.person_id == person.id, PersonTag.kind == kind))
    }
    for code in held.keys() - codes:
        session.delete(held[code])
    for code in sorted(codes - held.keys()):
        session.add(PersonTag(community_id=person.community_id, person_id=person.id, kind=kind, code=code))
    record(session, "set_tags", f"person:{person.id}", actor=actor, now=now, acting_for=person.id, note=kind)


def grant(
    session: Session, person_id: int, role: str, *, actor: Actor, now: datetime, area_id: int | None = None
) -> None:
    """Gives a role in an area (default: the whole community); twice is once. Refuses RolesApart."""
    person = queries.person_here(session, person_id)
    if role in KEPT_APART and not KEPT_APART.isdisjoint(roles_held(session, person.id) - {role}):
        raise RolesApart
    if area_id is None:
        root = select(Area.id).where(Area.community_id == person.community_id, Area.kind == "community")
        area_id = session.scalars(root).one()
    same = select(RoleGrant.id).where(
        RoleGrant.person_id == person.id, RoleGrant.role == role, RoleGrant.area_id == area_id
    )
    if session.scalar(same) is None:
        session.add(RoleGrant(community_id=person.community_id, person_id=person.id, role=role, area_id=area_id))
        record(session, "grant_role", f"person:{person.id}", actor=actor, now=now, note=role)


KEPT_APART = frozenset({"coordinator", "keeper", "partner", "auditor"})
"""At most one of these for one person: issues points, hands out goods, takes vouchers, audits."""


def roles_held(session: Session, person_id: int) -> set[str]:
    return set(session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id)))


def revoke(session: Session, person_id: int, role: str, *, actor: Actor, now: datetime) -> None:
    """Takes a role away everywhere and ends the person's sessions. Refuses LastAdmin."""
    person = queries.person_here(session, person_id)
    if role == "admin" and admins_locked(session, person.community_id) == {person.id}:
        raise LastAdmin
    session.execute(delete(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.role == role))
    person.sign_in_epoch += 1
    record(session, "revoke_role", f"person:{person.id}", actor=actor, now=now, note=role)


def admins_locked(session: Session, community_id: int) -> set[int]:
    """The community's administrators who are still here, locked: of two who revoke one another the second waits."""
    found = select(RoleGrant.person_id).join(
        Person, and_(Person.community_id == RoleGrant.community_id, Person.id == RoleGrant.person_id)
    )
    wanted = (RoleGrant.community_id == community_id, RoleGrant.role == "admin", Person.state.in_(PRESENT))
    return set(session.scalars(found.where(*wanted).order_by(RoleGrant.id).with_for_update()))


def make_token(session: Session, person_id: int, label: str, *, now: datetime) -> dict[str, Any]:
    """A new API token; `token` is shown once, only its fingerprint stays."""
    person, token, until = session.get_one(Person, person_id), new_key(), now + TOKEN_VALID
    session.add(
        ApiToken(
            community_id=person.community_id,
            person_id=person.id,
            label=label[:40],
            fingerprint=fingerprint(token),
            created_at=now,
            expires_at=until,
        )
    )
    actor = Actor(person.community_id, person.id, "api")
    record(session, "make_token", f"person:{person.id}", actor=actor, now=now)
    return {"token": token, "expires_at": until}


def revoke_token(session: Session, token: str, *, now: datetime) -> None:
    """Ends the token; an unknown one is already ended."""
    found = session.scalars(select(ApiToken).where(ApiToken.fingerprint == fingerprint(token))).first()
    if found is not None:
        found.revoked_at = now
