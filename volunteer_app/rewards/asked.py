"""The day and the month that a request is about; pages and API share it."""

from datetime import date

from flask import request

from volunteer_app.places import queries as places
from volunteer_app.web.access import now, viewer
from volunteer_app.web.database import db


def today() -> date:
    return places.today(db.session(), viewer().community_id, now())


def month_asked() -> date:
    """The month of the query (2026-10), else the present one."""
    try:
        return date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return today().replace(day=1)
