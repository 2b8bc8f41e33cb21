"""The jobs of a unit until its end: what it has queued, and what it has cancelled."""

from typing import Any
from uuid import UUID

from chassis.unit.calls import CancelJobs


class Jobs:
    """What is queued with the unit's events, and cancelled before that."""

    def __init__(self) -> None:
        self.queued: list[dict[str, Any]] = []  # rows, as `append` takes them
        self.cancelled: list[CancelJobs] = []
        self.hurried = False  # whether what waited before is due now

    def queue(self, row: dict[str, Any]) -> None:
        """Queue a job."""
        self.queued.append(row)

    def cancel(self, jobs: CancelJobs) -> None:
        """Cancel what is there and queued until now; what is queued from now on is meant."""
        self.drop(jobs.kind, jobs.subject)
        self.cancelled.append(jobs)

    def drop(self, kind: str, subject: UUID) -> bool:
        """Queue none of these after all; return whether there were any."""
        named = self._named(kind, subject)
        self.queued = [each for each in self.queued if each not in named]
        return bool(named)

    def hurry(self, kind: str, subject: UUID) -> bool:
        """Let these be due at once; return whether there are any."""
        named = self._named(kind, subject)
        for each in named:
            each["delay_s"] = 0
        return bool(named)

    def _named(self, kind: str, subject: UUID) -> list[dict[str, Any]]:
        name = (kind, str(subject))
        return [each for each in self.queued if (each["kind"], each["subject"]) == name]
