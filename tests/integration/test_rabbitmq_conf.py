"""deploy/rabbitmq/rabbitmq.conf, read by a real node."""

import json
from pathlib import Path

import amqp
import pytest

from chassis.broker.link import Link
from chassis.errors import Unavailable
from contracts import BROKER_USERS
from servers.rabbit_environment import MOST_OF_A_MESSAGE
from servers.rabbit_node import Node, installed
from suitectl import inventory, keys
from suitectl.definitions import definitions

ROOT = Path(__file__).parents[2]
VHOST = "ai-studio"


def test_a_broker_that_starts_with_the_definitions_knows_the_suites_users_and_no_other(
    run_folder: Path,
) -> None:
    programs = installed()
    if programs is None:
        pytest.skip("no rabbitmq-server is installed here")
    given = inventory.load(ROOT / "deploy" / "compose" / "inventory.toml")
    made = keys.completed({}, given.services, given.users)
    folder = run_folder / "configured-rabbit"
    node = Node(programs, folder)
    document = folder / "definitions.json"
    document.write_text(json.dumps(definitions(given, made)), "utf-8")
    (folder / "rabbitmq.conf").write_text(_here(node.port, document), "ascii")
    try:
        node.start()
        known = json.loads(node.ctl("list_users", "--formatter=json"))
        assert {each["user"] for each in known} == {*BROKER_USERS, *given.callers}
        password = made["broker"]["billing"]
        link = Link(
            f"amqp://billing:{password}@127.0.0.1:{node.port}/{VHOST}", lambda channel: None
        )
        with link.channel() as channel:
            channel.exchange_declare("billing.events", "topic", passive=True)
        with pytest.raises(Unavailable, match="larger than configured max size"):
            send(link, MOST_OF_A_MESSAGE + 1)
        send(link, MOST_OF_A_MESSAGE)
        link.close()
    finally:
        node.remove()


def send(link: Link, size: int) -> None:
    """Send a message to nobody, and ask for something that is answered after it."""
    with link.channel() as channel:
        channel.basic_publish(amqp.Message(b"x" * size), "billing.events", "invoice_paid")
        channel.exchange_declare("billing.events", "topic", passive=True)


def _here(port: int, document: Path) -> str:
    """Return the file with the places, the port and the disk of a container replaced by ours."""
    text = (ROOT / "deploy" / "rabbitmq" / "rabbitmq.conf").read_text("utf-8")
    for theirs, ours in (
        ("/etc/rabbitmq/definitions.json", str(document)),
        ("listeners.tcp.default = 5672", f"listeners.tcp.1 = 127.0.0.1:{port}"),
        ("disk_free_limit.absolute = 1GB", "disk_free_limit.absolute = 50MB"),
    ):
        assert theirs in text
        text = text.replace(theirs, ours)
    return text
