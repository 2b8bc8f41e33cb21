"""Boxes behind nameko, and a plain nameko service beside them: for tests of RPC, in a process."""

import os
import signal

from chassis.green.methods import act, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider, container

# isort: split
from nameko.containers import ServiceContainer
from nameko.rpc import rpc
from sqlalchemy import text

from chassis import deadline, errors, ids
from chassis.asked import Asked, Command, Json, Written
from chassis.broker.rpc import Rpc
from chassis.database import postgres
from chassis.domain import value
from chassis.door.edge import Door
from chassis.door.tokens import AccessTokens
from chassis.identity import Permission
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import boxes
from integration.stages.box_database import MINE

LOCK = 4711  # whoever holds this advisory lock holds up `wait`
SERVE = "import chassis.green.green\n"  # as `serve` does
SERVE += "from integration.stages.rpc_boxes import containers\ncontainer, *beside = containers()\n"
SERVE += "for each in beside:\n    each.start()\n"


@value
class OpenBox(Command[Written]):
    label: str = ""


@value
class OpenAndDie(Command[Written]):
    label: str = ""


@value
class Given(Asked[Json]):
    label: str = ""


@value
class Who(Given):
    pass


@value
class AskOn(Given):
    pass


@value
class Wait(Asked[str]):
    pass


@value
class BeInProgressOnce(Asked[str]):
    label: str = ""


@value
class Fail(Asked[str]):
    label: str = ""


def open_box(unit: Unit, asked: OpenBox | OpenAndDie) -> Written:
    opened = boxes.OpenBox(workspace_id=MINE, label=asked.label)
    return unit.decide(boxes.box, ids.derive(unit.call.id, "box"), opened).written


def open_and_die(door: Door, call: Call, asked: OpenAndDie) -> Written:
    """Die after the commit and before the reply, if the test wants it."""
    reply = door.app.unit(call, lambda unit: open_box(unit, asked), Written)
    if door.tools["die"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return reply


def who(door: Door, call: Call, asked: Who) -> Json:
    return {
        "actor": f"{call.actor}",
        "correlation_id": call.correlation_id,
        "label": asked.label,
        "remaining_s": deadline.remaining(),
    }


def ask_on(door: Door, call: Call, asked: AskOn) -> Json:
    port = door.tools["rpc"].port("boxes", timeout_s=3_600)
    return {"here": deadline.remaining(), "there": port.call("who")["remaining_s"]}


def wait(door: Door, call: Call, asked: Wait) -> str:
    lock = text("select pg_advisory_lock_shared(:key), pg_advisory_unlock_shared(:key)")
    with door.app.engine.begin() as connection:  # `set local` holds in a transaction only
        connection.execute(text("set local lock_timeout = 0"))
        connection.execute(lock, {"key": LOCK})
    return "waited"


def be_in_progress_once(door: Door, call: Call, asked: BeInProgressOnce) -> str:
    seen = door.tools["seen"]
    if asked.label not in seen:
        seen.add(asked.label)
        raise errors.Conflict("chassis.in_progress", "an earlier attempt is at it")
    return "done"


def fail(door: Door, call: Call, asked: Fail) -> str:
    if asked.label in errors.KINDS:
        raise errors.KINDS[asked.label](
            "boxes.failed", "on purpose", details={"at": [1]}, retry_after_s=7
        )
    raise KeyError("a secret")


class BoxesService:
    name = "boxes"
    door, caller = DoorProvider(), CallerProvider()

    open_box = unit(OpenBox, open_box)
    open_and_die = act(OpenAndDie, open_and_die)
    who = act(Who, who)
    ask_on = act(AskOn, ask_on)
    wait = act(Wait, wait)
    be_in_progress_once = act(BeInProgressOnce, be_in_progress_once)
    fail = act(Fail, fail)


class PlainService:
    name = "plain"

    @rpc  # type: ignore[untyped-decorator]
    def add(self, a: int, b: int) -> int:
        return a + b

    @rpc  # type: ignore[untyped-decorator]
    def fail(self) -> None:
        raise LookupError("a secret")


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
        ServiceContainer(PlainService, {"AMQP_URI": os.environ.get("PLAIN_AMQP_URI", uri)}),
    ]
