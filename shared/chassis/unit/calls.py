"""What goes beside a command and comes out of a decision: calls, jobs, places written."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import ids
from chassis.asked import Written
from chassis.codec import plain
from chassis.domain import value
from chassis.identity import Actor, acted_as
from chassis.unit.store import Recorded


@value
class Call:
    """Who, when and why. The domain sees nothing of it but the time."""

    id: UUID
    at: datetime
    actor: Actor
    correlation_id: str
    causation: str | None = None
    step: str | None = None  # which, of work that records more than its result
    method: str | None = None  # with it, the reply is stored for the repeat of this call
    body_sha256: str = ""
    expected_version: int | None = None
    heard: Mapping[str, Any] | None = None  # {source, position, event_id, type, stream_id, sha256}
    on_behalf_of: str | None = None  # the caller, as text, whose call a service goes on with
    impersonation: UUID | None = None  # the session, if an admin made that call as somebody

    def meta(self, workspace_id: UUID | None) -> dict[str, Any]:
        """Return what is stored beside an event of this call."""
        meta: dict[str, Any] = {
            "call": str(self.id),
            "actor": str(self.actor),
            "correlation": self.correlation_id,
            "causation": self.causation,
            "workspace": str(workspace_id) if workspace_id else None,
        }
        behalf = {
            "on_behalf_of": self.on_behalf_of,
            "subject": acted_as(self.on_behalf_of or str(self.actor)),
            "impersonation": self.impersonation or self.actor.impersonation,
            "step": self.step,
        }
        meta.update({name: str(each) for name, each in behalf.items() if each is not None})
        if self.heard:
            meta["heard"] = dict(self.heard)
        return meta

    def logged(self) -> dict[str, object]:
        """Return what the lines of a log say of this call: whose it is, and of what."""
        return {
            "correlation_id": self.correlation_id,
            "actor": self.actor,
            "on_behalf_of": self.on_behalf_of,
            "impersonation": self.impersonation or self.actor.impersonation,
        }

    def row(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row that answers a repeat of this call."""
        return {
            "id": str(self.id),
            "method": self.method,
            "caller": str(self.actor),
            "body_sha256": self.body_sha256,
            "reply": reply,
            "recorded_at": self.at.isoformat(),
        }


@value
class Job:
    """Work outside the transaction that decided on it. Its id is derived from its event's."""

    kind: str
    subject: UUID  # what it works on; `CancelJobs` names jobs by it
    args: Mapping[str, Any] = field(default_factory=dict)
    delay_s: int = 0  # below zero: before what has waited for less
    name: str = ""  # tells it apart where one cause asks for several of a kind and subject

    def row(self, recorded: Recorded) -> dict[str, Any]:
        """Return the job as `append` queues it, decided on by that event."""
        return self.row_of(
            recorded.event_id, {**recorded.meta, "causation": str(recorded.event_id)}
        )

    def row_of(self, parent: UUID, meta: Mapping[str, Any]) -> dict[str, Any]:
        """Return the job as `append` queues it; a repeat below the same parent is the same job."""
        names = (self.name,) if self.name else ()
        return {
            "id": str(ids.derive(parent, self.kind, self.subject, *names)),
            "kind": self.kind,
            "subject": str(self.subject),
            "workspace_id": meta["workspace"],
            "args": plain(self.args),
            "meta": meta,
            "delay_s": self.delay_s,
        }


@value
class CancelJobs:
    """The jobs of one subject that shall not be done any more."""

    kind: str
    subject: UUID


@value
class Decided:
    """Where a stream stands after a unit decided on it."""

    id: UUID
    version: int
    state: Any

    @property
    def written(self) -> Written:
        """The reply of a command on this stream."""
        return Written(id=self.id, version=self.version)
