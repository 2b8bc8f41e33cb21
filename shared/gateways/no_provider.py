"""A provider that is not set up is one that is away: what is open there fails at its deadline."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from chassis.errors import Unavailable
from gateways.provider import Accepted, Done, Refused, Work


class NoProvider:
    """Nobody (`provider.Provider`): takes nothing; whatever else is asked raises `Unavailable`."""

    name = "none"

    def ask(self, work: Work, webhook: str) -> Refused:
        """Nobody takes it."""
        return Refused(word="provider_unavailable", type="not_set_up", retryable=True)

    def answer(self, call: Accepted) -> NoReturn:
        """Nobody can tell."""
        raise _away()

    def fetch(self, done: Done, to: Path, check: Callable[[], None]) -> NoReturn:
        """Nobody has it."""
        raise _away()

    def cancel(self, call: Accepted) -> NoReturn:
        """Nobody leaves it."""
        raise _away()

    def lookup(self, endpoint: str, mark: str, since: datetime) -> NoReturn:
        """Nobody knows."""
        raise _away()

    def forget(self, request_id: str) -> NoReturn:
        """Nobody forgets it."""
        raise _away()


def _away() -> Unavailable:
    return Unavailable("chassis.provider_unavailable", "no provider is set up here")
