"""The writes of rosters in one list: planning, repairs after publishing, seats (by hand), replies (volunteers)."""

from volunteer_app.rosters.planning import ask_for_roster, publish, stop_run
from volunteer_app.rosters.repairs import accept_repair, ask_for_repair
from volunteer_app.rosters.replies import (
    accept,
    confirm_sign_up,
    decline,
    refuse_sign_up,
    sign_up,
    withdraw_sign_up,
)
from volunteer_app.rosters.seats import fill, lead, mark, pin, replace, unpin, unseat

__all__ = [
    "accept",
    "accept_repair",
    "ask_for_repair",
    "ask_for_roster",
    "confirm_sign_up",
    "decline",
    "fill",
    "lead",
    "mark",
    "pin",
    "publish",
    "refuse_sign_up",
    "replace",
    "sign_up",
    "stop_run",
    "unpin",
    "unseat",
    "withdraw_sign_up",
]
