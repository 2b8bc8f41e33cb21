"""What the stand-in remembers, lists, finds, and does wrong when it is told to."""

import time
from pathlib import Path
from typing import Any

import pytest
from stripe import WebhookSignature

from stand_ins.stripe import faults, listing
from stand_ins.stripe.deliveries import signature
from stand_ins.stripe.refusals import Refused
from stand_ins.stripe.samples import PREFIXES, sample
from stand_ins.stripe.state import State
from stand_ins.stripe.switches import Switches


def test_a_fault_strikes_so_many_times_and_only_where_it_is_switched_on() -> None:
    state = State()
    faults.switch(state, "reply_lost", 2, "POST /v1/refunds")
    faults.switch(state, "event_doubled", None, "")
    where = ["GET /v1/refunds", *["POST /v1/refunds"] * 3]
    assert [faults.strikes(state, "reply_lost", each) for each in where] == [
        *(False, True, True, False)
    ]
    assert all(faults.strikes(state, "event_doubled") for _ in range(5))
    faults.unset(state, None)
    assert not faults.strikes(state, "event_doubled")
    with pytest.raises(ValueError, match="no such fault"):
        faults.switch(state, "nonsense", 1, "")


def test_what_it_knows_is_in_its_folder_whole_or_as_it_was(tmp_path: Path) -> None:
    state = State(folder=tmp_path / "stripe")
    made = state.add("customer", name="Kari")
    assert State(folder=tmp_path / "stripe").all("customer") == []
    state.save()
    state.add("customer", name="Ola")
    assert State(folder=tmp_path / "stripe").all("customer") == [made]


def test_a_sample_is_everybodys_own() -> None:
    for kind in PREFIXES:
        one = sample(kind)
        for each in one.values():
            if isinstance(each, dict):
                each["changed"] = True
        assert "changed" not in str(sample(kind)), kind


@pytest.mark.parametrize(
    "query,found",
    [
        ("metadata['w']:'1'", "AB"),
        ("""metadata["w"]:"1" AND name:'B'""", "B"),
        ("name:'it\\'s AND'", "C"),
        ("name:'nobody'", ""),
        ("email:'x'", ""),
    ],
)
def test_a_search_finds_what_every_clause_says(query: str, found: str) -> None:
    state = State()
    for name, metadata in (("A", {"w": "1"}), ("B", {"w": "1"}), ("it's AND", {})):
        state.add("customer", name=name, metadata=metadata)
    page = listing.searched(state, "customer", {"query": query}, "")["data"]
    names = "".join(sorted(each["name"] for each in page))
    assert names == found.replace("C", "it's AND")


def test_its_clock_is_set_and_then_goes_on() -> None:
    switches = Switches(State())
    switches.set_clock(1_000_000)
    switches.advance(3_600)
    assert 1_003_600 <= switches.state.now() < 1_003_700


def test_a_list_is_filtered_by_fields_times_and_types() -> None:
    events = [
        {"id": str(n), "created": n, "type": kind, "source": "s" if n > 1 else "t"}
        for n, kind in enumerate("abc")
    ]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"created": {"gte": "1"}}, "12"),
        ({"created": {"gt": "0", "lt": "2"}}, "1"),
        ({"created": "2"}, "2"),
        ({"types": ["a", "c"]}, "02"),
        ({"source": "t", "limit": "1"}, "0"),
    ]
    for params, ids in cases:
        page = listing.listed(events, params, "")
        assert "".join(each["id"] for each in page["data"]) == ids
    for wrong in ({"limit": "101"}, {"starting_after": "9"}):
        with pytest.raises(Refused):
            listing.listed(events, wrong, "")


def test_its_signature_is_one_of_the_official_librarys() -> None:
    body, now = '{"id": "evt_1", "å": 1}', int(time.time())
    theirs = WebhookSignature.generate_signature_header(body, "whsec_x", timestamp=now)
    assert signature(body.encode(), "whsec_x", now) == theirs
