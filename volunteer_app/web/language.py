"""Which language a page speaks, and the catalogues. Chinese is the source; translations/en/LC_MESSAGES/*.po is English.

The .po files are compiled in memory at start, so there is no build step and no binary file in the repository.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request

from volunteer_app.core.language import Text
from volunteer_app.web.filters import MONTHS_EN

LANGUAGES = ("zh", "en")
SIZES = ("normal", "large", "xlarge")
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """All features' messages of one language, merged; Chinese needs none."""
    merged: Translations | None = None
    for path in sorted((CATALOGUES / language / "LC_MESSAGES").glob("*.po")):
        buffer = BytesIO()
        with path.open("rb") as file:
            write_mo(buffer, read_po(file, locale=language))
        buffer.seek(0)
        one = Translations(fp=buffer)
        merged = one if merged is None else merged.merge(one)
    return merged if merged is not None else NullTranslations()


def language() -> str:
    """zh or en for the present request; Chinese outside of one."""
    if not has_request_context():
        return "zh"
    return str(g.get("language", "zh"))


def text_size() -> str:
    """normal, large or xlarge for the present request."""
    return str(g.get("text_size", "normal"))


def gettext(message: str) -> str:
    return str(catalogue(language()).ugettext(message))


def ngettext(singular: str, plural: str, n: int) -> str:
    return str(catalogue(language()).ungettext(singular, plural, n))


class MonthNumber(int):
    """A stored month, 1 to 12, that an English sentence may write by name: `%(month)s` is Oct, `%(month)d` 10."""

    def __str__(self) -> str:
        return MONTHS_EN[self - 1][:3]


def translate(text: Text | str, into: str | None = None) -> str:
    """The text in the request's language, or in `into`."""
    found = catalogue(into or language())
    if isinstance(text, str):
        return str(found.ugettext(text))
    template = str(found.ugettext(text.template))
    values = {name: translate(value, into) if isinstance(value, Text) else value for name, value in text.values.items()}
    if isinstance(month := values.get("month"), int):
        values["month"] = MonthNumber(month)
    return template % values if values else template


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters["translate"] = translate

    @app.before_request
    def choose() -> None:
        """Cookie first; a signed-in person's own choice replaces it in access.py."""
        if request.cookies.get("language") in LANGUAGES:
            g.language = request.cookies["language"]
        if request.cookies.get("size") in SIZES:
            g.text_size = request.cookies["size"]
