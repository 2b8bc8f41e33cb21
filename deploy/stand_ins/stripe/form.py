"""Stripe's way to write nested parameters in a form: `a[b][0][c]=d`."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from stand_ins.stripe.refusals import Refused, invalid, lacks

Params = dict[str, Any]  # text, or lists and dicts of it

_INT = re.compile(r"-?[0-9]{1,18}")


def decoded(text: str) -> Params:
    """Return the parameters of a query or a body; values stay text."""
    return nested(parse_qsl(text, keep_blank_values=True))


def nested(pairs: Iterable[tuple[str, str]]) -> Params:
    """Return name and value pairs as one tree; `a[]` appends, `a[0]` is a place in a list."""
    root: Params = {}
    for name, value in pairs:
        head, *inner = _parts(name)
        here = root
        for part, after in zip([head, *inner], [*inner, None], strict=True):
            place = part or str(len(here))
            if after is None:
                here[place] = value
            elif not isinstance(here.setdefault(place, {}), dict):
                raise invalid(f"Invalid {head}: both a value and a hash", param=head)
            else:
                here = here[place]
    return {name: _listed(value) for name, value in root.items()}


def _parts(name: str) -> list[str]:
    head, _, rest = name.partition("[")
    return [head, *(part.rstrip("]") for part in rest.split("["))] if rest else [head]


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def text(params: Params, name: str) -> str:
    """Return a parameter that must be there; raises `Refused`."""
    if not isinstance(value := params.get(name), str) or not value:
        raise lacks(name)
    return value


def whole(params: Params, name: str) -> int:
    """Return a whole number that must be there; raises `Refused`."""
    if not _INT.fullmatch(value := text(params, name)):
        raise Refused(
            400, "invalid_request_error", f"Invalid integer: {value}", "parameter_invalid_integer",
            param=name, kept=False,
        )  # fmt: skip
    return int(value)


def flag(params: Params, name: str) -> bool:
    """Return whether it says true; raises `Refused` for anything but true and false."""
    value = params.get(name, "false")
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def group(params: Params, name: str) -> Params:
    """Return a parameter that has parts, empty where it is not there; raises `Refused`."""
    value = params.get(name) or {}
    if not isinstance(value, dict):
        raise invalid("Invalid object", param=name)
    return value


def changed(metadata: dict[str, str], params: Params) -> dict[str, str]:
    """Return metadata after `params`: an empty value takes a key away, an empty whole takes all."""
    if params.get("metadata") == "":
        return {}
    merged = {**metadata, **group(params, "metadata")}
    return {name: value for name, value in merged.items() if value != ""}
