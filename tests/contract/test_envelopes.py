"""What surrounds an event is read as it was ever written: in a feed, a queue, a parked row."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.codec import plain, read_reply
from chassis.every_service import Told
from chassis.unit.envelope import from_message, heard
from contract.envelopes import ON_BEHALF, PLAIN, kept, written


def test_what_is_told_and_parked_is_as_in_the_sample() -> None:
    assert written(ON_BEHALF) == kept(2)


def test_what_a_caller_does_in_person_is_told_as_ever() -> None:
    told, first = written(PLAIN), kept(1)

    assert (told["item"], told["message"]) == (first["item"], first["message"])
    assert told["parked"] == {**first["parked"], "actor": first["item"]["actor"]}


@pytest.mark.parametrize(("number", "unknown"), [(1, {"actor": None}), (2, {})])
def test_a_sample_says_the_same_by_each_way_it_comes(number: int, unknown: dict[str, Any]) -> None:
    sample = kept(number)
    told = heard(sample["item"])

    assert from_message(sample["message"]["headers"], sample["message"]["body"]) == told
    assert heard(sample["parked"]) == replace(told, **unknown)


@pytest.mark.parametrize("number", [1, 2])
def test_a_client_reads_an_item_whole(number: int) -> None:
    item = kept(number)["item"]

    assert plain(read_reply(Told, item)) == item
