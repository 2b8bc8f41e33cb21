"""A decider with every form of row that a decision table can show."""

from dataclasses import dataclass
from types import SimpleNamespace

from chassis.errors import Invalid, Rejected


@dataclass
class Open:
    pass


@dataclass
class Draft:
    amount: int


@dataclass
class Close:
    pass


@dataclass
class Paint:
    colour: str


@dataclass
class Opened:
    pass


@dataclass
class Closed:
    pass


@dataclass
class Painted:
    colour: str


def decide(state: Draft | None, command: Open | Close | Paint) -> list[object]:
    match state, command:
        case None, Open():
            return [Opened()]
        case Draft(), Open():
            return []
        case Draft(), Close() if state.amount > 0 or state.amount < -5:
            raise Rejected("sample.not_empty", "empty it first")
        case Draft() | None, Close() as closing:
            return _closed(closing)
        case Draft(), Paint():
            return _painted(command)
        case _, Paint():
            raise Invalid("sample.nothing_there")
        case _:
            return _go_on(state, command)


def _go_on(state: Draft | None, command: Open | Close | Paint) -> list[object]:
    match state, command:
        case None, Close():
            return []
        case _:
            raise AssertionError(f"{command} needs a draft")


def _closed(command: Close) -> list[object]:
    return [Closed()]


def _painted(command: Paint) -> list[object]:
    if command.colour == "white":
        return []
    if command.colour == "none":
        raise Rejected("sample.no_colour")
    return [Painted(colour=command.colour), *_closed(Close())]


def evolve(state: Draft | None, event: object) -> Draft:
    match state, event:
        case None, Opened():
            return Draft(amount=0)
        case Draft(), Painted() | Closed():
            return state
        case _:
            raise AssertionError(f"{event} cannot follow {state}")


decider = SimpleNamespace(events=(Opened, Closed, Painted))
