"""Pages of needs from a file (dry run, take in, undo), and of the catalogue of activities."""

import csv
from dataclasses import replace
from datetime import datetime
from io import StringIO

from flask import current_app, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import catalogue, importing, kind_schemas, queries, schemas
from volunteer_app.needs.catalogue import KindEntry
from volunteer_app.needs.drawing import seats
from volunteer_app.needs.models import ActivityKind, NeedImport
from volunteer_app.needs.views import blueprint, choices
from volunteer_app.needs.words import EFFORT_NAMES, LEVEL_NAMES, THEME_NAMES
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.filters import date_short
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import language, translate

SHOWN_ROWS = 100
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("/needs/import")
@access("coordinator")
def upload() -> str:
    return draw_upload(Form())


def draw_upload(form: Form, error: AppError | None = None) -> str:
    if error is not None:
        form.refuse(error)
    return render_template("needs/upload.html", form=form, refusal=translate(error.text) if error else "")


@blueprint.post("/needs/import")
@access("coordinator")
def read_upload() -> Answer:
    """Reads the file and keeps what it says for the preview; no need is written yet."""
    form = read_form(schemas.UploadForm(today=local_today()))
    file = request.files.get("file")
    if file is None or not file.filename:
        form.errors["file"] = [Text(N_("请选一个文件。"))]
    if form.errors or file is None:
        return draw_upload(form), 422
    content, name = file.stream.read(), str(file.filename)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        report = importing.read_file(
            session, content, name, community_id=actor.community_id, now=moment, day0=form.values["day0"]
        )
        kept = importing.keep(session, report, actor=actor, now=moment)
        return Done(url_for("needs.preview", import_id=kept.id))

    return act(work, refused=lambda error: draw_upload(form, error))


@blueprint.get("/needs/imports/<int:import_id>")
@access("coordinator")
def preview(import_id: int) -> str:
    return draw_preview(queries.read_import(db.session(), import_id))


def draw_preview(kept: NeedImport, error: AppError | None = None) -> str:
    report = importing.report_of(kept)
    good = [
        {
            "line": row["line"],
            "title": row["title"],
            "when": date_short(datetime.fromisoformat(row["wanted_on"]).date(), language()),
            "starts": row["starts_minute"],
            "ends": row["ends_minute"],
            "later_legs": row.get("later_legs", ()),
            "people": row["target"],
            "place": row["place"],
        }
        for row in report.good[:SHOWN_ROWS]
    ]
    return render_template(
        "needs/preview.html",
        kept=kept,
        report=report,
        good=good,
        bad=[(error, translate(error.text)) for error in report.bad[:SHOWN_ROWS]],
        bad_rows=len({error.line for error in report.bad}),
        refusal=translate(error.text) if error else "",
    )


@blueprint.post("/needs/imports/<int:import_id>/take-in")
@access("coordinator")
def take_in(import_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        report = importing.take_in(session, import_id, actor=actor, now=moment)
        said = Text(N_("导入了%(needs)d条需求，%(shifts)d个班。"), {"needs": report.needs, "shifts": report.shifts})
        return Done(url_for("needs.preview", import_id=import_id), said)

    return act(work, refused=lambda error: draw_preview(queries.read_import(db.session(), import_id), error))


@blueprint.post("/needs/imports/<int:import_id>/undo")
@access("coordinator")
def undo(import_id: int) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        number = importing.undo(session, import_id, seats=seats(), actor=actor, now=moment)
        return Done(url_for("needs.preview", import_id=import_id), Text(N_("撤销了%(number)d条。"), {"number": number}))

    return act(work, refused=lambda error: draw_preview(queries.read_import(db.session(), import_id), error))


@blueprint.get("/needs/imports/<int:import_id>/bad.csv")
@access("coordinator")
def bad_rows(import_id: int) -> Response:
    """The mistakes as CSV that opens right in Excel: UTF-8 with a mark, CRLF, formulas defused."""
    report = importing.report_of(queries.read_import(db.session(), import_id))
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    heads = (N_("第几行"), N_("第几列"), N_("列名"), N_("读到的"), N_("哪里不对"))
    writer.writerow([translate(head) for head in heads])
    for error in report.bad:
        writer.writerow([error.line, error.column, safe(error.heading), safe(error.read), translate(error.text)])
    response = current_app.response_class("\ufeff" + buffer.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="bad-rows-{import_id}.csv"'
    return response


def safe(cell: str) -> str:
    """A cell that a spreadsheet won't take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


@blueprint.get("/needs/kinds")
@access("coordinator")
def list_kinds() -> str:
    english = language() == "en"
    kinds = [
        {
            "id": kind.id,
            "name": kind.name_en if english else kind.name,
            "theme": translate(THEME_NAMES[kind.theme]),
            "level": translate(LEVEL_NAMES[kind.points_level]),
            "what": kind.what,
            "active": kind.is_active,
        }
        for kind in queries.kinds(db.session(), also_inactive=True)
    ]
    return render_template("needs/kinds.html", kinds=kinds)


@blueprint.post("/needs/kinds/delivered")
@access("coordinator")
def load_kinds() -> Answer:
    """Adds the kinds that the product brings along and the community lacks."""

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        added = catalogue.load_kinds(session, viewer().community_id, actor=actor, now=moment)
        return Done(url_for("needs.list_kinds"), Text(N_("添了%(number)d类。"), {"number": len(added)}))

    return act(work)


def kind(kind_id: int) -> ActivityKind:
    found = next((one for one in queries.kinds(db.session(), also_inactive=True) if one.id == kind_id), None)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/needs/kinds/<int:kind_id>")
@access("coordinator")
def edit_kind(kind_id: int) -> str:
    return draw_kind(kind(kind_id), Form())


def draw_kind(one: ActivityKind, form: Form) -> str:
    return render_template(
        "needs/kind.html",
        kind=one,
        form=form,
        themes=choices(THEME_NAMES),
        levels=choices(LEVEL_NAMES),
        efforts=choices(EFFORT_NAMES),
    )


@blueprint.post("/needs/kinds/<int:kind_id>")
@access("coordinator")
def change_kind(kind_id: int) -> Answer:
    found = kind(kind_id)
    form = read_form(kind_schemas.KindForm())
    if form.errors:
        return draw_kind(found, form), 422
    entry = replace(entry_of(found), **form.values)

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        catalogue.change_kind(session, kind_id, entry, actor=actor, now=moment)
        return Done(url_for("needs.list_kinds"), N_("改好了，以后新排的班照新的来。"))

    return act(work)


def entry_of(one: ActivityKind) -> KindEntry:
    """The kind as it is."""
    values = {name: getattr(one, name) for name in KindEntry.__slots__}
    values["requires"], values["bars"] = tuple(one.requires), tuple(one.bars)
    values["mixes"] = tuple((str(mix["tag"]), int(mix["at_least"])) for mix in one.mixes)
    return KindEntry(**values)
