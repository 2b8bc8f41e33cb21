"""What a domain file is made of: values, deciders, and the fold of a stream into a state."""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Generic, TypeVar, dataclass_transform
from uuid import UUID

UNTIMED = datetime.min.replace(
    tzinfo=UTC
)  # the default of a command's `at`: the unit sets the time

V = TypeVar("V")
State = TypeVar("State")
Command = TypeVar("Command")
Event = TypeVar("Event")


def sensitive(*, default: Any = MISSING) -> Any:
    """Declare a field that is neither logged, hashed nor stored in the reply to a repeat.

    In a reply it may be None, as a repeat has it.
    """
    return field(default=default, repr=False, metadata={"sensitive": True})


def pseudonymous(*, default: Any = MISSING) -> Any:
    """Declare a field of a request by which logs know a stranger: by its keyed hash alone."""
    return field(default=default, metadata={"pseudonymous": True})


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(field, sensitive, pseudonymous)
)
def value(cls: type[V]) -> type[V]:
    """Make `cls` a value: frozen, slotted, keyword-only, so that two ids are never swapped."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider(Generic[State, Command, Event]):
    """The rules of one kind of stream.

    `decide(state, command)` answers with events, with `[]` (nothing left to do) or raises
    `Rejected`; `evolve(state, event)` never judges. A state of None is a stream without events;
    every other state has `workspace_id: UUID | None`, the tenant it belongs to. A stream that is
    a person's own, wherever they belong, says whose by `person(id, state)`.
    """

    name: str  # the stream's category: 'invoice' in 'invoice-<uuid>'
    decide: Callable[[State | None, Command], list[Event]]
    evolve: Callable[[State | None, Event], State]
    events: tuple[type[Any], ...]
    creates: tuple[type[Any], ...]  # the commands that a stream without events accepts
    serial: bool = False  # locked before it is read; its last event is its whole state
    person: Callable[[UUID, State], UUID | None] | None = None


def fold(
    decider: Decider[State, Any, Event], events: Iterable[Event], state: State | None = None
) -> State | None:
    """Return the state after `events`, in their order, starting from `state`."""
    return reduce(decider.evolve, events, state)
