"""What the clients of all services have."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Self, TypeVar

from chassis import deadline
from chassis.codec import plain
from chassis.domain import value
from chassis.errors import Internal
from chassis.port import Port
from clients.page import Page
from clients.reading import read
from clients.rows.every_service import Description, Events, Place

R = TypeVar("R")


@value
class _Hurried:
    """A port whose calls end within `seconds`, or by the port's own deadline if that is nearer."""

    port: Port
    seconds: float

    def call(self, method: str, /, **arguments: Any) -> Any:
        with deadline.within(self.seconds):
            return self.port.call(method, **arguments)


class Client:
    """A client of one service; threads may share it.

    Every method raises the service's own `ServiceError`, and `Internal("clients.unreadable_reply")`
    for a reply that is not as agreed. A command's repeat with the same `idempotency_key` is
    answered as the first time, but for secrets, which are shown once; `expected_version` is the
    version its stream must have: with another, it is a `Conflict` and nothing happens.
    """

    def __init__(self, port: Port) -> None:
        """Call by `port`, which says whose calls these are and how long each may take."""
        self.port = port

    def within(self, seconds: float) -> Self:
        """Return a client whose calls end within `seconds`, if the port's deadline is not nearer.

        Whoever can wait longer makes the port so: `rpc.port("media", timeout_s=60)`.
        """
        return type(self)(_Hurried(port=self.port, seconds=seconds))

    def events_read(
        self,
        *,
        after: Place | None = None,
        types: tuple[str, ...] | None = None,
        limit: int = 200,
    ) -> Events:
        """Return what the service has told after a place, in order; for services.

        Raises `Conflict("chassis.forked")` for a place that it does not know.
        """
        given = _given({"after": after, "types": types, "limit": limit})
        return self._call("events_read", given, Events)

    def describe(self) -> Description:
        """Return what the service is, tells and hears; for services."""
        return self._call("describe", {}, Description)

    def _query(self, method: str, request: Any, reply: type[R]) -> R:
        return self._call(method, _given(request), reply)

    def _page(self, method: str, request: Any, row: type[R]) -> Page[R]:
        reply = self.port.call(method, **_given(request))
        items = reply.get("items") if isinstance(reply, dict) else None
        if not isinstance(items, list) or not isinstance(reply.get("next_cursor", 0), str | None):
            raise Internal("clients.unreadable_reply", details={"at": method})
        found = tuple(read(row, each, f"{method}.items.{at}") for at, each in enumerate(items))
        return Page(items=found, next_cursor=reply["next_cursor"])

    def _command(
        self,
        method: str,
        request: Any,
        reply: type[R],
        idempotency_key: str | None,
        expected_version: int | None,
    ) -> R:
        options = {"idempotency_key": idempotency_key, "expected_version": expected_version}
        given = {name: options[name] for name in options if options[name] is not None}
        return self._call(method, {**_given(request), **given}, reply)

    def _call(self, method: str, arguments: Mapping[str, Any], reply: type[R]) -> R:
        return read(reply, self.port.call(method, **arguments), method)


def _given(request: Any) -> Any:
    """Return a request as JSON, values nested in it too, without fields that stand at a default.

    So a call is the same to an older service, which may not know a new field, and to the digest
    by which a repeat is told from another request.
    """
    if isinstance(request, Mapping):
        return {name: _given(each) for name, each in request.items()}
    if isinstance(request, tuple | list):
        return [_given(each) for each in request]
    if not is_dataclass(request):
        return plain(request)
    given = {each: getattr(request, each.name) for each in fields(request)}
    return {
        each.name: _given(given[each])
        for each in given
        if each.default is MISSING or given[each] != each.default
    }
