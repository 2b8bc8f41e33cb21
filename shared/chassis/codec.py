"""Dataclass <-> JSON, by marshmallow: a field is written once, as an annotation.

The table of types is closed: str int bool UUID date datetime Money Literal, optional ones, tuples
of them and values nested in values. Anything else, a `float` above all, is refused when the
service starts.
"""

import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, post_load, validate
from marshmallow import fields as field

from chassis.errors import Invalid
from chassis.money import Money

Unknown = Literal["raise", "exclude"]  # what becomes of fields that a value has not
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
    return load_with(schema(cls, EXCLUDE if tolerant else RAISE), data)


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


def dump(value: Any) -> dict[str, Any]:
    """Return the value's fields as JSON."""
    dumped: dict[str, Any] = schema(type(value)).dump(value)
    return dumped


def plain(value: Any) -> Any:
    """Return `value` as JSON holds it: ids and times as strings, times in UTC with a Z."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case UUID() | date():
            return str(value)
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
    return value


def snake(name: str) -> str:
    """Return a class's name as it stands in a routing key: 'InvoicePaid' -> 'invoice_paid'."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def schema(cls: type[Any], unknown: Unknown = RAISE) -> Schema:
    """Return the marshmallow schema of a dataclass, made once.

    `unknown` (RAISE or EXCLUDE) holds for the values nested in it too.
    """
    if (cls, unknown) not in _SCHEMAS:
        _SCHEMAS[(cls, unknown)] = schema_class(cls, unknown=unknown)(unknown=unknown)
    return _SCHEMAS[(cls, unknown)]


_SCHEMAS: dict[tuple[type[Any], Unknown], Schema] = {}


def schema_class(
    cls: type[Any],
    rules: Mapping[str, Iterable[Callable[[Any], Any]]] | None = None,
    unknown: Unknown = RAISE,
) -> type[Schema]:
    """Return the schema class of a dataclass; `rules` adds marshmallow validators by field."""
    if not is_dataclass(cls):
        raise TypeError(f"no codec for {cls!r}: not a value")
    hints = get_type_hints(cls)
    rules = rules or {}
    if missing := set(rules) - {each.name for each in fields(cls)}:
        raise TypeError(f"{cls.__name__} has no {sorted(missing)}")
    members: dict[str, Any] = {}
    for each in fields(cls):
        options: dict[str, Any] = {"required": True}
        if each.default is not MISSING:
            options = {"load_default": each.default}
        elif each.default_factory is not MISSING:
            options = {"load_default": each.default_factory}
        where = f"{cls.__name__}.{each.name}"
        member = _field(hints[each.name], where, options, unknown)
        member.validators += list(rules.get(each.name, ()))
        members[each.name] = member
    members["make"] = post_load(lambda self, data, **_: cls(**data))
    return type(f"{cls.__name__}Schema", (Schema,), members)


def request(cls: type[Any], **rules: Any) -> type[Schema]:
    """Return the schema class of an RPC request: its fields, and by field one rule or several."""
    several = {name: rule if isinstance(rule, tuple) else (rule,) for name, rule in rules.items()}
    return schema_class(cls, several)


def _field(hint: Any, where: str, options: dict[str, Any], unknown: Unknown) -> field.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType) and type(None) in arguments:
        inner = [each for each in arguments if each is not type(None)]
        if len(inner) == 1:
            return _field(inner[0], where, {**options, "allow_none": True}, unknown)
    if origin is Literal:
        return Text(validate=validate.OneOf(arguments), **options)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return Tuple(_field(arguments[0], where, {}, unknown), **options)
    if hint is Money or (is_dataclass(hint) and isinstance(hint, type)):
        return field.Nested(schema(hint, unknown), **options)
    if hint not in _FIELDS:
        raise TypeError(f"no codec for {where}: {hint}")
    return _FIELDS[hint](**options)


class Text(field.String):
    """A string without NUL and half characters, which PostgreSQL cannot hold."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if re.search("[\x00\ud800-\udfff]", text):
            raise ValidationError("Holds a NUL or half a character.")
        return text


class Boolean(field.Field[bool]):
    """True or false; neither 1 nor "yes"."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError("Not a boolean.")
        return value


class Integer(field.Field[int]):
    """An int of at most 64 bits; neither a float nor a boolean nor a string."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if type(value) is not int or not -(2**63) <= value < 2**63:
            raise ValidationError("Not a whole number.")
        return value


class Identity(field.UUID):
    """A UUID in its usual form."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> UUID:
        if not isinstance(value, str) or len(value) != 36:
            raise ValidationError("Not a UUID.")
        return super()._deserialize(value, *args, **kwargs)


class Tuple(field.List[Any]):
    """A JSON array, held as a tuple."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, *args, **kwargs))


_FIELDS: dict[Any, Callable[..., field.Field[Any]]] = {
    str: Text,
    int: Integer,
    bool: Boolean,
    UUID: Identity,
    date: field.Date,
    datetime: lambda **options: field.AwareDateTime(format="iso", **options),
}
