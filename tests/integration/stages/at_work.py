"""A service at work in this process, on a database of its own, with people by new tokens."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import text

from chassis import ids, settings
from chassis.database import migrations
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer, new_key_pair
from chassis.identity import Actor, service_actor
from chassis.running.parts import Parts, Port
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from embedded.direct import DirectPort
from gateways.port import Blobs
from integration.stages.service_database import service_database
from servers.postgres import Server

T = TypeVar("T")


@dataclass
class AtWork:
    """A service, put together, and what a test asks of it."""

    service: ClassVar[str]
    facade: ClassVar[type]  # its methods

    parts: Parts
    issuer: TokenIssuer
    clock: Callable[[], datetime]
    variables: Mapping[str, str]  # with which another process would be the service too

    @property
    def blobs(self) -> Blobs:
        """Where its files lie."""
        blobs: Blobs = self.parts.door.tools.blobs
        return blobs

    def person(
        self, workspace_id: UUID, role: str = "member", who: UUID | None = None
    ) -> DirectPort:
        """Return the port of somebody in a workspace, by a new token; `who`: None for a new one."""
        actor = Actor(
            kind="person",
            id=str(who or uuid4()),
            session_id=uuid4(),
            workspace_id=workspace_id,
            role=role,
            authenticated_at=self.clock(),
        )
        return self.port(actor)

    def port(self, actor: Actor) -> DirectPort:
        """Return the port of somebody, by a new token."""
        caller = Caller(auth_token=self.issuer.issue(actor, self.clock()))
        return DirectPort(facade=self.facade, door=lambda: self.parts.door, caller=caller)

    def decide(self, work: Callable[[Unit], T]) -> T:
        """Run a unit as the service itself."""
        us = service_actor(self.service)
        call = Call(id=ids.fresh(), at=self.clock(), actor=us, correlation_id="c")
        return self.parts.app.attempt(call, work)

    def rows(self, query: str, **parameters: Any) -> list[Any]:
        return self.parts.app.query(lambda db: list(db.execute(text(query), parameters).all()))

    def outbox(self, stream: str) -> list[Any]:
        """Return what others hear of a stream, in its order: type and data."""
        query = "select outbox from events where stream_id = :id and outbox is not null"
        return [told for (told,) in self.rows(f"{query} order by version", id=stream)]

    def due_now(self, kind: str) -> int:
        """Let the time come for what waits; return how many."""
        query = "update jobs set run_at = now() where kind = :kind and state = 'waiting'"
        return self.decide(lambda unit: unit.execute(text(query), kind=kind).rowcount)


W = TypeVar("W", bound=AtWork)


@contextmanager
def at_work(
    of: type[W],
    put_together: tuple[type, Callable[..., Parts]],
    server: Server,
    folder: Path,
    clock: Callable[[], datetime],
    more: Mapping[str, str],
) -> Iterator[W]:
    """Yield a service; `put_together`: its settings and what builds it; `more`: settings."""
    (known, build), service = put_together, of.service
    private, public = new_key_pair()
    with service_database(server, service) as owner_url:
        migrations.upgrade(service, owner_url)
        variables = {
            "DATABASE_URL": owner_url.replace(f"{service}_owner:", f"{service}_app:"),
            "PUBLIC_KEYS": json.dumps({"1": public}),
            "PUBLIC_URL": f"https://{service}.example",
            "WORK_FOLDER": str(folder / "work"),
            "BLOBS": "folder",
            "BLOBS_FOLDER": str(folder / "blobs"),
            "BLOBS_KEY": "only-for-tests-" * 3,
            "ENGINE": "local",
            "ENV": "embedded",
            **more,
        }
        parts = build(settings.load(known, variables), _nobody, clock)
        parts.consumers()  # makes their cursors, the one of revocations too
        made = of(parts, TokenIssuer("1", private), clock, variables)
        made.decide(lambda unit: unit.execute(text("update cursors set checked_at = 'infinity'")))
        yield made
        parts.close()


def _nobody(service: str) -> Port:
    raise AssertionError(f"{service} is not called here")
