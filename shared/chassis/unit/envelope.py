"""What an event looks like to others: CloudEvents 1.0 attributes around the contract's data."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema
from marshmallow.fields import List, Nested

from chassis.codec import dump, plain, snake
from chassis.domain import value
from chassis.errors import Rejected
from chassis.marshalling import schema
from chassis.unit.store import split_name

MAX_BYTES = 65_536
HEADER = "cloudEvents_"  # before each attribute's name, as CloudEvents' binding to AMQP has it
_BEHALF = {"onbehalfof": "on_behalf_of", "impersonation": "impersonation"}  # by attribute
# Names that would carry personal data or secrets; ids and facts only.
DENIED = ("email", "password", "token", "secret", "phone", "name", "address", "ip", "user_agent")


class Outbox:
    """Turns what a service tells into the column `events.outbox`."""

    def __init__(self, service: str, publishes: Iterable[type[Any]]) -> None:
        """Raise `TypeError` for a contract with a field that may not leave the service."""
        self.types = {cls: f"{service}.{snake(cls.__name__)}" for cls in publishes}
        for cls in self.types:
            for name in _names(schema(cls)):
                if name in DENIED or name.endswith(tuple(f"_{no}" for no in DENIED)):
                    raise TypeError(f"{cls.__name__}.{name} may not be told to others")

    def entry(self, told: Any) -> dict[str, Any]:
        """Return `{type, data}`. Raises `Rejected` for more than 64 KiB."""
        entry = {"type": self.types[type(told)], "data": dump(told)}
        if len(json.dumps(entry)) > MAX_BYTES:
            raise Rejected("chassis.event_too_large", "this would be more than others may be told")
        return entry


def _names(told: Schema) -> Iterator[str]:
    """Give the names of all fields, those of nested values too."""
    for name, each in told.fields.items():
        yield name
        inner = each.inner if isinstance(each, List) else each
        if isinstance(inner, Nested):
            yield from _names(inner.schema)


@value
class Heard:
    """An integration event as its hearer has it; `data` loads into the source's contract."""

    source: str
    position: int
    previous: UUID
    event_id: UUID
    type: str  # 'billing.invoice_paid'
    stream_id: str
    time: datetime
    correlation_id: str
    workspace_id: UUID | None
    data: Mapping[str, Any]
    actor: str | None = None  # None in what was parked before it was kept
    on_behalf_of: str | None = None
    impersonation: UUID | None = None
    event: Any = None  # the data as a value of the hearer's contract

    @property
    def name(self) -> str:
        """The event without its service: 'invoice_paid'."""
        return self.type.partition(".")[2]


def attributes(source: str, stored: Any) -> dict[str, Any]:
    """Return the CloudEvents attributes of a stored, told event; all but numbers are strings.

    `onbehalfof` and `impersonation` are absent where there is none.
    """
    name, meta = stored.outbox["type"], stored.meta
    behalf = {told: meta[kept] for told, kept in _BEHALF.items() if kept in meta}
    return {
        "specversion": "1.0",
        "id": str(stored.event_id),
        "source": source,
        "type": name,
        "subject": str(split_name(stored.stream_id)[1]),
        "time": plain(stored.recorded_at),
        "datacontenttype": "application/json",
        "dataschema": f"{name}.v1",
        "partitionkey": stored.stream_id,
        "correlationid": meta["correlation"],
        "causationid": meta["causation"] or meta["call"],
        "workspaceid": meta["workspace"] or "",
        "actor": meta["actor"],
        **behalf,
        "streamversion": stored.version,
        "position": stored.position,
        "previous": str(stored.previous),
    }


def heard(item: Mapping[str, Any]) -> Heard:
    """Return what an item of `events_read` or a message says."""
    return Heard(
        source=item["source"],
        position=int(item["position"]),
        previous=UUID(item["previous"]),
        event_id=UUID(item["id"]),
        type=item["type"],
        stream_id=item["partitionkey"],
        time=datetime.fromisoformat(item["time"]),
        correlation_id=item["correlationid"],
        workspace_id=UUID(item["workspaceid"]) if item["workspaceid"] else None,
        data=item["data"],
        actor=item.get("actor"),
        on_behalf_of=item.get("onbehalfof"),
        impersonation=UUID(item["impersonation"]) if "impersonation" in item else None,
    )


def item(heard: Heard) -> dict[str, Any]:
    """Return what `heard` reads: an event heard, to be kept and heard again later."""
    behalf = {
        "actor": heard.actor,
        "onbehalfof": heard.on_behalf_of,
        "impersonation": heard.impersonation,
    }
    return {
        "source": heard.source,
        "position": heard.position,
        "previous": str(heard.previous),
        "id": str(heard.event_id),
        "type": heard.type,
        "partitionkey": heard.stream_id,
        "time": heard.time.isoformat(),
        "correlationid": heard.correlation_id,
        "workspaceid": str(heard.workspace_id) if heard.workspace_id else "",
        "data": dict(heard.data),
        **{name: str(each) for name, each in behalf.items() if each is not None},
    }


def headers(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes of a told event as a message carries them, all of them strings."""
    return {f"{HEADER}{name}": str(told[name]) for name in told if name != "data"}


def from_message(carried: Mapping[str, Any], data: Any) -> Heard:
    """Return what a message says. Raises `KeyError` or `ValueError` for one that is not ours."""
    named = {name.removeprefix(HEADER): carried[name] for name in carried}
    return heard({**named, "data": data})
