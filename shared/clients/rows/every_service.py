"""What every service replies: where a stream stands, what was told, what a service is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.domain import value


@value
class Written:
    """A stream after a command: `version` is what the next one may expect."""

    id: UUID
    version: int


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
    actor: str
    streamversion: int
    position: int
    previous: UUID
    event_id: UUID
    data: Mapping[str, Any]


@value
class Events:
    """Told events after a place, in order; how far was looked, and where the feed ends."""

    items: tuple[Told, ...]
    scanned_to: Place
    head: Place


@value
class Description:
    """What a service is, tells and hears; `schema` is its database's revision."""

    service: str
    version: str
    schema: str
    publishes: tuple[str, ...]
    hears: tuple[str, ...]
