"""Ends of a client for tests: what is called is kept, what is answered is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[[str, dict[str, Any]], Any]


@dataclass
class Recording:
    """A port that keeps what it is called with."""

    answer: Answer
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, method: str, /, **arguments: Any) -> Any:
        self.calls.append((method, arguments))
        return self.answer(method, arguments)


def answering(reply: Any) -> Recording:
    """Return a port that replies this to every call."""
    return Recording(lambda method, arguments: reply)
