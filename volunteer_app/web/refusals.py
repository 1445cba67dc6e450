"""A refused write leaves one audit row: which refusal, who met it, where and when; nothing else of it is kept."""

from flask import g, request

from volunteer_app.core import audit
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError, BadInput
from volunteer_app.web.access import actor, maybe_viewer, now
from volunteer_app.web.database import db

READS = ("GET", "HEAD", "OPTIONS")


def note_refusal(error: AppError) -> None:
    """Writes the row in a transaction of its own, because that of the write was rolled back.

    Once for each refusal; not for reads, for strangers, or for fields that were only mistyped.
    """
    known = request.method in READS or maybe_viewer() is None or isinstance(error, BadInput)
    if known or g.get("noted") is error:
        return
    g.noted = error
    session, who, moment = db.session(), actor(), now()
    where = f"{request.method} {request.path}"
    in_transaction(
        session, lambda: audit.record(session, "refuse", f"refusal:{error.code}", actor=who, now=moment, note=where)
    )
