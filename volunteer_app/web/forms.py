"""The one way in which a page or the API writes: read the form, act once in one transaction, answer.

A view has four steps: who (access), load, act, answer. `act` opens the write transaction, remembers the form's one-time
key in it, and turns a refusal into the same page with its sentence; nothing is half-saved.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from flask import Response as FlaskResponse
from flask import flash, redirect, request
from marshmallow import Schema, ValidationError
from marshmallow import fields as kinds
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from volunteer_app.core.audit import Actor
from volunteer_app.core.database import absent, in_transaction, table_of
from volunteer_app.core.errors import AppError, BadInput, Refused
from volunteer_app.core.ids import fingerprint, new_key
from volunteer_app.core.language import N_, Text
from volunteer_app.web.access import actor, now
from volunteer_app.web.database import db
from volunteer_app.web.language import translate
from volunteer_app.web.models import KEY_LENGTH, Submission
from volunteer_app.web.refusals import note_refusal

Answer = Response | str | tuple[str, int]
"""What a view gives back: a page, a page with a status, or a way to go on."""


class KeyReused(Refused):
    """The same Idempotency-Key came with other content."""

    sentence = N_("这个请求编号已经用过，内容却不一样。")


class KeyTooLong(AppError):
    """A key names one request; it is no place for content."""

    status = 422
    sentence = N_("请求编号最多%(most)d个字符。")


@dataclass(slots=True)
class Form:
    """A form as it came: `values` are understood, `typed` is what the person wrote, `errors` sentences per field."""

    values: dict[str, Any] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, list[Text]] = field(default_factory=dict)

    def error(self, name: str) -> str:
        """The first sentence beside the field, translated; empty when the field is fine."""
        found = self.errors.get(name)
        return translate(found[0]) if found else ""

    def value(self, name: str, otherwise: Any = "") -> Any:
        """What to show in the field: what was typed, else `otherwise`."""
        return self.typed.get(name, otherwise)

    def refusal(self) -> str:
        """What base.html says first when the page is drawn again; empty while nothing is wrong."""
        return translate(BadInput.sentence) if self.errors else ""

    def refuse(self, error: AppError) -> None:
        """Puts a BadInput's sentences beside their fields."""
        if isinstance(error, BadInput):
            self.errors.update(error.fields)


@dataclass(frozen=True, slots=True)
class Done:
    """Where to go after a successful write, and what to say there."""

    location: str
    said: Text | str | None = None


def read_form(schema: Schema) -> Form:
    """Understands request.form (or the query of a GET form) by a marshmallow schema; never raises."""
    source = request.form if request.method == "POST" else request.args
    raw: dict[str, Any] = {}
    for name, kind in schema.fields.items():
        if isinstance(kind, kinds.List):
            raw[name] = source.getlist(name)
        elif name in source and (source[name].strip() or isinstance(kind, kinds.String)):
            raw[name] = source[name].strip()
    typed = {name: source.getlist(name) if isinstance(value, list) else source.get(name) for name, value in raw.items()}
    typed |= {name: source[name] for name in source if name not in typed}
    try:
        return Form(values=schema.load(raw), typed=typed)
    except ValidationError as error:
        return Form(values=dict(error.valid_data or {}), typed=typed, errors=as_texts(dict(error.messages_dict)))


def as_texts(messages: Mapping[str, Any]) -> dict[str, list[Text]]:
    """marshmallow's messages as translatable sentences per field; nested ones get dotted names."""
    texts: dict[str, list[Text]] = {}
    for name, found in messages.items():
        if isinstance(found, dict):
            texts |= {
                f"{name}.{inner}": text for inner, text in as_texts({str(k): v for k, v in found.items()}).items()
            }
        else:
            items = found if isinstance(found, list) else [found]
            texts[str(name)] = [item if isinstance(item, Text) else Text(str(item)) for item in items]
    return texts


def act(
    work: Callable[[Session, Actor, datetime], Done], *, refused: Callable[[AppError], str] | None = None
) -> Response | tuple[str, int]:
    """Carries out a page's write once and redirects; `refused` draws the same page again with the refusal."""
    try:
        status_answer = once(form_key(), lambda session: write_page(work, session))
    except AppError as error:
        db.session.rollback()
        if refused is None:
            raise
        return refused(error), error.status
    said = json.loads(status_answer.answer)
    if said["said"]:
        flash(said["said"], "yes")
    return redirect(said["location"], 303)


def write_page(work: Callable[[Session, Actor, datetime], Done], session: Session) -> tuple[str, int]:
    done = work(session, actor(), now())
    said = done.said if isinstance(done.said, Text) or done.said is None else Text(done.said)
    sentence = [said.template, said.values] if said else None
    return json.dumps({"location": done.location, "said": sentence}), 303


def api_act(
    work: Callable[[Session, Actor, datetime], Any],
    *,
    shape: Schema,
    status: int = 200,
    add: Callable[[Any], Any] | None = None,
) -> FlaskResponse:
    """Carries out an API write once per Idempotency-Key and answers with `shape`'s JSON. The answer is stored for that
    key; `add` completes it each time that it is given, with what must not be stored.
    """

    def write(session: Session) -> tuple[str, int]:
        return json.dumps(shape.dump(work(session, actor(), now())), ensure_ascii=False), status

    done = once(request.headers.get("Idempotency-Key") or new_key(), write)
    answer = json.dumps(add(json.loads(done.answer)), ensure_ascii=False) if add else done.answer
    return FlaskResponse(answer, done.status, mimetype="application/json")


def form_key() -> str:
    """The one-time key of the form; a form without one acts each time it is sent."""
    return request.form.get("once_key") or new_key()


class Answered(NamedTuple):
    """A Submission's content, answer and status."""

    content: str
    answer: str
    status: int


def once(key: str, write: Callable[[Session], tuple[str, int]]) -> Answered:
    """Runs `write` in one transaction together with its Submission row; a repeated key gives the first answer.

    A refusal rolls all of it back and leaves one audit row. Refuses KeyTooLong, KeyReused.
    """
    if len(key) > KEY_LENGTH:
        raise KeyTooLong(most=KEY_LENGTH)
    session = db.session()
    person_id = actor().person_id or 0
    content = fingerprint(f"{request.path}|{sorted(request.form.items(multi=True))}|{request.get_data(as_text=True)}")

    def run() -> Answered:
        """The key is claimed before the work, so that a second press waits for the first one's end."""
        if not claim(session, person_id, key, content):
            return same_content(submitted(session, person_id, key), content)
        answer, status = write(session)
        session.execute(ANSWER, {"of": person_id, "under": key, "answer": answer, "status": status})
        return Answered(content, answer, status)

    try:
        return in_transaction(session, run)
    except AppError as error:
        note_refusal(error)
        raise


SUBMISSIONS = table_of(Submission)
MINE = (SUBMISSIONS.c.person_id == bindparam("of"), SUBMISSIONS.c.key == bindparam("under"))
ASKED = select(SUBMISSIONS.c.content, SUBMISSIONS.c.answer, SUBMISSIONS.c.status).where(*MINE)
ANSWER = update(SUBMISSIONS).where(*MINE)


def claim(session: Session, person_id: int, key: str, content: str) -> bool:
    """Whether nobody has sent this key before. Whoever is sending it just now is waited for."""
    row = {"person_id": person_id, "key": key, "content": content, "answer": "", "status": 0, "at": now()}
    add = absent(session.get_bind().dialect.name, SUBMISSIONS).returning(SUBMISSIONS.c.id)
    return session.execute(add, row).first() is not None


def submitted(session: Session, person_id: int, key: str) -> Answered:
    return Answered(*session.execute(ASKED, {"of": person_id, "under": key}).one())


def same_content(found: Answered, content: str) -> Answered:
    if found.content != content:
        raise KeyReused
    return found


def once_key() -> str:
    """A fresh one-time key for a form."""
    return new_key()
