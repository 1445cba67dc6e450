"""A sheet leaves the house as a file: Excel, CSV or PDF, with its audit row first."""

from io import BytesIO
from zoneinfo import ZoneInfo

from flask import Response, send_file

from volunteer_app.core.database import in_transaction
from volunteer_app.core.language import Text
from volunteer_app.sheets.actions import record_export
from volunteer_app.sheets.csv_text import csv_text
from volunteer_app.sheets.paper import pdf
from volunteer_app.sheets.table import Sheet
from volunteer_app.sheets.workbook import workbook
from volunteer_app.web.access import actor, community, now, zone
from volunteer_app.web.database import db
from volunteer_app.web.language import language, translate

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


def send(sheet: Sheet, name: str, period: str, kind: str, *, large: bool = False) -> Response:
    """The file, and its audit row first: nothing leaves the house unrecorded. `large` print is for one's own papers."""
    made_at = now().astimezone(ZoneInfo(zone()))
    who, moment, session = actor(), now(), db.session()
    content = file_of(sheet, kind, large=large)
    file_name = f"{community_name()} {title_zh(sheet)} {made_at:%Y-%m-%d}.{kind}"
    in_transaction(session, lambda: record_export(session, name, f"{period} {kind}", actor=who, now=moment))
    return send_file(BytesIO(content), mimetype=TYPES[kind], as_attachment=True, download_name=file_name)


def file_of(sheet: Sheet, kind: str, *, large: bool) -> bytes:
    if kind == "csv":
        return csv_text(sheet, say=translate)
    if kind == "pdf":
        return pdf(sheet, say=translate, language=language(), owner=community_name(), large=large)
    return workbook(sheet, say=translate, made_at=now().astimezone(ZoneInfo(zone())), owner=community_name())


def title_zh(sheet: Sheet) -> str:
    """File names are Chinese in both languages, so that the same list has one name."""
    return translate(sheet.title, "zh") if isinstance(sheet.title, Text) else sheet.title


def community_name() -> str:
    found = community()
    return found.name if found else ""
