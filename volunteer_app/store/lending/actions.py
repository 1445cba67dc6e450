"""Lending: what goes out, what stays somewhat longer, what is back."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import NotFound
from volunteer_app.places.queries import zone_of
from volunteer_app.store.lending import rules
from volunteer_app.store.lending.models import Loan
from volunteer_app.store.rules import AlreadyExtended
from volunteer_app.store.shelf.models import Product


def check_nothing_late(session: Session, person_id: int, today: date) -> None:
    """Refuses to lend more to somebody who is late with something."""
    late = select(Loan).where(Loan.person_id == person_id, Loan.state == "out", Loan.due_on < today)
    found = session.scalars(late.order_by(Loan.due_on).limit(1)).first()
    if found is not None:
        raise rules.StillBorrowed(name=found.product.called)


def lend(session: Session, product: Product, pieces: int, *, line_id: int, person_id: int, on: date) -> Loan:
    """What goes out with a line of an order gets a day by which it comes back. Refuses StillBorrowed: he may have been
    in time when he reserved it.
    """
    check_nothing_late(session, person_id, on)
    made = Loan(community_id=product.community_id, line_id=line_id, product_id=product.id, person_id=person_id)
    made.pieces, made.lent_on, made.due_on = pieces, on, on + timedelta(days=product.lend_days)
    session.add(made)
    return made


def take_back(session: Session, line_id: int, *, left: int, actor: Actor, now: datetime) -> None:
    """Something that went out with the line is back, `left` pieces are still out; with none the loan is closed."""
    out = select(Loan).where(Loan.line_id == line_id, Loan.state == "out").with_for_update()
    for loan in session.scalars(out):
        if left:
            loan.pieces = left
        else:
            loan.state, loan.closed_at, loan.taken_by_id = "back", now, actor.person_id


def extend(session: Session, loan_id: int, *, actor: Actor, now: datetime) -> Loan:
    """Some more days, counted from today, once. Refuses LoanClosed, AlreadyExtended."""
    found = open_loan(session, loan_id, actor)
    if found.is_extended:
        raise AlreadyExtended
    today = local_date(now, zone_of(session, found.community_id))
    found.due_on = max(found.due_on, today + timedelta(days=found.product.lend_days))
    found.is_extended = True
    audit.record(session, "extend", f"store_loan:{found.id}", actor=actor, now=now, acting_for=found.person_id)
    return found


def open_loan(session: Session, loan_id: int, actor: Actor) -> Loan:
    named = select(Loan).where(Loan.community_id == actor.community_id, Loan.id == loan_id).with_for_update()
    found = session.scalars(named.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    if found.state != "out":
        raise rules.LoanClosed
    return found
