"""Every cell of a decider's table: what each command comes to in each state."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.domain import Decider, fold
from chassis.errors import ServiceError

Cells = Mapping[str, Mapping[str, str]]  # state -> command -> events, or a code, or 'nothing'


def outcomes(
    decider: Decider[Any, Any, Any],
    states: Mapping[str, Sequence[Any]],
    commands: Mapping[str, Any],
) -> Cells:
    """Return what a decider says to each command in each state, which is given by its events."""
    return {
        state: {name: _said(decider, events, command) for name, command in commands.items()}
        for state, events in states.items()
    }


def _said(decider: Decider[Any, Any, Any], events: Sequence[Any], command: Any) -> str:
    state = fold(decider, events)
    try:
        decided = decider.decide(state, command)
    except ServiceError as refusal:
        return refusal.code.partition(".")[2]
    fold(decider, decided, state)  # none of them is out of place
    return " ".join(type(event).__name__ for event in decided) or "nothing"
