"""A backup file: gzip, one JSON line each for the head, every table's name, every row, and the end with the digests.

One road for both databases: all rows are read in one snapshot while writes go on, so the file restores into either.
"""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from volunteer_app.core.database import make_durable
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_
from volunteer_app.keeping.filling import Heads, add_rows, fill
from volunteer_app.keeping.rows import Adder, Digest, Row, dumps, rows_of, tables

KIND = "youlin backup 1"


class FileThere(Refused):
    """A backup never overwrites."""

    sentence = N_("“%(path)s”已经在了，换一个名字")


class NotABackup(Refused):
    """The file is something else, or was cut off before its end."""

    sentence = N_("“%(path)s”不是完整的备份")


class OtherRevision(Refused):
    """Made by another version of the program."""

    sentence = N_("备份是%(made)s版的，现在的程序是%(here)s版：请用那一版恢复，再升级")


def snapshot(engine: Engine) -> Session:
    """A session that sees the database as it is at its first read, however much is written meanwhile."""
    session = Session(engine)
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    session.connection(execution_options=level)
    return session


def revision(session: Session) -> str:
    """The database's migration."""
    return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def backup(engine: Engine, path: Path, *, now: datetime) -> dict[str, Digest]:
    """Writes every row to a new file that only its owner may read; returns the digests. Refuses FileThere."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileThere(path=path.name) from None
    with (
        os.fdopen(descriptor, "wb") as raw,
        gzip.open(raw, "wt", encoding="utf-8") as file,
        snapshot(engine) as session,
    ):
        say(file, {"kind": KIND, "revision": revision(session), "at": now.isoformat()})
        told = {}
        for table in tables():
            say(file, {"table": table.name, "columns": [column.name for column in table.columns]})
            adder = Adder()
            for row in rows_of(session, table):
                adder.add(row)
                file.write(dumps(row) + "\n")
            told[table.name] = adder.digest()
        make_durable(session)  # a backup never knows more than the database after a crash
        say(file, {"end": {name: [digest.rows, digest.sum] for name, digest in told.items()}})
    return told


def say(file: IO[str], what: dict[str, Any]) -> None:
    file.write(json.dumps(what, ensure_ascii=False) + "\n")


def restore(engine: Engine, path: Path) -> Heads:
    """Fills an empty database of the same revision; returns each community's entries and head.

    Refuses NotABackup, OtherRevision, NotEmpty, NotTheSame, BooksBroken; then nothing is written.
    """
    if not path.exists():
        raise NotFound
    with Session(engine) as session:
        here = revision(session)
    check_whole(path, here)
    return fill(engine, lambda session: write(session, path))


def check_whole(path: Path, here: str) -> None:
    """The file has its end, and every table is what the end says."""
    adders: dict[str, Adder] = {}
    head: dict[str, Any] = {}
    for line in lines_of(path):
        if isinstance(line, list):
            adders[list(adders)[-1]].add(line)
        elif "table" in line:
            adders[line["table"]] = Adder()
        elif "kind" in line:
            head = line
        elif "end" in line:
            found = {name: adder.digest() for name, adder in adders.items()}
            if found == {name: Digest(*digest) for name, digest in line["end"].items()}:
                if head.get("revision") != here:
                    raise OtherRevision(made=head.get("revision"), here=here)
                return
    raise NotABackup(path=path.name)


def write(session: Session, path: Path) -> dict[str, Digest]:
    """Adds the rows of the file, table after table."""
    by_name = {table.name: table for table in tables()}
    told: dict[str, Digest] = {}
    lines = lines_of(path)
    line: Any = next(lines)
    while "end" not in line:
        name = line.get("table")
        if name is None:
            line = next(lines)
            continue
        rest: list[Any] = []
        told[name] = add_rows(session, by_name[name], until_next(lines, rest))
        line = rest[0]
    return told


def until_next(lines: Iterator[Any], rest: list[Any]) -> Iterator[Row]:
    """Rows up to the next line that isn't one, which goes into `rest`."""
    for line in lines:
        if not isinstance(line, list):
            rest.append(line)
            return
        yield line


def lines_of(path: Path) -> Iterator[Any]:
    """The file's lines; refuses NotABackup when they can't be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            first = json.loads(next(file))
            if not isinstance(first, dict) or first.get("kind") != KIND:
                raise NotABackup(path=path.name)
            yield first
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError, StopIteration) as error:
        raise NotABackup(path=path.name) from error
