"""Affiliate has no work outside its transactions."""

from collections.abc import Iterable
from typing import Any

from chassis.unit.calls import CancelJobs, Job
from chassis.unit.store import Recorded


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue nothing."""
    return ()
