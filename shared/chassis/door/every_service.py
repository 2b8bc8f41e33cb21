"""What every service answers besides its own methods."""

from dataclasses import asdict

from sqlalchemy import Connection, text

from chassis.codec import plain
from chassis.door import listeners
from chassis.door.edge import Door
from chassis.every_service import Describe, Description, Events, EventsRead, Place, Told
from chassis.unit import feed
from chassis.unit.calls import Call


def events_read(db: Connection, door: Door, call: Call, asked: EventsRead) -> Events:
    """Answer `events_read`: what this service has told, on from a place."""
    after = plain(asdict(asked.after)) if asked.after else None
    types = listeners.readable(call.actor, asked.types, door.app.outbox.types.values())
    found = feed.read(db, door.app.service.name, after, types, asked.limit)
    return Events(
        items=tuple(Told(**each) for each in found.items),
        scanned_to=Place(**found.scanned_to),
        head=Place(**found.head),
    )


def describe(db: Connection, door: Door, call: Call, asked: Describe) -> Description:
    """Answer `describe`: what this service is, tells and hears."""
    return Description(
        service=door.app.service.name,
        version=door.app.service.version,
        schema=db.execute(_REVISION).scalar_one(),
        publishes=tuple(sorted(door.app.outbox.types.values())),
        hears=tuple(sorted(door.hears)),
    )


_REVISION = text("select version_num from alembic_version")
