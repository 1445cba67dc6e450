"""The command line's way: whoever sits at the server erases at once, without a request and a second person."""

from sqlalchemy import select

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import NotFound
from volunteer_app.erasing.forgetting import erase, rows_with
from volunteer_app.keeping.filling import BooksBroken
from volunteer_app.ledger.verify import first_bad, verify
from volunteer_app.people.models import Person
from volunteer_app.web.access import now as present
from volunteer_app.web.database import db


def erase_number(number: str) -> list[str]:
    """For the command line: erases the person with the number, checks the books before the commit; returns the tables
    in which the name still stands. Refuses NotFound, LastAdmin, BooksBroken.
    """
    session = db.session()

    def work() -> list[str]:
        person = session.scalars(select(Person).where(Person.number == number.upper())).first()
        if person is None:
            raise NotFound
        name = person.name
        actor = Actor(person.community_id, None, "cli", frozenset({"admin"}))
        erase(session, person.id, actor=actor, now=present())
        worst = first_bad(verify(session, person.community_id))
        if worst is not None:
            raise BooksBroken(row=worst.row)
        return rows_with(session, actor.community_id, name)

    return in_transaction(session, work)
