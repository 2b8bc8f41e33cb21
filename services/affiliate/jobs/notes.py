"""The settlement note of a payout that was approved: drawn, stored, noted."""

from typing import Any

from affiliate.domain import payout
from affiliate.domain.payout_messages import StoreNote
from affiliate.gateways.note import pdf
from affiliate.jobs.paying import Paying
from chassis.errors import ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.deciding import Unit
from gateways.port import Blobs

JOB = "settlement_note"
BACKOFF_S = (1, 5, 30, 120, 600)  # the disk comes back


def kind(paying: Paying, blobs: Blobs) -> Kind:
    """Return the kind of job that makes settlement notes."""

    def run(task: Task, control: Control) -> dict[str, Any] | None:
        stands = paying.state(task.subject)
        if stands is None or stands.note is not None:
            return None
        content = pdf(paying.note(task.subject, stands))
        blob = blobs.put(f"{stands.workspace_id}/notes/{task.subject}.pdf", content)
        return {"ref": blob.ref, "sha256": blob.sha256, "size": blob.size}

    return Kind(
        name=JOB, run=run, finish=_stored, give_up=_not_stored, attempts=20, backoff_s=BACKOFF_S
    )


def _stored(unit: Unit, task: Task, result: dict[str, Any] | None) -> None:
    if result is not None:
        unit.decide(payout.decider, task.subject, StoreNote(**result))


def _not_stored(unit: Unit, task: Task, error: ServiceError) -> None:
    """It may be paid all the same, and its mail waits; the dead job says what is missing."""
