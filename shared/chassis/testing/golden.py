"""Golden samples: one JSON file a service, of every event ever written, in every version.

A sample is written once and never changed: it stands for what lies in databases. `complete` adds
samples for what has none yet; the test that loads them all is what keeps history readable.
"""

import types
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from chassis import ids
from chassis.codec import dump, schema_version

Samples = dict[str, dict[str, Any]]


def name(cls: type[Any]) -> str:
    """Return what a sample of `cls` as it is written today is called: 'InvoiceIssued.v1'."""
    return f"{cls.__name__}.v{schema_version(cls)}"


def complete(samples: Samples, events: Iterable[type[Any]]) -> Samples:
    """Return the samples with one for each event that had none; those there are stay."""
    return {**{name(cls): dump(_sample(cls)) for cls in events}, **samples}


def _sample(hint: Any, field: str = "") -> Any:
    """Return a value of that type, the same every time."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _sample(next(each for each in arguments if each is not type(None)), field)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return (_sample(arguments[0], field),)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{each.name: _sample(hints[each.name], each.name) for each in fields(hint)})
    return _SAMPLES[hint](field)


_SAMPLES: dict[Any, Any] = {
    str: lambda field: "NOK" if field == "currency" else field.replace("_", " "),
    int: lambda field: 2_500 if field.endswith("_bp") else 100_000,
    bool: lambda field: True,
    UUID: lambda field: ids.derive(ids.ROOT, field),
    date: lambda field: date(2026, 11, 22),
    datetime: lambda field: datetime(2026, 11, 22, 12, 30, tzinfo=UTC),
}
