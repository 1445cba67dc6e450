"""Pieces that were typed beside products on a page."""

from flask import request

from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_


def typed_pieces() -> dict[str, int] | None:
    """Product code -> pieces of the fields `pieces-<code>` that were filled; None when one isn't a small number."""
    named = {name: typed.strip() for name, typed in request.form.items() if name.startswith("pieces-")}
    filled = {name.removeprefix("pieces-"): typed for name, typed in named.items() if typed}
    if any(not typed.isdecimal() or len(typed) > 2 for typed in filled.values()):
        return None
    return {code: int(typed) for code, typed in filled.items()}


class BadPieces(AppError):
    """Pieces are a small whole number."""

    status = 422
    sentence = N_("件数请写整数，比如 1")
