"""Partner shops: who they are and what they give."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import NotFound
from volunteer_app.people.models import Person, RoleGrant
from volunteer_app.store.partners import rules
from volunteer_app.store.partners.models import Partner
from volunteer_app.store.shelf import queries as shelf
from volunteer_app.store.shelf.models import Product

ROLE = "partner"


def add_partner(
    session: Session,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    address: str = "",
    phone: str = "",
    open_words: str = "",
    sign_in: str = "",
    services: Sequence[str] = (),
) -> Partner:
    """Registers a shop; `sign_in` is the number of the person who stands behind it, `services` product codes that it
    gives from now on. Refuses PartnerTaken, NotAPartnerPerson; NotFound for an unknown number or product.
    """
    person_id = person_with(session, sign_in, actor) if sign_in else None
    same = select(Partner.id).where(Partner.community_id == actor.community_id)
    same = same.where(or_(Partner.name == name, Partner.person_id == person_id) if person_id else Partner.name == name)
    if session.scalar(same) is not None:
        raise rules.PartnerTaken
    made = Partner(
        community_id=actor.community_id,
        name=name,
        address=address,
        phone=phone,
        open_words=open_words,
        person_id=person_id,
    )
    session.add(made)
    session.flush()
    for code in services:
        give_service(session, made, code, actor)
    audit.record(session, "add_partner", f"store_partner:{made.id}", actor=actor, now=now)
    return made


def person_with(session: Session, number: str, actor: Actor) -> int:
    """Id of the person with this number, who holds the role of a partner shop."""
    named = select(Person.id).where(Person.community_id == actor.community_id, Person.number == number.strip().upper())
    person_id = session.scalar(named)
    if person_id is None:
        raise NotFound
    held = select(RoleGrant.id).where(RoleGrant.person_id == person_id, RoleGrant.role == ROLE)
    if session.scalar(held) is None:
        raise rules.NotAPartnerPerson
    return person_id


def give_service(session: Session, partner: Partner, code: str, actor: Actor) -> Product:
    """From now on the shop gives this service; vouchers that are out stay with whom they were made for."""
    product = shelf.product(session, actor.community_id, code)
    if product.kind != "service" or product.is_counted:
        raise NotFound
    product.partner_id = partner.id
    return product


def partner_of(session: Session, person_id: int) -> Partner:
    """The shop that somebody signs in for. Refuses NoPartner."""
    found = session.scalars(select(Partner).where(Partner.person_id == person_id, Partner.is_active)).first()
    if found is None:
        raise rules.NoPartner
    return found


def partner(session: Session, partner_id: int) -> Partner:
    """A shop of the community."""
    found = session.scalars(select(Partner).where(Partner.id == partner_id)).first()
    if found is None:
        raise NotFound
    return found


def all_partners(session: Session) -> list[Partner]:
    """Every shop of the community, by name."""
    return list(session.scalars(select(Partner).order_by(Partner.name)))


def services_of(session: Session) -> dict[int, list[Product]]:
    """Partner id -> what it gives."""
    found: dict[int, list[Product]] = {}
    for one in session.scalars(select(Product).where(Product.partner_id.is_not(None)).order_by(Product.code)):
        assert one.partner_id is not None
        found.setdefault(one.partner_id, []).append(one)
    return found
