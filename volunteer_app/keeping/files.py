"""A backup file: gzip, one JSON line each for the head, every table's name, every row, and the end with the digests.

One road for both databases: all rows are read in one snapshot while writes go on, so the file restores into either.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Table
from sqlalchemy.orm import Session

from volunteer_app.core.database import make_durable
from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_
from volunteer_app.core.newfile import new_file
from volunteer_app.keeping.filling import Heads, add_rows, fill
from volunteer_app.keeping.rows import Adder, Digest, Row, dumps, rows_of, tables

KIND = "youlin backup 1"
MIGRATIONS = Path(__file__).parent.parent / "migrations"


class FileThere(Refused):
    """A backup never overwrites."""

    sentence = N_("“%(path)s”已经在了，换一个名字")


class NotABackup(Refused):
    """The file is something else, or was cut off before its end."""

    sentence = N_("“%(path)s”不是完整的备份")


class NotWritten(Refused):
    """The folder or the disk doesn't take the file."""

    sentence = N_("“%(path)s”写不下来：%(why)s")


class OtherRevision(Refused):
    """Made by another version of the program."""

    sentence = N_("备份是%(made)s版的，现在的程序是%(here)s版：请用那一版恢复，再升级")


@lru_cache
def revision() -> str:
    """The migration that the program is written for."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


def snapshot(engine: Engine) -> Session:
    """A session that sees the database as it is at its first read, however much is written meanwhile.

    Refuses OtherRevision.
    """
    session = Session(engine)
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    made = MigrationContext.configure(session.connection(execution_options=level)).get_current_revision()
    if made != revision():
        session.close()
        told = N_("数据库是%(made)s版的，现在的程序是%(here)s版：请先运行make db，或者用那一版的程序")
        raise OtherRevision(told, made=made or "-", here=revision())
    return session


def backup(engine: Engine, path: Path, *, now: datetime) -> dict[str, Digest]:
    """Writes every row to a new file; returns the digests. Refuses OtherRevision, FileThere, NotWritten."""
    try:
        with snapshot(engine) as session, new_file(path) as raw:
            return write_rows(session, raw, now=now)
    except FileExistsError:
        raise FileThere(path=path.name) from None
    except OSError as error:
        raise NotWritten(path=path, why=error.strerror) from error


def write_rows(session: Session, raw: IO[bytes], *, now: datetime) -> dict[str, Digest]:
    """Everything from the head to the end."""
    adders: dict[str, Adder] = {}
    with gzip.open(raw, "wt", encoding="utf-8") as file:
        say(file, {"kind": KIND, "revision": revision(), "at": now.isoformat()})
        for table in tables():
            say(file, {"table": table.name, "columns": names_of(table)})
            adder = adders[table.name] = Adder()
            for row in rows_of(session, table):
                adder.add(row)
                file.write(dumps(row) + "\n")
        make_durable(session)  # a backup never knows more than the database after a crash
        say(file, {"end": ending(adders)})
    return {name: adder.digest() for name, adder in adders.items()}


def names_of(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def ending(adders: dict[str, Adder]) -> dict[str, list[object]]:
    """What the last line says of each table."""
    told = {name: adder.digest() for name, adder in adders.items()}
    return {name: [digest.rows, digest.sum] for name, digest in told.items()}


def say(file: IO[str], what: dict[str, Any]) -> None:
    file.write(json.dumps(what, ensure_ascii=False) + "\n")


def restore(engine: Engine, path: Path) -> Heads:
    """Fills an empty database of the same revision; returns each community's entries and head.

    Refuses NotABackup, OtherRevision, NotEmpty, NotTheSame, BooksBroken; then nothing is written.
    """
    check_whole(path)
    return fill(engine, lambda session: write(session, path))


def check_whole(path: Path) -> None:
    """The file has every table with the columns that it has here, and its end, and every table is what the end says.

    Refuses NotABackup, OtherRevision.
    """
    wanted = {table.name: sorted(names_of(table)) for table in tables()}
    adders: dict[str, Adder] = {}
    adder, width = Adder(), -1  # no row before the first table
    for line in lines_of(path):
        match line:
            case [*row] if len(row) == width:
                adder.add(row)
            case {"table": str(name), "columns": [*columns]} if name not in adders and sorted(
                map(str, columns)
            ) == wanted.get(name):
                adder, width = adders.setdefault(name, Adder()), len(columns)
            case {"kind": _, "revision": made}:
                if made != revision():
                    raise OtherRevision(made=made, here=revision())
            case {"end": end} if adders.keys() == wanted.keys() and end == ending(adders):
                return
            case _:
                break
    raise NotABackup(path=path.name)


def write(session: Session, path: Path) -> dict[str, Digest]:
    """Adds the rows of the file, table after table, each value to the column that its table's line names."""
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
        places = [line["columns"].index(column) for column in names_of(by_name[name])]
        rows = ([row[place] for place in places] for row in until_next(lines, rest))
        told[name] = add_rows(session, by_name[name], rows)
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
    except (OSError, EOFError, ValueError, StopIteration, zlib.error) as error:
        raise NotABackup(path=path.name) from error
