"""What is out. Reads only."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from volunteer_app.store.lending.models import Loan


def loans_out(session: Session) -> list[Loan]:
    """What is out, what is due first at the top."""
    loaded = (selectinload(Loan.product), selectinload(Loan.person))
    return list(
        session.scalars(select(Loan).options(*loaded).where(Loan.state == "out").order_by(Loan.due_on, Loan.id))
    )


def loans_of(session: Session, person_id: int) -> list[Loan]:
    """What somebody has borrowed and not brought back."""
    mine = select(Loan).options(selectinload(Loan.product)).where(Loan.person_id == person_id, Loan.state == "out")
    return list(session.scalars(mine.order_by(Loan.due_on, Loan.id)))
