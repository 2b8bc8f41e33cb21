"""Bans that run out."""

from auth.domain import user, user_messages
from auth.projections import users
from chassis import ids
from chassis.identity import service_actor
from chassis.jobs.schedules import Schedule
from chassis.unit.calls import Call
from chassis.unit.handling import App


def end_bans(app: App) -> None:
    """Note which bans have run out: they do not hold any more as it is."""
    for user_id in app.query(lambda connection: users.ran_out(connection, app.clock())):
        by = Call(
            id=ids.fresh(),
            at=app.clock(),
            actor=service_actor(app.service.name),
            correlation_id=str(ids.fresh()),
        )
        app.handle(user.decider, user_id, user_messages.EndBan(), by)


SCHEDULE = Schedule(name="end_bans", every_s=60, run=end_bans)
