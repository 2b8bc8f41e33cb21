"""Dataclasses as marshmallow schemas: a field is written once, as an annotation.

The table of types is closed: str int bool UUID date datetime Literal, optional ones, tuples
of them and values nested in values; in replies also free JSON objects, and words not known yet.
Anything else, a `float` above all, is refused when the service starts.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, post_load, validate
from marshmallow import fields as field

from chassis.asked import OPTIONS, Asked, Json, Listing, Unchanged, writes
from chassis.bounds import MOST_LISTED, MOST_WRITTEN, RequestSchema, Size
from chassis.json_fields import Boolean, Identity, Integer, Object, Text, Tuple


@dataclass(frozen=True, slots=True)
class Mode:
    """How a value is read."""

    unknown: Literal["raise", "exclude"]  # what becomes of fields that it has not
    reply: bool = False
    request: bool = False  # by whoever may call: how much there is of it is asked first


STRICT, TOLERANT = Mode(RAISE), Mode(EXCLUDE)
REQUEST, REPLY = Mode(RAISE, request=True), Mode(EXCLUDE, reply=True)


@dataclass(frozen=True, slots=True)
class Form:
    """A rule that brings what was written to one form, or raises `ValidationError`."""

    bring: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Each:
    """A rule of a list's items, each for itself: `faults` returns by field what is wrong with one.

    They are told by the item's index, as what is wrong with its types is.
    """

    faults: Callable[[Any], Mapping[str, list[str]]]

    def check(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the items. Raises `ValidationError` by index and field."""
        wrong = {index: faults for index, item in enumerate(items) if (faults := self.faults(item))}
        if wrong:
            raise ValidationError(dict(wrong))
        return items


Rule = Size | Form | Each | Callable[[Any], Any]  # the last: a validator of marshmallow's kind
Rules = Mapping[str, Rule | tuple[Rule, ...]]  # by field: one, or several


def schema(cls: type[Any], mode: Mode = STRICT) -> Schema:
    """Return the marshmallow schema of a dataclass, made once.

    `mode` holds for the values nested in it too.
    """
    if (cls, mode) not in _SCHEMAS:
        members: dict[str, Any] = _fields(cls, {}, (), mode)
        made: Any = get_origin(cls) or cls
        members["make"] = post_load(lambda self, data, **_: made(**data))
        _SCHEMAS[(cls, mode)] = _class(cls, members, mode)(unknown=mode.unknown)
    return _SCHEMAS[(cls, mode)]


_SCHEMAS: dict[tuple[type[Any], Mode], Schema] = {}


def request(cls: type[Asked[Any]], rules: Rules | None = None) -> Schema:
    """Return the schema of an RPC request's own fields; it loads them as a dict, by name.

    A command's key and expected version are the door's to check.
    """
    own = {**_LISTED, **(rules or {})} if issubclass(cls, Listing) else rules or {}
    members = _fields(cls, own, OPTIONS if writes(cls) else (), REQUEST)
    return _class(cls, members, REQUEST)()


_LISTED: Rules = {"limit": validate.Range(min=1, max=200)}


def _class(cls: type[Any], members: dict[str, Any], mode: Mode) -> type[Schema]:
    base = RequestSchema if mode.request else Schema
    return type(f"{(get_origin(cls) or cls).__name__}Schema", (base,), members)


def _fields(
    cls: type[Any], rules: Rules, left_out: tuple[str, ...], mode: Mode
) -> dict[str, field.Field[Any]]:
    value = get_origin(cls) or cls
    if not is_dataclass(value):
        raise TypeError(f"no codec for {cls!r}: not a value")
    hints = get_type_hints(value)
    of_rows = dict(zip(getattr(value, "__parameters__", ()), get_args(cls), strict=False))
    own = [each for each in fields(value) if each.name not in left_out]
    if missing := set(rules) - {each.name for each in own}:
        raise TypeError(f"{value.__name__} has no {sorted(missing)}")
    members = {}
    for each in own:
        options: dict[str, Any] = {"required": True}
        if each.default is not MISSING:
            options = {"load_default": each.default}
        elif each.default_factory is not MISSING:
            options = {"load_default": each.default_factory}
        where, hint = f"{value.__name__}.{each.name}", hints[each.name]
        if get_origin(hint) is tuple and of_rows:
            hint = hint[tuple(of_rows.values())]
        member = _field(hint, where, options, mode)
        _rule(member, rules.get(each.name, ()))
        members[each.name] = member
    return members


def _rule(member: field.Field[Any], rules: Rule | tuple[Rule, ...]) -> None:
    for each in rules if isinstance(rules, tuple) else (rules,):
        if isinstance(each, Size):
            member.pre_load = [each]
        elif isinstance(each, Form):
            member.post_load.append(each.bring)
        elif isinstance(each, Each):
            member.post_load.append(each.check)
        else:
            member.validators.append(each)


def _field(hint: Any, where: str, options: dict[str, Any], mode: Mode) -> field.Field[Any]:
    member = _of_type(hint, where, options, mode)
    if mode.request:
        member.pre_load = [MOST_LISTED if isinstance(member, Tuple) else MOST_WRITTEN]
    return member


def _of_type(hint: Any, where: str, options: dict[str, Any], mode: Mode) -> field.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = [each for each in arguments if each not in (type(None), Unchanged)]
        if type(None) in arguments:
            options = {**options, "allow_none": True}
        if len(inner) == 1:
            return _of_type(inner[0], where, options, mode)
    if origin is Literal and mode.reply:
        return Text(**options)
    if origin is Literal:
        return Text(validate=validate.OneOf(arguments), **options)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return Tuple(_field(arguments[0], where, {}, mode), **options)
    if is_dataclass(origin or hint):
        return field.Nested(schema(hint, mode), **options)
    if hint == Json and mode.reply:
        return Object(**options)
    if hint not in _FIELDS:
        raise TypeError(f"no codec for {where}: {hint}")
    return _FIELDS[hint](**options)


_FIELDS: dict[Any, Callable[..., field.Field[Any]]] = {
    str: Text,
    int: Integer,
    bool: Boolean,
    UUID: Identity,
    date: field.Date,
    datetime: lambda **options: field.AwareDateTime(format="iso", **options),
}
