"""Files in and out: whole or not at all, and one clear sentence for input that can't be used."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from ..problem import InvalidProblem, PersonId, Problem, ShiftId

T = TypeVar("T")

_SENTENCE = 200  # letters of a sentence about a file; a line of it may be of any length


class Unusable(Exception):
    """Input that can't be used; the text is the one sentence that the caller sees."""


def read(path: Path, loads: Callable[[str], T]) -> T:
    """What `loads` makes of the file's text; Unusable names the file and the place in it."""
    try:
        with _for_good():
            return loads(path.read_text(encoding="utf-8-sig"))
    except InvalidProblem as error:
        raise Unusable(f"{path}: {_cut(str(error))}") from error
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unusable(f"{path}: byte {error.start} is not UTF-8") from error


@contextmanager
def _for_good() -> Iterator[None]:
    """What is read here stays until the command ends: Python's collector neither walks it now nor ever again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= _SENTENCE else f"{sentence[:_SENTENCE]}…"


def expect_place(path: Path) -> None:
    """Unusable if no file can be written there: said before hours of work, not after."""
    if path.is_dir() or not path.parent.is_dir():
        raise Unusable(f"{path}: no file can be written there")


def write(path: Path, text: str) -> None:
    """The whole file or none: written beside it, then renamed."""
    write_all({path: text + "\n"})


def write_all(texts: Mapping[Path, str]) -> None:
    """All files or none: each is written beside its place, and renamed when all are."""
    beside: dict[str, Path] = {}
    try:
        for path, text in texts.items():
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            beside[name] = path
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
        for name in list(beside):
            os.replace(name, beside[name])
            del beside[name]
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    finally:
        for name in beside:
            os.unlink(name)


def expect_known(problem: Problem, *, shifts: Iterable[ShiftId] = (), people: Iterable[PersonId] = ()) -> None:
    """Unusable for the first id that the problem doesn't have."""
    for shift in shifts:
        if shift not in problem.shift:
            raise Unusable(f"shift {shift!r} is not in the problem")
    for person in people:
        if person not in problem.person:
            raise Unusable(f"person {person!r} is not in the problem")
