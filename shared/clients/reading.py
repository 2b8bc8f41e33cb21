"""JSON into what a client returns.

Not by the codec: its table of types is closed, so that no event holds free JSON, while replies do
(`metadata`, as in the seed; an event's data). A reply's reader is tolerant besides: fields it does
not know are ignored, so that a service may add some first.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from chassis.errors import Internal

R = TypeVar("R")
Json = Mapping[str, Any]  # an object as it was sent
Reader = Callable[[Any, str], Any]  # (JSON, where it stands) -> value


def read(cls: type[R], data: Any, where: str) -> R:
    """Return the dataclass `cls` that `data` describes; `where` names it in an error.

    Raises `Internal("clients.unreadable_reply")` for a field that is missing or of another type,
    by its place alone: what stands there may be a secret.
    """
    hint: Any = cls
    value: R = _reader(hint)(data, where)
    return value


@cache
def _reader(hint: Any) -> Reader:
    """Return what reads a value of that type. Raises `TypeError` for a type no reply may have."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (each for each in arguments if each is not type(None))
        return _optional(_reader(inner))
    if origin is tuple and arguments[1:] == (...,):
        return _tuple(_reader(arguments[0]))
    if origin is Literal:
        return _reader(str)
    if hint == Json:
        return _plain(dict)
    if hint in _TEXTS:
        return _text(_TEXTS[hint])
    if hint in (str, int, bool):
        return _plain(hint)
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        return _value(hint)
    raise TypeError(f"no reply holds {hint}")


def _optional(inner: Reader) -> Reader:
    return lambda data, where: None if data is None else inner(data, where)


def _tuple(inner: Reader) -> Reader:
    def each(data: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise _unreadable(where)
        return tuple(inner(data[at], f"{where}.{at}") for at in range(len(data)))

    return each


def _plain(cls: type[Any]) -> Reader:
    def same(data: Any, where: str) -> Any:
        if type(data) is not cls:  # True is no number
            raise _unreadable(where)
        return data

    return same


def _text(parse: Callable[[str], Any]) -> Reader:
    def parsed(data: Any, where: str) -> Any:
        if not isinstance(data, str):
            raise _unreadable(where)
        try:
            return parse(data)
        except ValueError:
            raise _unreadable(where) from None

    return parsed


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return moment


_TEXTS: Mapping[Any, Callable[[str], Any]] = {
    UUID: UUID,
    date: date.fromisoformat,
    datetime: _moment,
}


def _value(cls: type[Any]) -> Reader:
    hints = get_type_hints(cls)
    readers = {each.name: _reader(hints[each.name]) for each in fields(cls)}
    required = {
        each.name
        for each in fields(cls)
        if each.default is MISSING and each.default_factory is MISSING
    }

    def value(data: Any, where: str) -> Any:
        if not isinstance(data, dict):
            raise _unreadable(where)
        for name in sorted(required - data.keys()):
            raise _unreadable(f"{where}.{name}")
        given = {name: data[name] for name in readers if name in data}
        return cls(**{name: readers[name](given[name], f"{where}.{name}") for name in given})

    return value


def _unreadable(where: str) -> Internal:
    return Internal(
        "clients.unreadable_reply", f"{where} is not as it should be", details={"at": where}
    )
