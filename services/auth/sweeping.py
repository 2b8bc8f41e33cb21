"""Logos that no workspace shows: deleted after a day, and so is what came in as one."""

from datetime import datetime, timedelta

from auth.logos import is_logo
from auth.projections import workspaces
from chassis.jobs.schedules import Schedule
from chassis.unit.handling import App
from gateways.port import Blobs, ref_of

KEPT = timedelta(hours=24)


def schedule(blobs: Blobs) -> Schedule:
    """Return what sweeps every hour."""

    def run(app: App) -> None:
        sweep(app, blobs, app.clock())

    return Schedule(name="sweep_logos", every_s=3_600, run=run)


def sweep(app: App, blobs: Blobs, now: datetime) -> None:
    """Delete what came in more than 24 hours ago and is not shown, or not any more."""
    old = {
        each.key for each in blobs.listed("") if is_logo(each.key) and each.modified_at < now - KEPT
    }
    shown = app.query(workspaces.logos) if old else set()  # asked last: some are new by now
    for key in old:
        if ref_of(key) not in shown:
            blobs.delete(key)
