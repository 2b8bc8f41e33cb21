"""Every error a caller can meet, and its way over the wire.

ServiceError (code, message, details, retryable, retry_after_s, request_id)
├── Invalid           malformed request
├── Unauthenticated   no token, or an expired one
├── Forbidden         this actor may not
├── NotFound          also for what belongs to another workspace
├── Rejected          a business rule said no
├── Conflict          someone was faster; forked; still in progress
├── RateLimited       come back after `retry_after_s`
├── DeadlineExceeded  the caller has stopped waiting
├── Unavailable       a dependency is away
└── Internal          a bug; shows neither SQL, stack nor token

nameko turns the arguments of an exception into strings; so an error has one argument, a JSON
string that this module writes and reads.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any


class ServiceError(Exception):
    """An error with a stable `code` ('service.reason_in_snake_case')."""

    retries = False  # whether a repeat of the same call may succeed, unless the error says so

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        details: Mapping[str, Any] | None = None,
        retryable: bool | None = None,
        retry_after_s: int | None = None,
        request_id: str | None = None,
    ) -> None:
        self.code = code
        self.message = message or code.partition(".")[2].replace("_", " ")
        self.details = dict(details or {})
        self.retryable = self.retries if retryable is None else retryable
        self.retry_after_s = retry_after_s
        self.request_id = request_id
        super().__init__(self._written())

    def fields(self) -> dict[str, Any]:
        """Return what travels: the six fields by name."""
        return {
            "code": self.code,
            "message": self.message,
            "details": self.details,
            "retryable": self.retryable,
            "retry_after_s": self.retry_after_s,
            "request_id": self.request_id,
        }

    def of(self, request_id: str) -> None:
        """Name the request that it answers, unless it names one: that is where it began."""
        if self.request_id is None:
            self.request_id = request_id
            self.args = (self._written(),)

    def __str__(self) -> str:
        more = json.dumps(self.details, default=str, ensure_ascii=False) if self.details else ""
        where = f"(request {self.request_id})" if self.request_id else ""
        return " ".join(part for part in (f"{self.code}: {self.message}", more, where) if part)

    def _written(self) -> str:
        return json.dumps(self.fields(), default=str)

    def __reduce__(self) -> tuple[Any, ...]:
        return from_wire, (type(self).__name__, self.args[0])


class Invalid(ServiceError): ...


class Unauthenticated(ServiceError): ...


class Forbidden(ServiceError): ...


class NotFound(ServiceError): ...


class Rejected(ServiceError): ...


class Conflict(ServiceError):
    retries = True


class RateLimited(ServiceError):
    retries = True


class DeadlineExceeded(ServiceError):
    retries = True


class Unavailable(ServiceError):
    retries = True


class Internal(ServiceError): ...


KINDS = {
    kind.__name__: kind
    for kind in (
        Invalid,
        Unauthenticated,
        Forbidden,
        NotFound,
        Rejected,
        Conflict,
        RateLimited,
        DeadlineExceeded,
        Unavailable,
        Internal,
    )
}


@contextmanager
def of_request(request_id: str) -> Iterator[None]:
    """Let every error that is raised inside say which request it answers: logs name it so too."""
    try:
        yield
    except ServiceError as error:
        error.of(request_id)
        raise


FIELDS = ("message", "details", "retryable", "retry_after_s", "request_id")  # beside the code


def to_wire(error: ServiceError) -> tuple[str, str]:
    """Return the error's kind and its fields as a JSON string."""
    return type(error).__name__, str(error.args[0])


def from_wire(kind: str, text: str) -> ServiceError:
    """Return the error that `to_wire` wrote, here or in another version of this module.

    A kind that is not known here is a `ServiceError`, and fields that are not are passed over: code
    and `retryable` are what a caller goes by. What is no error becomes `Internal`.
    """
    with suppress(ValueError, TypeError):
        match json.loads(text):
            case {"code": str(code), **given}:
                known: dict[str, Any] = {name: given[name] for name in FIELDS if name in given}
                return KINDS.get(kind, ServiceError)(code, **known)
    return Internal("chassis.unreadable_error", "the peer sent an error that is none")
