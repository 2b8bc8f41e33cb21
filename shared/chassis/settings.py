"""Settings: the environment as a frozen dataclass for each service, checked whole at start.

A variable may stand in a file instead: `DATABASE_URL_FILE` names one that holds `DATABASE_URL`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from chassis import codec
from chassis.domain import value
from chassis.errors import Invalid

S = TypeVar("S")
CONFIDENTIAL = re.compile(r"(^|_)(key|secret|password|token)$|//.*@|password=")


class Misconfigured(Exception):
    """The environment lacks something, or holds something that cannot be; names all of it."""


@value
class Setting:
    """One variable as `check` prints it."""

    variable: str
    shown: str  # what is confidential is not shown
    origin: str  # 'environment', 'default', 'missing' or the file


def load(cls: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Return the settings that the environment describes: field `amqp_uri` from `AMQP_URI`.

    Raises `Misconfigured` with every variable that is missing or wrong.
    """
    environment = os.environ if environment is None else environment
    hints = get_type_hints(cls)
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for each in fields(cls):  # type: ignore[arg-type]
        try:
            written, _ = _written(each.name.upper(), environment)
        except (OSError, UnicodeDecodeError, Misconfigured) as error:
            wrong[each.name] = str(error)
            continue
        if written is not None:
            given[each.name] = _typed(hints[each.name], written)
    try:
        settings: S = codec.load(cls, given)
    except Invalid as error:
        faults = error.details["fields"]
        wrong = {name: " ".join(map(str, faults[name])) for name in faults} | wrong
    if wrong:
        reasons = [f"{name.upper()}: {wrong[name]}" for name in sorted(wrong)]
        raise Misconfigured("; ".join(reasons))
    return settings


def listed(cls: type[Any], environment: Mapping[str, str] | None = None) -> Iterator[Setting]:
    """Yield every setting of a class with its origin; what cannot be read is 'missing'."""
    environment = os.environ if environment is None else environment
    for each in fields(cls):
        variable = each.name.upper()
        try:
            written, origin = _written(variable, environment)
        except (OSError, UnicodeDecodeError, Misconfigured) as error:
            written, origin = None, str(error)
        if written is None and each.default is not MISSING:
            written, origin = str(each.default), "default"
        yield Setting(variable=variable, shown=_shown(each.name, written), origin=origin)


def _written(variable: str, environment: Mapping[str, str]) -> tuple[str | None, str]:
    """Return what is written for a variable, and where."""
    path = environment.get(f"{variable}_FILE")
    if path is None:
        written = environment.get(variable)
        return written, "missing" if written is None else "environment"
    if variable in environment:
        raise Misconfigured(f"given twice, as {variable} and as {variable}_FILE")
    return Path(path).read_text("utf-8").rstrip("\n"), path


def _typed(hint: Any, written: str) -> Any:
    if hint is bool:
        return {"true": True, "false": False}.get(written.lower(), written)
    if hint is int and re.fullmatch("-?[0-9]+", written):
        return int(written)
    return written


def _shown(name: str, written: str | None) -> str:
    if written is None:
        return ""
    if CONFIDENTIAL.search(name) or CONFIDENTIAL.search(written):
        return "(set)"
    first, *more = written.splitlines() or [""]
    return f"{first} …" if more else first
