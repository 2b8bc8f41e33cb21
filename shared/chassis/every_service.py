"""What every service is asked besides its own: what it has told, and what it is."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Json
from chassis.domain import value


@value
class Place:
    """A place in what a service has told: after that event."""

    position: int
    event_id: UUID


@value
class Told:
    """An event told to others: CloudEvents' attributes, its place, and its data as JSON."""

    specversion: str
    id: UUID
    source: str
    type: str  # billing.invoice_paid
    subject: UUID
    time: datetime
    datacontenttype: str
    dataschema: str
    partitionkey: str  # the stream
    correlationid: str
    causationid: str
    workspaceid: str  # '' for none
    actor: str  # 'person:<user>', 'person:<admin> as <user>', 'service:billing', 'anyone:anonymous'
    onbehalfof: str | None = None  # whose call a service goes on with; absent for nobody's
    impersonation: UUID | None = None  # the session in which an admin acted as that user
    streamversion: int
    position: int
    previous: UUID
    event_id: UUID
    data: Json


@value
class Events:
    """Told events after a place, in order; how far was looked, and where the feed ends."""

    items: tuple[Told, ...]
    scanned_to: Place
    head: Place


@value
class EventsRead(Asked[Events]):
    """Return what the service has told after a place, in order; for services, and for listeners.

    `types` leaves out others; `scanned_to` passes over what is left out. Without, a listener is
    shown the types that it was given. Raises `Conflict("chassis.forked")` for a place that the
    service does not know, `Invalid` for a type that it does not tell, `Forbidden` for one that
    this listener was not given.
    """

    after: Place | None = None
    types: tuple[str, ...] | None = None
    limit: int = 200


@value
class Description:
    """What a service is, tells and hears; `schema` is its database's revision."""

    service: str
    version: str
    schema: str
    publishes: tuple[str, ...]
    hears: tuple[str, ...]


@value
class Describe(Asked[Description]):
    """Return what the service is, tells and hears; for services, and for listeners."""
