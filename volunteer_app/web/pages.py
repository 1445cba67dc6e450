"""What every page gets: its context, its headers, its error pages, and the switches for size and language."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    get_flashed_messages,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from sqlalchemy import text
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.people.models import Person
from volunteer_app.places.models import Community
from volunteer_app.web.access import ANYBODY, PUBLIC, NotSignedIn, access, community, maybe_viewer, now, viewer, zone
from volunteer_app.web.database import db
from volunteer_app.web.forms import once_key
from volunteer_app.web.language import LANGUAGES, SIZES, gettext, language, text_size, translate
from volunteer_app.web.navigation import ROLE_NAMES, home_of, sections
from volunteer_app.web.refusals import note_refusal

blueprint = Blueprint("web", __name__)
csrf = CSRFProtect()
YEAR_S = 365 * 24 * 3600
ROOMS = {"coordinator": "work", "auditor": "work", "admin": "work", "keeper": "counter", "partner": "counter"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What base.html knows about the page around its content."""

    language: str
    size: str
    room: str
    community: Community | None
    person: str | None
    nav: list[dict[str, object]]
    role: str | None
    other_roles: list[tuple[str, str]]
    path: str
    notices: list[dict[str, str]]
    feedback_href: str


def page() -> Page:
    """The present request's page."""
    found = maybe_viewer()
    role = found.role if found else None
    return Page(
        language=language(),
        size=text_size(),
        room=str(g.get("room") or ROOMS.get(role or "", "home")),
        community=community(),
        person=found.name if found else None,
        nav=[
            {"icon": item.icon, "label": gettext(item.label), "href": href, "current": current}
            for item, href, current in (sections(role) if role else [])
        ],
        role=role,
        other_roles=[
            (gettext(ROLE_NAMES[other]), url_for("web.switch_role", role=other))
            for other in sorted(found.roles if found else ())
            if other != role and other in ROLE_NAMES
        ],
        path=request.full_path.rstrip("?"),
        notices=[
            {"kind": kind, "title": translate(Text(said[0], said[1])), "text": ""}
            for kind, said in cast("list[tuple[str, tuple[str, dict[str, object]]]]", get_flashed_messages(True))
        ],
        feedback_href=url_for("messages.feedback") if "messages.feedback" in current_app.view_functions else "",
    )


def safe_path(wanted: str | None) -> str:
    """A path of this site, else the start page: a link can't send people elsewhere."""
    parts = urlsplit(wanted or "")
    bad = parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//")
    return url_for("web.home") if bad or "\\" in (wanted or "") else str(wanted)


@blueprint.get("/")
@access(PUBLIC)
def home() -> Response:
    found = maybe_viewer()
    return redirect(home_of(found.role) if found else url_for("people.sign_in"))


@blueprint.get("/role/<role>")
@access(ANYBODY)
def switch_role(role: str) -> Response:
    """Changes the navigation, nothing else."""
    if role not in viewer().roles:
        raise NotFound
    cookie["role"] = role
    return redirect(home_of(role))


@blueprint.get("/size/<size>")
@access(PUBLIC)
def size(size: str) -> Response:
    return remember("size", size, SIZES)


@blueprint.get("/language/<language>")
@access(PUBLIC)
def switch_language(language: str) -> Response:
    return remember("language", language, LANGUAGES)


def remember(what: str, value: str, allowed: tuple[str, ...]) -> Response:
    """Keeps the choice in a cookie and, for a signed-in person, in the profile."""
    if value not in allowed:
        raise NotFound
    if current_user.is_authenticated:
        person_id = current_user.person_id
        column = {"size": "text_size", "language": "language"}[what]
        in_transaction(db.session(), lambda: setattr(db.session.get_one(Person, person_id), column, value))
    response = redirect(safe_path(request.args.get("next")))
    response.set_cookie(what, value, max_age=YEAR_S, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


@blueprint.get("/patterns")
@access(PUBLIC)
def patterns() -> str:
    """Every component in every state."""
    if request.args.get("room") in ("home", "counter", "work"):
        g.room = request.args["room"]
    return render_template("patterns.html")


@blueprint.get("/health")
@access(PUBLIC)
def health() -> dict[str, str]:
    """Fails when the database doesn't answer."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_S}"
    if request.endpoint != "static" and not (request.endpoint or "").endswith(".static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def problem(status: int, code: str, sentence: str, fields: dict[str, list[str]] | None = None) -> Response:
    """An RFC 9457 answer: status, stable code, sentence in the caller's language, sentences per field."""
    body: dict[str, object] = {"type": f"urn:youlin:problem:{code}", "title": sentence, "status": status, "code": code}
    if fields:
        body["errors"] = fields
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def refusal(error: AppError) -> Response | tuple[str, int]:
    """An AppError that no view drew itself: a page, or a problem document for the API."""
    db.session.rollback()
    note_refusal(error)
    sentence = translate(error.text)
    if request.path.startswith("/api/"):
        fields = {name: [translate(text) for text in found] for name, found in getattr(error, "fields", {}).items()}
        return problem(error.status, error.code, sentence, fields)
    if isinstance(error, NotSignedIn):
        return redirect(url_for("people.sign_in"))
    return error_page(error.status, sentence)


def error_page(status: int, sentence: str) -> tuple[str, int]:
    """templates/errors/STATUS.html, else the refusal page with the sentence as its heading."""
    known = status in (404, 403, 429, 500, 503)
    return render_template(f"errors/{status}.html" if known else "errors/refused.html", sentence=sentence), status


HTTP_SENTENCES = {
    404: N_("没找到这一页"),
    405: N_("这个地址不能这样用。"),
    413: N_("文件太大了，最多5兆。"),
    415: N_("请用JSON格式发送。"),
    429: N_("点得太快了，歇一歇"),
}


def http_error(error: HTTPException) -> Response | tuple[str, int]:
    if error.response is not None and error.response.status_code < 400:
        return cast(Response, error.response)
    status = error.code or 500
    sentence = gettext(HTTP_SENTENCES.get(status, N_("这个请求看不懂。")))
    if request.path.startswith("/api/"):
        found = getattr(error, "data", None) or {}
        fields = flat(found.get("messages", {})) if isinstance(found, dict) else {}
        return problem(status, type(error).__name__, sentence, fields)
    return error_page(status, sentence)


def flat(messages: dict[str, dict[str, list[object]]]) -> dict[str, list[str]]:
    """webargs' {location: {field: [..]}} as {field: [sentences]}."""
    fields: dict[str, list[str]] = {}
    for per_field in messages.values():
        for name, found in per_field.items():
            items = found if isinstance(found, list) else [found]
            fields[str(name)] = [translate(item if isinstance(item, Text) else str(item)) for item in items]
    return fields


def broken_form(_error: CSRFError) -> tuple[str, int]:
    """A form from an ended session: what was typed stays behind the back button, and in the browser as a draft."""
    sentence = gettext(N_("这一页放得太久了。请退回去，刷新以后再按一次；刚才没有存。"))
    return render_template("errors/refused.html", sentence=sentence, unsent=True), 400


def beyond_numbers(error: OverflowError | DataError) -> Response | tuple[str, int]:
    """A number that no database column holds (SQLite's driver, PostgreSQL's 22003): nobody's row, so not found."""
    if isinstance(error, DataError) and getattr(error.orig, "sqlstate", None) != "22003":
        raise error
    return refusal(NotFound())


def bug(_error: Exception) -> Response | tuple[str, int]:
    """Logged by Flask already; nothing was saved."""
    db.session.rollback()
    if request.path.startswith("/api/"):
        return problem(500, "InternalError", gettext(N_("出了点毛病，不怪您")))
    return error_page(500, "")


def init_app(app: Flask) -> None:
    csrf.init_app(app)
    app.register_blueprint(blueprint)
    app.after_request(add_headers)
    app.register_error_handler(AppError, refusal)
    app.register_error_handler(CSRFError, broken_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OverflowError, beyond_numbers)
    app.register_error_handler(DataError, beyond_numbers)
    app.register_error_handler(500, bug)
    app.jinja_env.globals.update(once_key=once_key, csrf_token=generate_csrf)
    app.context_processor(lambda: {"page": page(), "now": now().astimezone(ZoneInfo(zone())), "zone": zone()})
