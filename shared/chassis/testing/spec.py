"""Given these events, when this command, then those events: a decider's test, read aloud."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from chassis.domain import Decider, fold
from chassis.errors import ServiceError

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


class Scenario(Generic[S, C, E]):
    """One decider's stream, told from its beginning."""

    def __init__(
        self, decider: Decider[S, C, E], events: Sequence[E] = (), command: C | None = None
    ) -> None:
        self.decider, self.events, self.command = decider, events, command

    def given(self, *events: E) -> "Scenario[S, C, E]":
        """Return the scenario after these events."""
        return Scenario(self.decider, (*self.events, *events))

    def when(self, command: C) -> "Scenario[S, C, E]":
        """Return the scenario in which this command comes."""
        return Scenario(self.decider, self.events, command)

    def then(self, *expected: E) -> None:
        """Assert what was decided, and that the stream can go on from there."""
        decided = self._decided()
        assert decided == list(expected)
        self._fold(decided)

    def then_nothing(self) -> None:
        """Assert that there was nothing left to do."""
        assert self._decided() == []

    def then_refused(self, code: str) -> None:
        """Assert that a rule said no, and with which code."""
        try:
            decided = self._decided()
        except ServiceError as refusal:
            assert refusal.code == code
        else:
            raise AssertionError(f"{code} was expected, not {decided}")

    def state(self) -> Any:
        """Return the state after the given events."""
        return self._fold([])

    def _decided(self) -> list[E]:
        assert self.command is not None
        return self.decider.decide(self._fold([]), self.command)

    def _fold(self, more: Sequence[E]) -> S | None:
        return fold(self.decider, [*self.events, *more])


def scenario(decider: Decider[S, C, E]) -> Scenario[S, C, E]:
    """Return the scenario of a stream without events."""
    return Scenario(decider)
