"""What a request says is text that every database can store: no NUL, no half of a surrogate pair. Asked once, before
any view, whatever the text came with: address, form, query or JSON.
"""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask, request

from volunteer_app.core.errors import BadInput
from volunteer_app.core.language import N_, Text

UNFIT = re.compile("[\0\ud800-\udfff]")
ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""JSON without these, and it nearly always is, needn't be looked through."""


class UnfitText(BadInput):
    """PostgreSQL stores no NUL, and nothing writes half of a surrogate pair."""

    sentence = N_("里面有看不见的字符，请删掉重写。")

    def __init__(self, names: list[str]) -> None:
        super().__init__({name: [Text(self.sentence)] for name in names})


def check_texts() -> None:
    """Refuses UnfitText, named by the fields that have to be written again."""
    names = [name for name, said in texts() if UNFIT.search(name) or UNFIT.search(said)]
    if names or UNFIT.search(request.path):
        raise UnfitText([UNFIT.sub("", name) for name in names])


def texts() -> Iterator[tuple[str, str]]:
    """(field, text) of everything that was sent."""
    for source in (request.args, request.form):
        yield from source.items(multi=True)
    if request.is_json and ESCAPED.search(request.get_data()):
        sent = request.get_json(silent=True)
        for name, value in sent.items() if isinstance(sent, dict) else [("", sent)]:
            yield from ((name, said) for said in inside(value))
            yield name, ""


def inside(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from inside(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from inside(inner)


def init_app(app: Flask) -> None:
    app.before_request(check_texts)
