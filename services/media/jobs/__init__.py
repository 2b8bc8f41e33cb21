"""What media does outside a transaction, a file a kind."""

from collections.abc import Iterable
from typing import Any

from chassis.jobs.jobs import Kind
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from gateways.port import Blobs
from media.domain.customer import BARRED, StatusHeard
from media.domain.image import ImageQueued
from media.gateways.engine import Engine
from media.jobs import enhancing, holding


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for."""
    match recorded.event:
        case ImageQueued():
            yield enhancing.job(recorded, state)
        case StatusHeard(status=status) if status in BARRED:
            yield holding.job(recorded.subject)


def kinds(app: App, blobs: Blobs, engine: Engine) -> tuple[Kind, ...]:
    """Return the kinds of job that media does."""
    return enhancing.kind(blobs, engine), holding.kind(app)
