"""Youlin 友邻: volunteers, fair rosters, service hours and care points for urban communities.

This page is the table of contents. A feature's pages are in its views.py and views_*.py, its JSON in api.py and
api_*.py, its commands in commands.py; a large feature has rooms (packages) with files of the same names.
"""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from flask import Flask
from flask_bootstrap import Bootstrap5
from jinja2 import StrictUndefined

from volunteer_app.config import THREADS, Settings, settings_from_environment
from volunteer_app.ledger import invariants

FEATURES = (
    "places",
    "people",
    "workdays",
    "messages",
    "availability",
    "needs",
    "rosters",
    "attendance",
    "calendars",
    "ledger",
    "rewards",
    "credentials",
    "sharing",
    "store",
    "notices",
    "sheets",
    "erasing",
    "jobs",
)
UPLOAD_BYTES = 5 * 1024 * 1024
ASSETS_S = 3600


def create_app(settings: Settings | None = None) -> Flask:
    """The application with every feature; raises when an endpoint declares no access policy."""
    settings = settings or settings_from_environment()
    app = Flask(__name__, template_folder="../templates")
    configure(app, settings)
    connect(app)
    for feature in FEATURES:
        register(app, feature)
    from volunteer_app.web import access

    access.check_policies(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    app.extensions["youlin_settings"] = settings
    app.extensions["youlin_clock"] = settings.clock
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": THREADS, "pool_use_lifo": True},
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_NAME="__Host-youlin" if settings.https else "youlin",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=UPLOAD_BYTES,
        MAX_FORM_PARTS=5000,
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=ASSETS_S,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]


def connect(app: Flask) -> None:
    from volunteer_app.web import access, api, database, filters, language, pages, styles, texts

    database.db.init_app(app)
    database.migrate.init_app(app, database.db, directory=f"{app.root_path}/migrations")
    Bootstrap5(app)
    language.init_app(app)
    access.init_app(app)
    texts.init_app(app)
    filters.init_app(app)
    api.configure(app)
    styles.init_app(app)
    pages.init_app(app)


def register(app: Flask, feature: str) -> None:
    """Adds what the feature has: tables, checks of what it keeps beside the books, pages, JSON, commands."""
    for room in rooms(feature):
        part(room, "models")
    if feature != "ledger" and (checks := part(feature, "invariants")):
        invariants.BESIDE[feature] = checks.CHECKS
    if views := joined(feature, "views"):
        app.register_blueprint(views.blueprint)
    if in_json := joined(feature, "api"):
        from volunteer_app.web.api import api
        from volunteer_app.web.pages import csrf

        csrf.exempt(in_json.blueprint)
        api.register_blueprint(in_json.blueprint)
    if commands := part(feature, "commands"):
        app.cli.add_command(commands.group)


def joined(feature: str, name: str) -> ModuleType | None:
    """The module with the feature's blueprint, after `views_*.py` (or `api_*.py`) and those of its rooms have added
    their routes to it.
    """
    for room in rooms(feature):
        for found in iter_modules(import_module(f"{__name__}.{room}").__path__):
            if found.name == name or found.name.startswith(f"{name}_"):
                part(room, found.name)
    return part(feature, name)


def rooms(feature: str) -> list[str]:
    """The feature and the packages in it, as `store` and `store.shelf`."""
    inside = iter_modules(import_module(f"{__name__}.{feature}").__path__)
    return [feature, *(f"{feature}.{found.name}" for found in inside if found.ispkg)]


def part(feature: str, name: str) -> ModuleType | None:
    module = f"{__name__}.{feature}.{name}"
    return import_module(module) if find_spec(module) else None
