"""The lines of a service's table: each declares a method, and becomes nameko's entrypoint.

class BillingService:
    name = "billing"
    rules = schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_invoices = unit(CreateInvoices, invoices.create)
    issue_invoice = act(IssueInvoice, invoices.issue)
    get_invoice = look(GetInvoice, invoices.shown)
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from chassis.asked import Asked
from chassis.codec import plain
from chassis.door import edge
from chassis.door.edge import Answer, Door
from chassis.errors import ServiceError
from chassis.green.nameko_ext import Entrypoint
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit

A = TypeVar("A", bound=Asked[Any])


def unit(asked: type[A], work: Callable[[Unit, A], object]) -> Any:
    """Declare a command that is one unit: `work(unit, asked)` decides and returns the reply."""

    def answer(door: Door, call: Call, request: A) -> Any:
        return door.app.answer(call, lambda unit: work(unit, request))

    return Declared(asked, answer, work)


def act(asked: type[A], work: Callable[[Door, Call, A], object]) -> Any:
    """Declare a method that asks somebody first, before its unit or outside any transaction."""

    def answer(door: Door, call: Call, request: A) -> Any:
        return plain(work(door, call, request))

    return Declared(asked, answer, work)


def look(asked: type[A], work: Callable[[Connection, Door, Call, A], object]) -> Any:
    """Declare a query: `work(db, door, call, asked)` only reads."""

    def answer(door: Door, call: Call, request: A) -> Any:
        return plain(door.app.query(lambda db: work(db, door, call, request)))

    return Declared(asked, answer, work)


class Declared:
    """A line of the table until its class is made."""

    def __init__(self, asked: type[Asked[Any]], answer: Answer, work: Any) -> None:
        """`work` is the act, as the tests compare it with its contract."""
        self.asked, self.answer, self.work = asked, answer, work

    def __set_name__(self, facade: Any, name: str) -> None:
        rules = getattr(facade, "rules", {}).get(self.asked, {})
        method = edge.Method.of(name, self.asked, self.answer, rules)

        def entry(self: Any, /, *args: Any, **arguments: Any) -> Any:
            return edge.serve(method, self, args, arguments)

        entry.__name__, entry.__doc__ = name, self.asked.__doc__
        entry.method, entry.work = method, self.work  # type: ignore[attr-defined]
        # called twice: the decorator drops its options when it is given the function with them
        options = {"sensitive_arguments": method.sensitive, "expected_exceptions": ServiceError}
        setattr(facade, name, Entrypoint.decorator(**options)(entry))
