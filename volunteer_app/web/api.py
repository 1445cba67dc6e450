"""The JSON API's document: OpenAPI 3.1 from the marshmallow schemas, under /api/v1, drawn by our own page."""

from typing import Any

from flask import Flask, render_template
from flask_smorest import Api, Blueprint

from volunteer_app.web.access import PUBLIC, access

api = Api()
PREFIX = "/api/v1"
METHODS = ("get", "post", "put", "patch", "delete")


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
        """The API for people: every address, what it does, what goes in and what comes out."""
        groups = calls(api.spec.to_dict())
        return render_template("api.html", groups=groups, openapi_href=f"{PREFIX}/openapi.json")


def calls(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The document's operations by tag: {"name", "rows"}, rows as the data_table component takes them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in METHODS:
                continue
            cells = {
                "call": f"{method.upper()} {path}",
                "about": operation.get("summary", ""),
                "sends": schema_name(operation.get("requestBody", {})),
                "gives": ", ".join(filter(None, map(schema_name, operation["responses"].values()))),
            }
            groups.setdefault(operation["tags"][0], []).append({"cells": cells})
    return [{"name": name, "rows": rows} for name, rows in sorted(groups.items())]


def schema_name(part: dict[str, Any]) -> str:
    """The name of the schema in a request body or a response, with [] for a list; empty for none."""
    schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    name = str(schema.get("items", schema).get("$ref", "")).rpartition("/")[2]
    return f"{name}[]" if name and "items" in schema else name
