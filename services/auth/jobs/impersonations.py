"""Impersonations that run out: each has its end in the log."""

from functools import partial
from uuid import UUID

from auth.acts import sessions
from auth.projections import sessions as rows
from chassis import ids
from chassis.identity import service_actor
from chassis.jobs.schedules import Schedule
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App


def end_impersonations(app: App) -> None:
    """End those that have run out: nobody is let in by them any more as it is."""
    for session_id in app.query(lambda connection: rows.acted_out(connection, app.clock())):
        by = Call(
            id=ids.fresh(),
            at=app.clock(),
            actor=service_actor(app.service.name),
            correlation_id=str(ids.fresh()),
        )
        app.attempt(by, partial(_end, session_id))


def _end(session_id: UUID, unit: Unit) -> None:
    sessions.end(unit, session_id)


SCHEDULE = Schedule(name="end_impersonations", every_s=60, run=end_impersonations)
