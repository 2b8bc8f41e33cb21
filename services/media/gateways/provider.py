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
    "Work",
]


@value
class Work:
    """What a model is asked to do."""

    endpoint: str  # the model, as the provider calls it
    payload: Mapping[str, Any] = field(repr=False)  # links, and words that somebody wrote


@value
class Done:
    """A picture that was made; `fetch` gets it."""

    url: str = field(repr=False)
    cost_micro_usd: int


@value
class Failed:
    """No picture; `word` is one of `media.domain.failures`."""

    word: Word
    type: str  # in the provider's words, for the log and `provider_call`
    retryable: bool
    cost_micro_usd: int  # of a model that ran, and gave nothing that is of use


class Provider(Protocol):
    """Whoever does the work. What asks, fetches or cancels may raise `Unavailable`."""

    name: str

    def enhancing(self, picture: str, prompt: str) -> Work:
        """Return what to ask for a picture, by its link, to be made better."""
        ...

    def inpainting(self, picture: str, mask: str, prompt: str | None) -> Work:
        """Return what to ask for what is white in the mask: to be as the prompt says, or gone."""
        ...

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
        """Write a picture that was made to a file; `check` raises where the work was cancelled.

        Raises `Rejected("media.bad_output")` where there is none, at an address of the provider's
        and of at most 50 MB. Whether it is a picture is not asked.
        """
        ...

    def cancel(self, call: Accepted) -> None:
        """Ask that it be left, if it can be."""
        ...

    def lookup(self, endpoint: str, picture: str, since: datetime) -> Accepted | None:
        """Return the call that was asked with that picture's link, if it is known."""
        ...

    def forget(self, request_id: str) -> None:
        """Have what was sent and made deleted at the provider's, as well as it goes."""
        ...
