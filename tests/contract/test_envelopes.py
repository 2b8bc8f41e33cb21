"""What surrounds an event is read as it was ever written: in a feed, a queue, a parked row."""

from chassis.unit.envelope import from_message, heard
from contract.envelopes import Stored, kept, written


def test_what_is_told_and_parked_is_as_in_the_sample() -> None:
    assert written(Stored()) == kept(1)


def test_a_sample_says_the_same_by_each_way_it_comes() -> None:
    sample = kept(1)
    told = heard(sample["item"])

    assert from_message(sample["message"]["headers"], sample["message"]["body"]) == told
    assert heard(sample["parked"]) == told
