"""The library's own JSON, versioned: problems, plans and results. Refuses to know where they're kept.

docs/native-format.md says what each field means.

A document is `{"format": "youlin-problem" | "youlin-plan" | "youlin-result", "version": 1, ...fields}`. Fields carry
the names and units of the dataclasses; sets are sorted lists; a field that has a default may be left out; an unknown
field is an error, so that a misspelt rule isn't lost in silence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

from ..plan import Plan, Result
from ..problem import InvalidProblem, Problem

VERSION = 1
_LARGEST = 1_000_000_000
_FORMATS: dict[type[Any], str] = {Problem: "youlin-problem", Plan: "youlin-plan", Result: "youlin-result"}

T = TypeVar("T")
Decoder: TypeAlias = Callable[[object], Any]


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
    return cast(T, _decoder(cast(Any, kind))(rest))


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
    if isinstance(value, (str, int, float, NoneType)):
        return value
    if isinstance(value, frozenset):
        return sorted(_encoded(one) for one in value)
    if isinstance(value, tuple):
        return [_encoded(one) for one in value]
    found = ((name, getattr(value, name), default) for name, default in _defaults(cast(Any, type(value))))
    return {name: _encoded(one) for name, one, default in found if default is MISSING or one != default}


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


@cache
def _decoder(kind: Any) -> Decoder:
    """Reads a value of this type. A mistake knows its place inside the value alone; those around it add the rest."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return _optional(*(_decoder(arg) for arg in args if arg is not NoneType))
    if origin is tuple and args[-1] is not Ellipsis:
        return _row(tuple(_decoder(arg) for arg in args))
    if origin in (tuple, frozenset):
        return _rows(origin, _decoder(args[0]))
    return _object(kind) if is_dataclass(kind) else _scalar(kind)


def _optional(inner: Decoder) -> Decoder:
    return lambda value: None if value is None else inner(value)


def _row(inner: tuple[Decoder, ...]) -> Decoder:
    def decode(value: object) -> object:
        if len(_list(value)) != len(inner):
            raise InvalidProblem("", f"expected {len(inner)} values, found {len(_list(value))}")
        return tuple(_each(zip(inner, _list(value), strict=True)))

    return decode


def _rows(origin: Callable[[Iterable[object]], object], inner: Decoder) -> Decoder:
    return lambda value: origin(_each((inner, one) for one in _list(value)))


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise InvalidProblem("", f"expected a list, found {_shown(value)}")
    return value


def _each(rows: Iterable[tuple[Decoder, object]]) -> list[object]:
    found: list[object] = []
    try:
        for decode, one in rows:
            found.append(decode(one))
    except InvalidProblem as error:
        raise _inside(f"[{len(found)}]", error) from error
    return found


def _object(kind: Any) -> Decoder:
    known = {field.name: field for field in fields(kind)}
    decoders = {name: _decoder(hint) for name, hint in get_type_hints(kind).items() if name in known}
    required = [name for name, field in known.items() if field.default is MISSING]

    def decode(value: object) -> object:
        if not isinstance(value, dict):
            raise InvalidProblem("", f"expected an object, found {_shown(value)}")
        for name in value.keys() - decoders.keys():
            raise InvalidProblem(name, "is not a field of this format")
        for name in required:
            if name not in value:
                raise InvalidProblem(name, "is missing")
        found, name = {}, ""
        try:
            for name, one in value.items():
                found[name] = decoders[name](one)
        except InvalidProblem as error:
            raise _inside(name, error) from error
        return kind(**found)

    return decode


def _inside(place: str, error: InvalidProblem) -> InvalidProblem:
    """The mistake seen from around it."""
    between = "." if error.place and not error.place.startswith("[") else ""
    return InvalidProblem(f"{place}{between}{error.place}", error.why)


def _scalar(kind: Any) -> Decoder:
    if kind is int:
        return _whole

    def decode(value: object) -> object:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise InvalidProblem("", f"expected {_WORDS[kind]}, found {_shown(value)}")

    return decode


def _whole(value: object) -> int:
    if type(value) is not int:
        raise InvalidProblem("", f"expected {_WORDS[int]}, found {_shown(value)}")
    if not -_LARGEST <= value <= _LARGEST:
        raise InvalidProblem("", f"{value} is more than {_LARGEST:,} away from 0")
    return value


_WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:37] + "..."
