"""Turns that somebody has, for the page of own times: see availability.given."""

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from volunteer_app.availability.given import GivenTurn
from volunteer_app.rosters.legs import turns_known
from volunteer_app.rosters.models import COMING_STATES
from volunteer_app.rosters.turns import queries as turns


class RosterTurns:
    """Answers availability."""

    def turns(self, session: Session, person_id: int, *, now: datetime) -> list[GivenTurn]:
        seats = [seat for seat in turns.turns_of(session, person_id, since=now) if seat.state in COMING_STATES]
        coming = [seat for seat in seats if seat.shift.starts_at > now]
        return [
            GivenTurn(
                day=first.shift.starts_on,
                spans=tuple(
                    (seat.shift.starts_at, seat.shift.ends_at) for seat in coming if seat.shift.task == first.shift.task
                ),
                own_address=url_for("rosters.cannot_come", assignment_id=first.id),
                staff_address=url_for("rosters.board", day=first.shift.starts_on, seat=first.id, _anchor="why"),
            )
            for first in turns_known(coming)
        ]
