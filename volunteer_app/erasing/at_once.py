"""The command line's way: whoever sits at the server erases at once, without a request and a second person."""

from sqlalchemy import select

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import NotFound
from volunteer_app.erasing.actions import refuse_open
from volunteer_app.erasing.forgetting import erase, rows_with
from volunteer_app.erasing.queries import waiting_of
from volunteer_app.keeping.filling import BooksBroken
from volunteer_app.ledger.verify import first_bad, verify
from volunteer_app.people.models import Person
from volunteer_app.web.access import now as present
from volunteer_app.web.database import db


def erase_number(number: str) -> list[str]:
    """For the command line: erases the person with the number, checks the books before the commit; returns the tables
    in which the name still stands. A request that waits is done with it. Refuses NotFound, StillOpen, LastAdmin,
    BooksBroken.
    """
    session = db.session()

    def work() -> list[str]:
        person = session.scalars(select(Person).where(Person.number == number.upper())).first()
        if person is None:
            raise NotFound
        name, moment = person.name, present()
        refuse_open(session, person.id, now=moment)
        actor = Actor(person.community_id, None, "cli", frozenset({"admin"}))
        erase(session, person.id, actor=actor, now=moment)
        worst = first_bad(verify(session, person.community_id))
        if worst is not None:
            raise BooksBroken(row=worst.row)
        left = rows_with(session, actor.community_id, name)
        if (asked := waiting_of(session, person.id)) is not None:
            asked.state, asked.decided_at, asked.left_in = "done", moment, left
        return left

    return in_transaction(session, work)
