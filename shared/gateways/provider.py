"""The port to a provider: somebody else's models, asked now and answering minutes later.

A call that was accepted is known by its `Accepted`, whose fields are kept; with these, any process
asks on.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from chassis.domain import value
from gateways.fal_said import Accepted, Gone, Pending, Refused, Unknown, Word

__all__ = [
    "Accepted",
    "Done",
    "Failed",
    "Gone",
    "Pending",
    "Provider",
    "Refused",
    "Unknown",
    "Word",
    "Work",
]


@value
class Work:
    """What a model is asked to do."""

    endpoint: str  # the model, as the provider calls it
    price_micro_usd: int  # what it costs once it is done
    payload: Mapping[str, Any] = field(repr=False)  # links, and words that somebody wrote


@value
class Done:
    """Something was made, and costs its price; `fetch` gets it."""

    url: str = field(repr=False)


@value
class Failed:
    """Nothing was made."""

    word: Word
    type: str  # in the provider's words, for the log and `provider_call`
    retryable: bool
    is_billed: bool = False  # the model ran, and gave nothing that is of use


class Provider(Protocol):
    """Whoever does the work. What asks on, fetches or cancels may raise `Unavailable`."""

    name: str

    def ask(self, work: Work, webhook: str) -> Accepted | Refused | Unknown:
        """Send the work, once; `webhook` is told when it has ended.

        Refused: it was not taken, and costs nothing. Unknown: it may have been, and is not sent
        again; it is waited for and looked up.
        """
        ...

    def answer(self, call: Accepted) -> Pending | Done | Failed | Gone:
        """Return what has become of a call, without waiting for it."""
        ...

    def fetch(self, done: Done, to: Path, check: Callable[[], None]) -> None:
        """Write what was made to a file; `check` raises where the work was cancelled.

        Raises `Rejected("<service>.bad_output")` where there is none at an address of the
        provider's, or too much of it. What it is, is not asked.
        """
        ...

    def cancel(self, call: Accepted) -> None:
        """Ask that it be left, if it can be."""
        ...

    def lookup(self, endpoint: str, mark: str, since: datetime) -> Accepted | None:
        """Return the call in which `mark` was sent, a link that stands in no other."""
        ...

    def forget(self, request_id: str) -> None:
        """Have what was sent and made deleted at the provider's, as well as it goes."""
        ...
