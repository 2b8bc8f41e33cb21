"""Uploads that nobody has confirmed, copies that a provider was sent: deleted after a day."""

from datetime import datetime, timedelta

from chassis.jobs.schedules import Schedule
from chassis.unit.handling import App
from gateways.port import Blobs
from media.links import is_passing

KEPT = timedelta(hours=24)


def schedule(blobs: Blobs) -> Schedule:
    """Return what sweeps every hour."""

    def run(app: App) -> None:
        sweep(blobs, app.clock())

    return Schedule(name="sweep_incoming", every_s=3_600, run=run)


def sweep(blobs: Blobs, now: datetime) -> None:
    """Delete what came in, or was sent, more than 24 hours ago; what is kept has been copied."""
    for each in blobs.listed(""):
        if is_passing(each.key) and each.modified_at < now - KEPT:
            blobs.delete(each.key)
