"""Dataclass <-> JSON: stored events, what is told, requests and replies."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import Schema, ValidationError

from chassis.asked import sensitive_fields
from chassis.errors import Invalid
from chassis.marshalling import REPLY, STRICT, TOLERANT, schema

R = TypeVar("R")
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class Codec:
    """Reads and writes the stored events of one service; every version ever written."""

    def __init__(
        self,
        events: Iterable[type[Any]],
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        """`upcasters[(type, version)]` turns that version's data into the next version's."""
        self.types: dict[str, type[Any]] = {}
        self.upcasters = upcasters or {}
        for cls in events:
            if self.types.setdefault(cls.__name__, cls) is not cls:
                raise TypeError(f"two events are called {cls.__name__}")
            schema(cls)

    def dump(self, event: Any) -> dict[str, Any]:
        """Return the event's data as JSON."""
        return dump(event)

    def load(self, name: str, version: int, data: dict[str, Any]) -> Any:
        """Return the stored event of that type and version, brought up to today's version."""
        cls = self.types[name]
        while version < schema_version(cls):
            data, version = self.upcasters[(name, version)](data), version + 1
        return load(cls, data)


def schema_version(cls: type[Any]) -> int:
    """Return the version in which `cls` is written: its `SCHEMA`, or 1."""
    return int(getattr(cls, "SCHEMA", 1))


def load(cls: type[Any], data: Any, *, tolerant: bool = False) -> Any:
    """Return the value of `cls` that the JSON `data` describes.

    A tolerant reader ignores fields it does not know. Raises `Invalid` with the fields at fault.
    """
    return load_with(schema(cls, TOLERANT if tolerant else STRICT), data)


def load_with(reader: Schema, data: Any) -> Any:
    """Return what `reader` makes of `data`. Raises `Invalid` with the fields at fault."""
    try:
        return reader.load(data)
    except ValidationError as error:
        raise Invalid(
            "chassis.invalid_argument",
            "these arguments are not as they should be",
            details={"fields": error.messages_dict},
        ) from None


class Unreadable(ValueError):
    """A reply that is not as agreed; `at` is the place of the first fault, '' for the whole."""

    def __init__(self, at: str) -> None:
        """`at`: 'items.0.id'. What stands there may be a secret, so nothing of it is said."""
        super().__init__(f"{at} is not as it should be")
        self.at = at


def read_reply(cls: type[R], data: Any) -> R:
    """Return the reply of `cls` that the JSON `data` is. Raises `Unreadable`."""
    try:
        reply: R = schema(cls, REPLY).load(data)
    except ValidationError as error:
        raise Unreadable(_first(error.messages)) from None
    return reply


def _first(messages: Any) -> str:
    """Return where the first of marshmallow's messages belongs."""
    path = []
    while isinstance(messages, dict):
        name, messages = next(iter(messages.items()))
        path.append(str(name))
    return ".".join(each for each in path if each != "_schema")


def dump(value: Any) -> dict[str, Any]:
    """Return the value's fields as JSON."""
    dumped: dict[str, Any] = schema(type(value)).dump(value)
    return dumped


def plain(value: Any, *, secrets: bool = True) -> Any:
    """Return `value` as JSON holds it: ids and times as strings, times in UTC with a Z.

    Of a dataclass, a field that may lack (its default is None) is left out where it is None.
    Without `secrets`, what is marked as sensitive is null, however deep it lies.
    """
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case UUID() | date():
            return str(value)
        case Mapping():
            return {str(key): plain(each, secrets=secrets) for key, each in value.items()}
        case list() | tuple():
            return [plain(each, secrets=secrets) for each in value]
    if not isinstance(value, str | int) and is_dataclass(value):  # most are plain; quickly told
        return {
            name: plain(each, secrets=secrets) if secrets or not secret else None
            for name, omitted, secret in _parts(value.__class__)
            if (each := getattr(value, name)) is not omitted
        }
    return value


@cache
def _parts(cls: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Return by field what is left out of its JSON: None where that is the default.

    With it comes whether the field is marked as sensitive.
    """
    secret = sensitive_fields(cls)
    return tuple(
        (each.name, each.default if each.default is None else MISSING, each.name in secret)
        for each in fields(cls)
    )


def snake(name: str) -> str:
    """Return a class's name as it stands in a routing key: 'InvoicePaid' -> 'invoice_paid'."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
