"""The JSON API's document: OpenAPI 3.1 from the marshmallow schemas, under /api/v1, drawn by our own page."""

from flask import Flask, render_template
from flask_smorest import Api, Blueprint

from volunteer_app.web.access import PUBLIC, access

api = Api()
PREFIX = "/api/v1"


def api_blueprint(name: str, *, about: str) -> Blueprint:
    """A feature's part of the API; its endpoints are named api-<name>.<function>."""
    return Blueprint(f"api-{name}", name, url_prefix=PREFIX, description=about)


def configure(app: Flask) -> None:
    app.config.update(
        API_TITLE="Youlin",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    api.init_app(app)

    @app.get("/api")
    @access(PUBLIC)
    def api_page() -> str:
        """The API for people: every address, who may call it, what goes in and what comes out."""
        return render_template("api.html", document=api.spec.to_dict())
