"""What Stripe answers when it does not do it."""

from typing import Any


class Refused(Exception):
    """An answer that is an error; `kept`: a repeat of the key gets the same again."""

    def __init__(
        self,
        status: int,
        type: str,
        message: str,
        code: str | None = None,
        *,
        kept: bool = True,
        **more: Any,
    ) -> None:
        """Refuse with Stripe's `type`, `code` and what else belongs into its `error`."""
        super().__init__(message)
        self.status, self.kept = status, kept
        given = {"type": type, "message": message, "code": code, **more}
        self.error = {name: value for name, value in given.items() if value is not None}


def invalid(message: str, code: str | None = None, *, param: str | None = None) -> Refused:
    """A parameter is wrong. Nothing has begun, so nothing is kept of it."""
    return Refused(400, "invalid_request_error", message, code, param=param, kept=False)


def lacks(param: str) -> Refused:
    """A parameter is missing."""
    return invalid(f"Missing required param: {param}.", "parameter_missing", param=param)


def missing(kind: str, id: str, param: str = "id") -> Refused:
    """There is no such object."""
    message = f"No such {kind.replace('.', ' ')}: '{id}'"
    return Refused(404, "invalid_request_error", message, "resource_missing", param=param)


def not_possible(message: str, code: str | None = None, **more: Any) -> Refused:
    """What is asked is well said, and the object is not in a state for it."""
    return Refused(400, "invalid_request_error", message, code, **more)
