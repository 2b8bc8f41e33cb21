"""The envelope: what may not leave a service does not, and what leaves can be read."""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from chassis.domain import value
from chassis.errors import Rejected
from chassis.unit.envelope import DENIED, MAX_BYTES, Outbox, attributes, heard


@value
class Noted:
    note: str


def contract(field: str) -> type[Any]:
    return value(type("Told", (), {"__annotations__": {field: str}}))


@pytest.mark.parametrize("field", [*DENIED, *(f"user_{name}" for name in DENIED)])
def test_a_contract_with_personal_data_or_secrets_is_refused_at_the_start(field: str) -> None:
    with pytest.raises(TypeError, match=rf"Told\.{field} may not be told to others"):
        Outbox("boxes", [contract(field)])


@pytest.mark.parametrize("field", ["user_id", "workspace_id", "named", "ipad", "tokens_used"])
def test_a_contract_of_ids_and_facts_is_accepted(field: str) -> None:
    Outbox("boxes", [contract(field)])


def test_a_float_in_a_contract_is_refused_at_the_start() -> None:
    with pytest.raises(TypeError, match="no codec"):
        Outbox("boxes", [value(type("Told", (), {"__annotations__": {"ratio": float}}))])


def test_an_entry_names_its_service_and_its_event() -> None:
    outbox = Outbox("boxes", [Noted])
    assert outbox.entry(Noted(note="x")) == {"type": "boxes.noted", "data": {"note": "x"}}


def test_more_than_64_kib_are_rejected() -> None:
    outbox = Outbox("boxes", [Noted])
    frame = len('{"type": "boxes.noted", "data": {"note": ""}}')
    outbox.entry(Noted(note="x" * (MAX_BYTES - frame)))
    with pytest.raises(Rejected) as caught:
        outbox.entry(Noted(note="x" * (MAX_BYTES - frame + 1)))
    assert caught.value.code == "chassis.event_too_large"


class Stored(NamedTuple):
    event_id: UUID = UUID(int=7)
    stream_id: str = f"box-{UUID(int=8)}"
    version: int = 3
    meta: Any = {
        "call": "c",
        "actor": "person:p",
        "correlation": "k",
        "causation": None,
        "workspace": None,
    }
    outbox: Any = {"type": "boxes.noted", "data": {"note": "x"}}
    recorded_at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    position: int = 5
    previous: UUID = UUID(int=6)


def test_what_is_told_is_what_is_heard() -> None:
    told = {**attributes("boxes", Stored()), "data": {"note": "x"}}
    received = heard(told)
    assert (received.source, received.name, received.position) == ("boxes", "noted", 5)
    assert (received.event_id, received.previous) == (UUID(int=7), UUID(int=6))
    assert received.stream_id == f"box-{UUID(int=8)}"
    assert received.time == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert received.correlation_id == "k"
    assert received.workspace_id is None
    assert told["causationid"] == "c"
    assert told["subject"] == str(UUID(int=8))


def test_the_attributes_are_strings_and_numbers() -> None:
    told = attributes("boxes", Stored(meta={**Stored().meta, "workspace": str(UUID(int=9))}))
    assert all(isinstance(each, str | int) for each in told.values())
    assert heard({**told, "data": {}}).workspace_id == UUID(int=9)
