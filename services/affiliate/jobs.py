"""Affiliate has no work outside its transactions."""

from collections.abc import Iterable
from typing import Any

from chassis.calls import CancelJobs, Job
from chassis.store import Recorded


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue nothing."""
    return ()
