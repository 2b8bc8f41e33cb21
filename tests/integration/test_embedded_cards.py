"""Cards on one machine: the stand-in goes on where it was, and nothing else is taken for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.door.http_server import HttpServer
from embedded import cards
from embedded.doors import open_stand_in

BILLING = "http://127.0.0.1:9"


@pytest.fixture
def stranger() -> Iterator[str]:
    """Something that answers, and does not say that it is a stand-in."""

    def answer(_: Any, respond: Callable[..., Any]) -> list[bytes]:
        respond("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    server = HttpServer("127.0.0.1", 0, answer)
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def test_the_stand_in_is_where_it_was_and_knows_its_hearer(tmp_path: Path) -> None:
    ports, hearers = [], []
    for _ in range(2):
        with open_stand_in(tmp_path, BILLING) as stand_in:
            ports.append(stand_in.port)
            hearers += cards.turn(stand_in.url, "objects", kind="webhook_endpoint")

    assert ports[0] == ports[1]
    assert {each["id"] for each in hearers} == {hearers[0]["id"]}
    assert {each["url"] for each in hearers} == {f"{BILLING}/webhooks/stripe"}


def test_what_does_not_say_that_it_is_a_stand_in_is_not_taken_for_one(stranger: str) -> None:
    with pytest.raises(ValueError, match="is no stand-in"):
        cards.turn(stranger, "undelivered")


def test_what_the_stand_in_refuses_is_said(tmp_path: Path) -> None:
    with open_stand_in(tmp_path, BILLING) as stand_in, pytest.raises(ValueError, match="cs_test_1"):
        cards.turn(stand_in.url, "pay", session="cs_test_1")


def test_events_on_their_way_are_left_to_do_and_held_ones_are_not() -> None:
    assert cards.untold([{"held": True}]) == []
    assert cards.untold([{"held": False}, {"held": True}]) == [
        "the stand-in for Stripe has events to tell: 1"
    ]
