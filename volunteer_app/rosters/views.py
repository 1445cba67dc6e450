"""The blueprint of rosters' pages, which its rooms fill, and the day that an address asks for."""

from datetime import date

from flask import Blueprint
from werkzeug.datastructures import MultiDict

blueprint = Blueprint("rosters", __name__)


def day_of(asked: MultiDict[str, str]) -> date | None:
    """The day of an address; None without one that can be read."""
    try:
        return date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return None
