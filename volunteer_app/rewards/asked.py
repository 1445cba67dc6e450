"""The day and the month that a request is about; pages and API share it."""

from datetime import date

from flask import request

from volunteer_app.web.access import local_today


def month_asked() -> date:
    """The month of the query (2026-10), else the present one."""
    try:
        return date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return local_today().replace(day=1)
