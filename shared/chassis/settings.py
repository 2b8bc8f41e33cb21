"""Settings: the environment as a frozen dataclass for each service, checked whole at start."""

import os
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

from chassis import codec
from chassis.errors import Invalid

S = TypeVar("S")


class Misconfigured(Exception):
    """The environment lacks something, or holds something that cannot be; names all of it."""


def load(cls: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Return the settings that the environment describes: field `amqp_uri` from `AMQP_URI`.

    Raises `Misconfigured` with every variable that is missing or wrong.
    """
    environment = os.environ if environment is None else environment
    hints = get_type_hints(cls)
    given: dict[str, Any] = {
        each.name: _typed(hints[each.name], environment[each.name.upper()])
        for each in fields(cls)  # type: ignore[arg-type]
        if each.name.upper() in environment
    }
    try:
        settings: S = codec.load(cls, given)
    except Invalid as error:
        wrong = error.details["fields"]
        reasons = [f"{name.upper()}: {' '.join(map(str, wrong[name]))}" for name in sorted(wrong)]
        raise Misconfigured("; ".join(reasons)) from None
    return settings


def _typed(hint: Any, written: str) -> Any:
    if hint is bool:
        return {"true": True, "false": False}.get(written.lower(), written)
    if hint is int and re.fullmatch("-?[0-9]+", written):
        return int(written)
    return written
