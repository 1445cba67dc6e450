"""Pieces that were typed beside products on a page, and the prices that it showed."""

from flask import request

from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_

MOST_DIGITS = 9
"""More than any price has, and few enough for a number."""


def typed_pieces() -> dict[str, int] | None:
    """Product code -> pieces of the fields `pieces-<code>` that were filled; None when one isn't a small number."""
    named = {name: typed.strip() for name, typed in request.form.items() if name.startswith("pieces-")}
    filled = {name.removeprefix("pieces-"): typed for name, typed in named.items() if typed}
    if any(not typed.isdecimal() or len(typed) > 2 for typed in filled.values()):
        return None
    return {code: int(typed) for code, typed in filled.items()}


def seen_points() -> dict[str, int]:
    """Product code -> points each of the hidden fields `points-<code>`; what isn't a number there is passed over."""
    named = {name: typed for name, typed in request.form.items() if name.startswith("points-")}
    return {
        name.removeprefix("points-"): int(typed)
        for name, typed in named.items()
        if typed.isdecimal() and len(typed) <= MOST_DIGITS
    }


class BadPieces(AppError):
    """Pieces are a small whole number."""

    status = 422
    sentence = N_("件数请写整数，比如 1")
