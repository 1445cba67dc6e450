"""Pages and files: a member's statement of a month, the receipt of an entry, a certificate; the own ones, or for
somebody without a telephone.
"""

from datetime import date, timedelta
from typing import Any

from flask import Response, render_template, request, url_for

from volunteer_app.credentials.queries import readable_certificate
from volunteer_app.people.models import Person
from volunteer_app.people.queries import person_here
from volunteer_app.places.models import Community
from volunteer_app.sheets import receipt as receipts
from volunteer_app.sheets import statement as statements
from volunteer_app.sheets.certificate import certificate_sheet
from volunteer_app.sheets.months import Month, month_with, read_month
from volunteer_app.sheets.sending import send
from volunteer_app.sheets.views import blueprint
from volunteer_app.web import filters
from volunteer_app.web.access import ANYBODY, access, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.language import gettext, language, translate


@blueprint.get("/my/statement")
@access(ANYBODY)
def my_statement() -> str:
    return draw_statement(me())


@blueprint.get("/my/statement.<any(pdf, xlsx):kind>")
@access(ANYBODY)
def my_statement_file(kind: str) -> Response:
    return statement_file(me(), kind)


@blueprint.get("/people/<int:person_id>/statement")
@access("coordinator")
def statement_of(person_id: int) -> str:
    return draw_statement(person_here(db.session(), person_id))


@blueprint.get("/people/<int:person_id>/statement.<any(pdf, xlsx):kind>")
@access("coordinator")
def statement_file_of(person_id: int, kind: str) -> Response:
    return statement_file(person_here(db.session(), person_id), kind)


@blueprint.get("/my/receipts/<int:seq>")
@access(ANYBODY)
def my_receipt(seq: int) -> str:
    return draw_receipt(me(), seq)


@blueprint.get("/my/receipts/<int:seq>.<any(pdf, xlsx):kind>")
@access(ANYBODY)
def my_receipt_file(seq: int, kind: str) -> Response:
    return receipt_file(me(), seq, kind)


@blueprint.get("/people/<int:person_id>/receipts/<int:seq>")
@access("coordinator")
def receipt_of(person_id: int, seq: int) -> str:
    return draw_receipt(person_here(db.session(), person_id), seq)


@blueprint.get("/people/<int:person_id>/receipts/<int:seq>.<any(pdf, xlsx):kind>")
@access("coordinator")
def receipt_file_of(person_id: int, seq: int, kind: str) -> Response:
    return receipt_file(person_here(db.session(), person_id), seq, kind)


@blueprint.get("/certificates/<int:certificate_id>.pdf")
@access(ANYBODY)
def certificate_file(certificate_id: int) -> Response:
    """The certificate in large print, for its holder or a coordinator."""
    found = readable_certificate(db.session(), certificate_id, viewer().person_id, viewer().roles)
    sheet = certificate_sheet(db.session(), found, home())
    return send(sheet, f"certificate:{found.id}", found.number, "pdf", large=True)


def me() -> Person:
    return db.session.get_one(Person, viewer().person_id)


def home() -> Community:
    return db.session.get_one(Community, viewer().community_id)


def month_asked() -> Month:
    return statements.month_of(read_month(request.args.get("month", ""), zone()), now(), zone())


def draw_statement(person: Person) -> str:
    here, month = home(), month_asked()
    found = statements.points_statement(db.session(), here, person, month, now=now())
    return render_template(
        "sheets/statement.html",
        found=found,
        figures=[
            {"label": gettext(label), "value": filters.number(n)} for label, n in statements.labelled(found.figures)
        ],
        rows=[statement_row(row, person) for row in found.rows],
        notes=[translate(note) for note in statements.notes(found, here.zone, written)],
        links=links(person, month),
        is_own=is_own(person),
    )


def written(day: date) -> str:
    return filters.date_full(day, language())


def statement_row(row: statements.Row, person: Person) -> dict[str, Any]:
    receipt = {"main": gettext("收据"), "href": receipt_link(person, row.seq), "hidden": row.seq} if row.seq else "—"
    return {
        "cells": {
            "on": filters.day_weekday(row.on, language()),
            "text": translate(row.text),
            "in": filters.number(row.amount) if row.amount > 0 else "",
            "out": filters.number(-row.amount) if row.amount < 0 else "",
            "after": filters.number(row.after),
            "receipt": receipt,
        }
    }


def is_own(person: Person) -> bool:
    return person.id == viewer().person_id


def links(person: Person, month: Month) -> dict[str, str]:
    """Where the files and the month before are."""
    base: dict[str, Any] = {} if is_own(person) else {"person_id": person.id}
    page, file = (
        ("sheets.my_statement", "sheets.my_statement_file")
        if is_own(person)
        else ("sheets.statement_of", "sheets.statement_file_of")
    )
    before = month_with(month.first - timedelta(days=1), zone())
    return {
        "pdf": url_for(file, kind="pdf", month=month.code, **base),
        "xlsx": url_for(file, kind="xlsx", month=month.code, **base),
        "page": url_for(page, **base),
        "before": url_for(page, month=before.code, **base),
    }


def receipt_link(person: Person, seq: int | None) -> str:
    if is_own(person):
        return url_for("sheets.my_receipt", seq=seq)
    return url_for("sheets.receipt_of", person_id=person.id, seq=seq)


def statement_file(person: Person, kind: str) -> Response:
    month = month_asked()
    found = statements.points_statement(db.session(), home(), person, month, now=now())
    return send(statements.statement_sheet(found, home()), f"statement:{person.id}", month.code, kind, large=True)


def draw_receipt(person: Person, seq: int) -> str:
    found = receipts.receipt(db.session(), home(), person, seq)
    base: dict[str, Any] = {"seq": seq} if is_own(person) else {"seq": seq, "person_id": person.id}
    file = "sheets.my_receipt_file" if is_own(person) else "sheets.receipt_file_of"
    back = url_for("sheets.my_statement") if is_own(person) else url_for("sheets.statement_of", person_id=person.id)
    return render_template(
        "sheets/receipt.html",
        found=found,
        text=translate(found.text),
        figures=[
            {
                "label": translate(label),
                "value": filters.signed(amount) if label.template in receipts.CHANGES else filters.number(amount),
            }
            for label, amount in receipts.figures(found)
        ],
        came_in=all(part.amount > 0 for part in found.lots),
        lots=[lot_row(part) for part in found.lots],
        pdf=url_for(file, kind="pdf", **base),
        xlsx=url_for(file, kind="xlsx", **base),
        back=back,
    )


def lot_row(part: receipts.LotPart) -> dict[str, Any]:
    last = filters.date_full(part.last_on, language()) if part.last_on else gettext("一直能用")
    return {
        "cells": {
            "earned": filters.date_full(part.earned_on, language()),
            "last": last,
            "amount": filters.signed(part.amount),
        }
    }


def receipt_file(person: Person, seq: int, kind: str) -> Response:
    found = receipts.receipt(db.session(), home(), person, seq)
    return send(receipts.receipt_sheet(found, home()), f"receipt:{seq}", str(seq), kind, large=True)
