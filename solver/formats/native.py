"""The library's own JSON, versioned: problems, plans and results. Refuses to know where they're kept.

docs/native-format.md says what each field means.

A document is `{"format": "youlin-problem" | "youlin-plan" | "youlin-result", "version": 1, ...fields}`. Fields carry
the names and units of the dataclasses; sets are sorted lists; a field that has a default may be left out; an unknown
field is an error, so that a misspelt rule isn't lost in silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from ..plan import Plan, Result
from ..problem import InvalidProblem, Problem

VERSION = 1
_LARGEST = 1_000_000_000
_FORMATS: dict[type[Any], str] = {Problem: "youlin-problem", Plan: "youlin-plan", Result: "youlin-result"}

T = TypeVar("T")


def dumps(value: Problem | Plan | Result) -> str:
    """Stable text: equal values give equal text."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def loads_problem(text: str) -> Problem:
    """Raises InvalidProblem with the place of the first mistake."""
    return from_plain(Problem, _parsed(text))


def loads_plan(text: str) -> Plan:
    """Also takes a result and returns its plan. Raises InvalidProblem with the place of the first mistake."""
    value = _parsed(text)
    if isinstance(value, dict) and value.get("format") == _FORMATS[Result]:
        return from_plain(Result, value).plan
    return from_plain(Plan, value)


def loads_result(text: str) -> Result:
    """Raises InvalidProblem with the place of the first mistake."""
    return from_plain(Result, _parsed(text))


def to_plain(value: Problem | Plan | Result) -> dict[str, Any]:
    """Plain JSON values with format and version."""
    return {"format": _FORMATS[type(value)], "version": VERSION, **_encoded(value)}


def from_plain(kind: type[T], value: object) -> T:
    """The reverse of `to_plain` for Problem, Plan or Result. Raises InvalidProblem."""
    if not isinstance(value, dict):
        raise InvalidProblem("document", "is not a JSON object")
    rest = dict(value)
    _expect(rest, "format", _FORMATS[kind])
    _expect(rest, "version", VERSION)
    return cast(T, _decoded(kind, rest, ""))


def _parsed(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise InvalidProblem(f"line {error.lineno} column {error.colno}", f"not JSON: {error.msg}") from error
    except RecursionError:
        raise InvalidProblem("document", "is nested too deeply") from None
    except ValueError as error:  # a whole number of thousands of digits
        if isinstance(error, InvalidProblem):
            raise
        raise InvalidProblem("document", "has a number that is too large") from error


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise InvalidProblem(next(name for name in names if names.count(name) > 1), "appears twice in one object")
    return found


def _no_number(text: str) -> None:
    raise InvalidProblem("document", f"{text} is not a number of this format")


def _expect(document: dict[str, object], name: str, wanted: object) -> None:
    if name not in document:
        raise InvalidProblem(name, f"is missing: this program reads {wanted!r}")
    found = document.pop(name)
    if type(found) is not type(wanted) or found != wanted:
        raise InvalidProblem(name, f"this program reads {wanted!r}, found {_shown(found)}")


def _encoded(value: Any) -> Any:
    if is_dataclass(value):
        return {
            field.name: _encoded(getattr(value, field.name))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, frozenset):
        return sorted(_encoded(one) for one in value)
    if isinstance(value, tuple):
        return [_encoded(one) for one in value]
    return value


def _decoded(kind: Any, value: object, place: str) -> Any:
    origin = get_origin(kind)
    if origin is UnionType:
        return _decoded_optional(kind, value, place)
    if origin in (tuple, frozenset):
        return _decoded_rows(kind, value, place)
    if is_dataclass(kind):
        return _decoded_object(kind, value, place)
    return _decoded_scalar(kind, value, place)


def _decoded_optional(kind: Any, value: object, place: str) -> Any:
    if value is None:
        return None
    (inner,) = (arg for arg in get_args(kind) if arg is not NoneType)
    return _decoded(inner, value, place)


def _decoded_rows(kind: Any, value: object, place: str) -> Any:
    if not isinstance(value, list):
        raise InvalidProblem(place, f"expected a list, found {_shown(value)}")
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple and args[-1] is not Ellipsis:
        if len(value) != len(args):
            raise InvalidProblem(place, f"expected {len(args)} values, found {len(value)}")
        return tuple(_decoded(arg, one, f"{place}[{i}]") for i, (arg, one) in enumerate(zip(args, value, strict=True)))
    return origin(_decoded(args[0], one, f"{place}[{i}]") for i, one in enumerate(value))


def _decoded_object(kind: Any, value: object, place: str) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidProblem(place, f"expected an object, found {_shown(value)}")
    hints, known = _hints(kind), {field.name: field for field in fields(kind)}
    for name in value:
        if name not in known:
            raise InvalidProblem(_joined(place, name), "is not a field of this format")
    for name, field in known.items():
        if name not in value and field.default is MISSING:
            raise InvalidProblem(_joined(place, name), "is missing")
    found = {name: _decoded(hints[name], one, _joined(place, name)) for name, one in value.items()}
    try:
        return kind(**found)
    except InvalidProblem as error:
        raise InvalidProblem(_joined(place, error.place), error.why) from error


def _decoded_scalar(kind: Any, value: object, place: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise InvalidProblem(place, f"expected {_WORDS[kind]}, found {_shown(value)}")
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise InvalidProblem(place, f"{value} is more than {_LARGEST:,} away from 0")
    return value


_WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _joined(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "..."
