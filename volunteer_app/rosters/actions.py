"""The writes of rosters in one list, for those outside: each stands in the room that it belongs to."""

from volunteer_app.rosters.board.seats import fill, lead, pin, replace, unpin, unseat
from volunteer_app.rosters.repairs.actions import accept_repair, ask_for_repair
from volunteer_app.rosters.runs.actions import ask_for_roster, stop_run
from volunteer_app.rosters.turns.attended import mark
from volunteer_app.rosters.turns.covers import agree as agree_cover
from volunteer_app.rosters.turns.covers import ask as ask_for_cover
from volunteer_app.rosters.turns.covers import refuse as refuse_cover
from volunteer_app.rosters.turns.replies import accept, decline
from volunteer_app.rosters.turns.sign_ups import confirm_sign_up, refuse_sign_up, sign_up, withdraw_sign_up
from volunteer_app.rosters.turns.swaps import agree as agree_swap
from volunteer_app.rosters.turns.swaps import ask as ask_swap
from volunteer_app.rosters.turns.swaps import refuse as refuse_swap
from volunteer_app.rosters.turns.swaps import settle as settle_swap
from volunteer_app.rosters.turns.swaps import withdraw as withdraw_swap
from volunteer_app.rosters.versions.publishing import publish

__all__ = [
    "accept",
    "accept_repair",
    "agree_cover",
    "agree_swap",
    "ask_for_cover",
    "ask_for_repair",
    "ask_for_roster",
    "ask_swap",
    "confirm_sign_up",
    "decline",
    "fill",
    "lead",
    "mark",
    "pin",
    "publish",
    "refuse_cover",
    "refuse_sign_up",
    "refuse_swap",
    "replace",
    "settle_swap",
    "sign_up",
    "stop_run",
    "unpin",
    "unseat",
    "withdraw_sign_up",
    "withdraw_swap",
]
