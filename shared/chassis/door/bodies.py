"""The body of a call: judged by its length before it is read, then by its form."""

import json
from typing import Any

from chassis.errors import Invalid

MOST_BYTES = 256 * 1024


def read(body: bytes, most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    """Return the call that a body of JSON is: its `args` and its `kwargs`.

    Raises `Invalid("chassis.request_too_large")` for one that is not read at all, and
    `Invalid("chassis.malformed_request")` for what is no call, or not one: a name that stands
    twice in an object says two things.
    """
    if len(body) > most_bytes:
        message = f"a call has at most {most_bytes} bytes"
        details = {"bytes": len(body), "most_bytes": most_bytes}
        raise Invalid("chassis.request_too_large", message, details=details)
    try:
        call = _JSON.decode(body.decode())
    except (ValueError, RecursionError):  # a number of thousands of digits is a ValueError too
        raise malformed() from None
    args, kwargs = (call.get("args"), call.get("kwargs")) if isinstance(call, dict) else (0, 0)
    if not (isinstance(args, list) and isinstance(kwargs, dict)):
        raise malformed()
    return {"args": args, "kwargs": kwargs}


def malformed() -> Invalid:
    """Return what is said of a body that is no call."""
    return Invalid("chassis.malformed_request", "a call is a JSON object of `args` and `kwargs`")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("a name stands twice")
    return named


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_JSON = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
