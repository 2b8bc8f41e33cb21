"""What a reply to a call says: a result, an error of ours, or one of nameko's."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Internal, Invalid, from_wire

NAMEKO = {  # what nameko itself says of a call that does not fit
    "MethodNotFound": "chassis.method_not_found",
    "IncorrectSignature": "chassis.invalid_argument",
    "MalformedRequest": "chassis.malformed_request",
}


def result(reply: Mapping[str, Any]) -> Any:
    """Return the result in a reply of nameko's form, or raise the error in it."""
    error = reply.get("error")
    if not error:
        return reply.get("result")
    if not isinstance(error, dict):
        raise Internal("chassis.unreadable_error", "the peer sent an error that is none")
    module, _, kind = str(error.get("exc_path")).rpartition(".")
    if module == "chassis.errors":
        given = error.get("exc_args")
        raise from_wire(kind, given[0] if isinstance(given, list) and given else "")
    if module == "nameko.exceptions" and kind in NAMEKO:
        raise Invalid(NAMEKO[kind], str(error.get("value")))
    # what it says may show more than a caller should see
    raise Internal("chassis.peer_failed", f"the peer failed with {error.get('exc_type')}")
