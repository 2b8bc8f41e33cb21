"""The consumer of `docs/listening.md`, with nothing but the file that `consumer add` writes."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import kombu

from distributed.suite import Suite
from journeys.stages import documented
from servers.rabbit import Broker

PAGE, QUEUE = "docs/listening.md", "crm.wakes"
DIES_BEFORE_IT_ACKNOWLEDGES = """
import os, signal
from kombu.message import Message
Message.ack = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
"""
PATIENCE_S = 60.0
_LIMITS = r"""
[io:format("~s ~w~n", [Key, rabbit_policy:get(Key, Queue)])
    || Queue <- rabbit_amqqueue:list(<<"VHOST">>),
    element(4, amqqueue:get_name(Queue)) == <<"QUEUE">>,
    Key <- [<<"expires">>, <<"max-length">>, <<"max-length-bytes">>],
    rabbit_policy:get(Key, Queue) =/= undefined].
"""


class Crm:
    """Another team's service, and its own database."""

    def __init__(self, uri_file: Path, folder: Path) -> None:
        """`uri_file`: what that team is given; nothing is started yet."""
        folder.mkdir()
        self.uri_file, self.folder = uri_file, folder
        self.uri = uri_in(uri_file)
        self.script = documented.script(PAGE, "events_read")
        self.process: subprocess.Popen[str] | None = None

    def start(self, before: str = "") -> None:
        """Run it as it stands on the page; `before`: what is done first in its process."""
        self.process = documented.started(self.script, self.uri_file, self.folder, before=before)

    def exit_code(self) -> int:
        """Wait until it has ended by itself."""
        assert self.process is not None
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()

    def leads(self) -> list[str]:
        """Return what it has made, each as often as it has made it."""
        with closing(sqlite3.connect(self.folder / "crm.db")) as book:
            there = book.execute("select 1 from sqlite_master where name = 'leads'").fetchone()
            query = "select workspace_id from leads order by 1"
            return [row[0] for row in book.execute(query)] if there else []

    def purged(self) -> int:
        """Empty its queue; return how much was in it."""
        with kombu.Connection(self.uri) as connection:
            count: int = connection.default_channel.queue_purge(QUEUE)
            return count


def uri_in(file: Path) -> str:
    """Return the AMQP URI in the file of a consumer or a caller."""
    return file.read_text("utf-8").removeprefix("AMQP_URI='").removesuffix("'\n")


def workspaces(suite: Suite) -> list[str]:
    """Return what auth has told of, that is to become leads."""
    query = "select outbox->'data'->>'workspace_id' as id from events"
    rows = suite.sql("auth", f"{query} where outbox->>'type' = 'auth.workspace_created'")
    return sorted(row["id"] for row in rows)


def limits(broker: Broker, suite: Suite) -> dict[str, int]:
    """Return by what policies bound its queue."""
    vhost = suite.servers.inventory.rabbitmq.vhost
    asked = _LIMITS.replace("VHOST", vhost).replace("QUEUE", QUEUE)
    listed = [line.split() for line in broker.ctl("eval", asked).splitlines()]
    return {key: int(*held) for key, *held in listed if held}
