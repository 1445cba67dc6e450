"""A pick-up code that somebody typed, on a page or over JSON: looked up, and the unknown one remembered."""

from collections.abc import Callable
from typing import Any, TypeVar

from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError
from volunteer_app.store.counter import looking_up, rules
from volunteer_app.store.counter.schemas import CodeForm
from volunteer_app.store.orders.drawing import codes
from volunteer_app.web.access import actor, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, read_form
from volunteer_app.web.refusals import note_refusal

Found = TypeVar("Found")


def opened(find: Callable[..., Found], draw: Callable[..., str], *, name: str) -> Answer:
    """The page that opens what has the typed code, given to `draw` under its `name` with the form; else the page with
    what was typed and why not. Unknown codes are remembered, so that none can be guessed.
    """
    form = read_form(CodeForm())
    if form.errors:
        return draw(form=form), 422
    try:
        found = look_up(find, form.values["code"])
    except AppError as refusal:
        return draw(form=form, refusal=refusal), refusal.status
    return draw(**{name: found}, form=form)


def look_up(find: Callable[..., Found], code: str, **asked: Any) -> Found:
    """What `find` (such as looking_up.order_by_code) has under the code. Each refusal is noted."""
    session, who = db.session(), viewer()
    try:
        return find(
            session, code, community_id=who.community_id, keeper_id=who.person_id, codes=codes(), now=now(), **asked
        )
    except AppError as refusal:
        note(refusal)
        raise


def hash_of(code: str) -> str:
    """What is compared with an order's `code_hash`."""
    return codes().hash(viewer().community_id, looking_up.digits_of(code))


def note(refusal: AppError) -> None:
    """Each refusal leaves its audit row; an unknown code also counts as a try, in a transaction of its own, so that
    codes can't be guessed.
    """
    note_refusal(refusal)
    if isinstance(refusal, rules.UnknownCode):
        session = db.session()
        in_transaction(session, lambda: looking_up.note_unknown_code(session, actor=actor(), now=now()))
