"""Opens a downloaded file as another program would."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse


def rows_of(content: bytes) -> list[list[Any]]:
    """All rows of the first sheet, the title's among them."""
    found: list[list[Any]] = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    return found


def table_of(content: bytes, first_head: str) -> list[dict[str, Any]]:
    """The rows under the column names, of which `first_head` is the first; columns of the same name get a number."""
    rows = rows_of(content)
    head = next(number for number, row in enumerate(rows) if row[0] == first_head)
    names = [name if rows[head].index(name) == place else f"{name}{place}" for place, name in enumerate(rows[head])]
    return [dict(zip(names, row, strict=True)) for row in rows[head + 1 :]]


def part_of(content: bytes, name: str) -> str:
    """One XML part of the file."""
    with ZipFile(BytesIO(content)) as file:
        return file.read(name).decode()


def take(client: FlaskClient, address: str) -> TestResponse:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer
