"""fal as a service's provider: what its models gave is read by the service, fetched from fal."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from chassis.errors import Rejected
from gateways.addresses import Prefix, parsed
from gateways.addresses import Refused as NotFetched
from gateways.fal import Fal
from gateways.fal_said import Ended
from gateways.fetch import fetch
from gateways.provider import Accepted, Done, Failed, Gone, Pending, Refused, Unknown, Work

FETCH_S = 60.0
FILES = "fal.media"  # fal's files lie at hosts of this domain

Read = Callable[[Mapping[str, Any]], Done | Failed]


class FalProvider:
    """fal (`provider.Provider`)."""

    name = "fal"

    def __init__(
        self, fal: Fal, service: str, read: Read, max_bytes: int, files: tuple[Prefix, ...] = ()
    ) -> None:
        """`read`: what a model's output is; `max_bytes`: of what is made.

        `files`: where else than at fal's own hosts it may lie.
        """
        self._fal, self._service, self._read = fal, service, read
        self._max_bytes, self._files = max_bytes, files

    def ask(self, work: Work, webhook: str) -> Accepted | Refused | Unknown:
        """Post it to fal's queue, once."""
        return self._fal.submit(work.endpoint, work.payload, webhook)

    def answer(self, call: Accepted) -> Pending | Done | Failed | Gone:
        """Ask fal's queue, and its list of requests for what the queue has forgotten."""
        match self._fal.answer(call):
            case Ended(output=output):
                return self._read(output)
            case Refused(word=word, type=type, retryable=retryable):
                return Failed(word=word, type=type, retryable=retryable)
            case (Pending() | Gone()) as answer:
                return answer

    def fetch(self, done: Done, to: Path, check: Callable[[], None]) -> None:
        """Fetch a file of fal's."""
        try:
            at = parsed(done.url)
            ours = tuple(each for each in self._files if each.covers(at))
            if not ours and at.host != FILES and not at.host.endswith(f".{FILES}"):
                raise NotFetched("not_ours")
            fetch(
                done.url,
                to,
                ours=ours,
                max_bytes=self._max_bytes,
                timeout_s=FETCH_S,
                check=check,
            )
        except NotFetched as refusal:
            code, said = f"{self._service}.bad_output", f"what was made is not fetched: {refusal}"
            raise Rejected(code, said, details={"reason": refusal.word}) from None

    def cancel(self, call: Accepted) -> None:
        """Ask fal's queue."""
        self._fal.cancel(call)

    def lookup(self, endpoint: str, mark: str, since: datetime) -> Accepted | None:
        """Look for it in fal's list of requests."""
        return self._fal.lookup(endpoint, mark, since)

    def forget(self, request_id: str) -> None:
        """Delete it in fal's list of requests, files too."""
        self._fal.forget(request_id)
