"""The books over JSON: verdict, month, entries. Names are masked as on the page."""

from typing import Any

from flask import Response

from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.sheets import goods, schemas
from volunteer_app.sheets.book_sheet import by_text, cause_text, side_text
from volunteer_app.sheets.book_views import said
from volunteer_app.sheets.checking import check, record_check
from volunteer_app.sheets.entries import Entry, entries_of, readable
from volunteer_app.sheets.months import read_month
from volunteer_app.sheets.reading import Books, books
from volunteer_app.sheets.statement import month_of, points_statement
from volunteer_app.web.access import ANYBODY, access, now, viewer, zone
from volunteer_app.web.api import api_blueprint
from volunteer_app.web.database import db
from volunteer_app.web.forms import api_act
from volunteer_app.web.paging import page_of

blueprint = api_blueprint("sheets", about="The points books, read only, and their check")


@blueprint.route("/books", methods=["GET"])
@access("auditor", "admin", "coordinator")
@blueprint.arguments(schemas.BooksMonthIn, location="query")
@blueprint.response(200, schemas.BooksOut)
def show_books(values: dict[str, Any]) -> Books:
    """The month's equation, stock against count, and the last verdict."""
    return the_books(values)


@blueprint.route("/books/entries", methods=["GET"])
@access("auditor", "admin", "coordinator")
@blueprint.arguments(schemas.BooksEntriesIn, location="query")
@blueprint.response(200, schemas.BooksEntriesOut)
def list_entries(values: dict[str, Any]) -> dict[str, object]:
    """The month's entries, newest first, 50 a page."""
    session, here = db.session(), viewer().community_id
    page = page_of(session, entries_of(here, the_books(values).month))
    names = {unit: said(name) for unit, name in goods.names(session, here).items()}
    found = [shown(entry, names) for entry in readable(session, here, page.items)]
    return {"first": page.first, "last": page.last, "total": page.total, "entries": found}


@blueprint.route("/books/checks", methods=["POST"])
@access("auditor", "admin")
@blueprint.response(201, schemas.BooksCheckOut)
def check_books() -> Response:
    """Checks every invariant and walks the chain; what it found is kept."""
    found = check(db.session(), viewer().community_id)
    return api_act(
        lambda session, actor, moment: record_check(session, found, actor=actor, now=moment),
        shape=schemas.BooksCheckOut(),
        status=201,
    )


@blueprint.route("/my/statement", methods=["GET"])
@access(ANYBODY)
@blueprint.arguments(schemas.BooksMonthIn, location="query")
@blueprint.response(200, schemas.StatementOut)
def my_statement(values: dict[str, Any]) -> dict[str, Any]:
    """The caller's month: five figures, every entry, what it adds up to."""
    session, here = db.session(), db.session.get_one(Community, viewer().community_id)
    person = session.get_one(Person, viewer().person_id)
    month = month_of(read_month(values.get("month", ""), zone()), now(), zone())
    found = points_statement(session, here, person, month, now=now())
    rows = [
        {"seq": row.seq, "on": row.on, "text": said(row.text), "amount": row.amount, "after": row.after}
        for row in found.rows
    ]
    return {
        "month": month.code,
        "figures": found.figures,
        "opening": found.opening,
        "rows": rows,
        "closing": found.closing,
    }


def the_books(values: dict[str, Any]) -> Books:
    return books(db.session(), viewer().community_id, month=values.get("month", ""), zone=zone(), now=now())


def shown(entry: Entry, names: dict[str, str]) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "reason": said(cause_text(entry)),
        "sources": [said(side_text(one)) for one in entry.sources],
        "targets": [said(side_text(one)) for one in entry.targets],
        "points": entry.points,
        "goods": {names.get(unit, unit): pieces for unit, pieces in entry.goods.items()},
        "by": said(by_text(entry)),
        "hash": entry.hash,
    }
