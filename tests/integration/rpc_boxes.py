"""Boxes behind nameko, and a plain nameko service beside them: for tests of RPC, in a process."""

import os
import signal
from typing import Any

from chassis.green.nameko_ext import CallerProvider, DoorProvider, command, container, query

# isort: split
from marshmallow import Schema, fields, post_load
from nameko.containers import ServiceContainer
from nameko.rpc import rpc
from sqlalchemy import Connection, text

from chassis import deadline, errors, ids
from chassis.broker.rpc import Rpc
from chassis.database import postgres
from chassis.domain import value
from chassis.door.edge import Door
from chassis.identity import AccessTokens, Permission
from chassis.unit.handling import App
from integration import boxes
from integration.box_database import MINE

LOCK = 4711  # whoever holds this advisory lock holds up `wait`
SERVE = "from integration.rpc_boxes import containers\ncontainer, *beside = containers()\n"
SERVE += "for each in beside:\n    each.start()\n"


@value
class Given:
    label: str = ""


class GivenSchema(Schema):
    label = fields.String()

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Given:
        return Given(**data)


class BoxesService:
    name = "boxes"
    door = DoorProvider()
    caller = CallerProvider()

    @command(GivenSchema)
    def open_box(self, request: Given, call: Any) -> Any:
        return open_box(self.door.app, request.label, call)

    @command(GivenSchema)
    def open_and_die(self, request: Given, call: Any) -> Any:
        """Die after the commit and before the reply, if the test wants it."""
        reply = open_box(self.door.app, request.label, call)
        if self.door.tools["die"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return reply

    @query(GivenSchema)
    def who(self, request: Given, call: Any) -> Any:
        return {
            "actor": f"{call.actor}",
            "correlation_id": call.correlation_id,
            "label": request.label,
            "remaining_s": deadline.remaining(),
        }

    @query(GivenSchema)
    def ask_on(self, request: Given, call: Any) -> Any:
        port = self.door.tools["rpc"].port("boxes", timeout_s=3_600)
        return {"here": deadline.remaining(), "there": port.call("who")["remaining_s"]}

    @query(GivenSchema)
    def wait(self, request: Given, call: Any) -> Any:
        lock = text("select pg_advisory_lock_shared(:key), pg_advisory_unlock_shared(:key)")
        patiently = text("set local lock_timeout = 0")

        def work(connection: Connection) -> None:
            connection.execute(patiently)
            connection.execute(lock, {"key": LOCK})

        self.door.app.query(work)
        return "waited"

    @query(GivenSchema)
    def be_in_progress_once(self, request: Given, call: Any) -> Any:
        seen = self.door.tools["seen"]
        if request.label not in seen:
            seen.add(request.label)
            raise errors.Conflict("chassis.in_progress", "an earlier attempt is at it")
        return "done"

    @query(GivenSchema)
    def fail(self, request: Given, call: Any) -> Any:
        if request.label in errors.KINDS:
            raise errors.KINDS[request.label](
                "boxes.failed", "on purpose", details={"at": [1]}, retry_after_s=7
            )
        raise KeyError("a secret")


class PlainService:
    name = "plain"

    @rpc  # type: ignore[untyped-decorator]
    def add(self, a: int, b: int) -> int:
        return a + b

    @rpc  # type: ignore[untyped-decorator]
    def fail(self) -> None:
        raise LookupError("a secret")


def open_box(app: App, label: str, call: Any) -> Any:
    opened = boxes.OpenBox(workspace_id=MINE, label=label)
    return app.handle(boxes.box, ids.derive(call.id, "box"), opened, call)


def containers() -> list[ServiceContainer]:
    uri = os.environ["AMQP_URI"]
    engine = postgres.engine(os.environ["DATABASE_URL"], name="boxes")
    anybody = Permission(open=True, services=("caller",))
    methods = [
        name for name in vars(BoxesService) if hasattr(getattr(BoxesService, name), "method")
    ]
    door = Door(
        app=App(service=boxes.SERVICE, engine=engine),
        tokens=AccessTokens({}),
        permissions=dict.fromkeys(methods, anybody),
        tools={"rpc": Rpc(uri), "die": "DIE" in os.environ, "seen": set()},
    )
    return [
        container(BoxesService, uri, door, max_workers=10),
        ServiceContainer(PlainService, {"AMQP_URI": uri}),
    ]
