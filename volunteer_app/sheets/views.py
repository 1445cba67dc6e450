"""Pages: the books, the month for the wall, and the list of downloads."""

from datetime import datetime

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import make_durable
from volunteer_app.core.language import N_
from volunteer_app.ledger.models import Txn
from volunteer_app.places.models import Community
from volunteer_app.sheets import book_views, goods, sheet_views
from volunteer_app.sheets.asking import Asked
from volunteer_app.sheets.book_sheet import book_sheet
from volunteer_app.sheets.catalogue import Download, download
from volunteer_app.sheets.checking import check, record_check
from volunteer_app.sheets.entries import entries_of, readable
from volunteer_app.sheets.months import month_with, read_month
from volunteer_app.sheets.public import point_lines
from volunteer_app.sheets.reading import Books
from volunteer_app.sheets.reading import books as read_books
from volunteer_app.sheets.schemas import FORMS
from volunteer_app.sheets.sending import TYPES, send
from volunteer_app.sheets.totals import head_before
from volunteer_app.web.access import access, community, local_today, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.forms import Done, Form, act, read_form
from volunteer_app.web.language import language
from volunteer_app.web.paging import page_of

blueprint = Blueprint("sheets", __name__)
TAKERS = ("coordinator", "admin")
READERS = ("auditor", "admin", "coordinator")
MAY_CHECK = frozenset({"auditor", "admin"})


@blueprint.get("/books")
@access(*READERS)
def books() -> str:
    """The points books of a month."""
    session, here = db.session(), viewer().community_id
    found = the_books()
    page = page_of(session, entries_of(here, found.month))
    names = goods.names(session, here)
    return render_template(
        "sheets/books.html",
        **shown(found),
        rows=[book_views.entry_row(entry, names, zone()) for entry in readable(session, here, page.items)],
        pager=page.links(),
        findings=book_views.finding_rows(found.check) if found.check else [],
        months=book_views.month_choices(found),
        may_check=not MAY_CHECK.isdisjoint(viewer().roles),
    )


@blueprint.get("/books/print")
@access(*READERS)
def print_month() -> str:
    """The month for the notice board: one A4 page with all digits of the chain's head."""
    found = the_books()
    make_durable(db.session())  # what hangs on the wall outlives a crash
    return render_template("sheets/month.html", **shown(found))


def the_books() -> Books:
    month = request.args.get("month", "")
    return read_books(db.session(), viewer().community_id, month=month, zone=zone(), now=now())


def shown(found: Books) -> dict[str, object]:
    """What page and print have in common."""
    return {
        "found": found,
        "equation": book_views.equation_rows(found),
        "equation_note": book_views.equation_note(found),
        "stock": [book_views.stock_row(line) for line in found.stock],
        "verdict": book_views.verdict(found.check, zone()) if found.check else None,
    }


@blueprint.get("/books/points")
@access(*READERS)
def print_points() -> str:
    """The month's points of everybody for the notice board: masked names, sums that add up, the chain's head."""
    month = read_month(request.args.get("month", ""), zone()) or month_with(local_today(), zone())
    lines = point_lines(db.session(), viewer().community_id, month)
    head = head_before(db.session(), viewer().community_id, month.to_at)
    make_durable(db.session())
    return render_template(
        "sheets/points.html",
        month=month,
        rows=[book_views.points_row(line) for line in lines],
        foot=book_views.points_foot(lines, community()),
        head=head,
    )


@blueprint.post("/books/check")
@access(*MAY_CHECK)
def check_again() -> AnyResponse | tuple[str, int]:
    """Checks the books from the first entry on and keeps what it found."""
    found = check(db.session(), viewer().community_id)
    month = request.form.get("month", "")

    def work(session: Session, who: Actor, moment: datetime) -> Done:
        record_check(session, found, actor=who, now=moment)
        said = N_("从头核过一遍，账是对的。") if found.is_right else N_("核过一遍，有对不上的，请往下看。")
        return Done(url_for("sheets.books", month=month or None), said)

    return act(work)


@blueprint.get("/books.<any(xlsx, csv):kind>")
@access(*READERS)
def export_books(kind: str) -> Response:
    """The month's entries as a file."""
    session, here = db.session(), viewer().community_id
    found = the_books()
    txns: list[Txn] = list(session.scalars(entries_of(here, found.month).order_by(None).order_by(Txn.seq)))
    sheet = book_sheet(
        readable(session, here, txns),
        goods.names(session, here),
        found.month,
        zone=zone(),
        head=found.totals.head,
    )
    return send(sheet, "books", found.month.code, kind)


@blueprint.get("/sheets")
@access(*TAKERS)
def index() -> str:
    """The list of downloads."""
    return draw(None, Form())


@blueprint.get("/sheets/<name>")
@access(*TAKERS)
def take(name: str) -> Response | tuple[str, int]:
    """One list as a file; a period that can't be read gives the list of downloads again."""
    wanted = download(name)
    kind = request.args.get("kind", "xlsx")
    kind = kind if kind in TYPES else "xlsx"
    form = read_form(FORMS[wanted.period]())
    if form.errors:
        return draw(wanted, form), 422
    asked = asked_by(form)
    return send(wanted.build(asked), name, period_code(wanted, asked), kind)


def draw(wanted: Download | None, form: Form) -> str:
    """The page; `wanted` is the download whose period couldn't be read."""
    today = local_today()
    found = sheet_views.groups(db.session(), wanted, form, today=today)
    return render_template("sheets/index.html", downloads=found)


def asked_by(form: Form) -> Asked:
    """The period that a form asks for; without one it is today."""
    session, today, values = db.session(), local_today(), form.values
    month = read_month(values.get("month", ""), zone())
    first = month.first if month else values.get("from_on") or values.get("on") or today
    last = month.last if month else values.get("to_on") or first
    here = session.get_one(Community, viewer().community_id)
    return Asked(session, here, today, first, last, language(), values.get("notice"))


def period_code(wanted: Download, asked: Asked) -> str:
    """The period as the audit row says it."""
    if wanted.period == "notice":
        return f"notice {asked.notice_id}"
    return asked.month.code if wanted.period == "month" else f"{asked.from_on}..{asked.to_on}"
