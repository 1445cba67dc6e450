"""One sheet for the screen: tokens, base and every component's sheet, joined when the application starts.

The address carries the content's fingerprint, so browsers may keep it for ever and never show an old one.
"""

from pathlib import Path

from flask import Flask, Response, abort

from volunteer_app.core.ids import fingerprint
from volunteer_app.web.access import PUBLIC, access

FOR_EVER = "public, max-age=31536000, immutable"


def joined(folder: Path) -> str:
    """The sheets' text in their order; addresses in them are relative to a folder beside theirs."""
    paths = [folder / "tokens.css", folder / "base.css", *sorted((folder / "components").glob("*.css"))]
    return "\n".join(path.read_text("utf-8") for path in paths)


def init_app(app: Flask) -> None:
    assert app.static_folder is not None
    text = joined(Path(app.static_folder))
    name = f"{fingerprint(text)[:16]}.css"
    app.jinja_env.globals["styles_href"] = f"/static/joined/{name}"

    @app.get("/static/joined/<asked>")
    @access(PUBLIC)
    def styles(asked: str) -> Response:
        """The joined sheet; an old address is gone."""
        if asked != name:
            abort(404)
        return Response(text, mimetype="text/css", headers={"Cache-Control": FOR_EVER})
