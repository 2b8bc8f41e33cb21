"""What the clients of all services have: each of their methods is one line, typed by its request.

class Billing(Client):
    create_invoices = rpc(invoices.CreateInvoices)
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

from chassis import deadline
from chassis.asked import Asked, replied
from chassis.codec import Unreadable, plain, read_reply
from chassis.domain import value
from chassis.errors import Internal
from chassis.every_service import Describe, EventsRead
from chassis.port import Port

P = ParamSpec("P")
R = TypeVar("R")


@value
class _Hurried:
    """A port whose calls end within `seconds`, or by the port's own deadline if that is nearer."""

    port: Port
    seconds: float

    def call(self, method: str, /, **arguments: Any) -> Any:
        with deadline.within(self.seconds):
            return self.port.call(method, **arguments)


class rpc(Generic[P, R]):  # noqa: N801 (it stands where a `def` would)
    """One method of a service: it takes what its request is made of, and returns its reply."""

    def __init__(self, asked: Callable[P, Asked[R]]) -> None:
        """`asked`: the request's class."""
        self.asked, self.__doc__ = asked, asked.__doc__

    def __set_name__(self, client: type[Any], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, client: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, client: "Client", owner: type[Any]) -> Callable[P, R]: ...

    def __get__(self, client: "Client | None", owner: type[Any]) -> Self | Callable[P, R]:
        """Return the method bound to a client; of the class, itself."""
        if client is None:
            return self
        port, reply = client.port, replied(self.asked)  # type: ignore[arg-type]

        def call(*args: P.args, **arguments: P.kwargs) -> R:
            given = _given(self.asked(*args, **arguments))
            try:
                return read_reply(reply, port.call(self.name, **given))
            except Unreadable as error:
                place = f"{self.name}.{error.at}".removesuffix(".")
                message = f"{place} is not as it should be"
                raise Internal("clients.unreadable_reply", message, details={"at": place}) from None

        return call


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

    events_read = rpc(EventsRead)
    describe = rpc(Describe)


def _given(request: Any) -> Any:
    """Return a request as JSON, values nested in it too, without fields that stand at a default.

    So a call is the same to an older service, which may not know a new field, and to the digest
    by which a repeat is told from another request.
    """
    if isinstance(request, tuple | list):
        return [_given(each) for each in request]
    if not is_dataclass(request):
        return plain(request)
    named = {each: getattr(request, each.name) for each in fields(request)}
    return {
        each.name: _given(named[each])
        for each in named
        if each.default is MISSING or named[each] != each.default
    }
