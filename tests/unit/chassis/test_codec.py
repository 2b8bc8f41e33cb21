"""The codec: a closed table of types, strict at the door, tolerant of others' new fields."""

import json
from dataclasses import field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from marshmallow import ValidationError

from chassis import codec
from chassis.asked import Command, Written
from chassis.codec import Codec
from chassis.domain import value
from chassis.errors import Invalid
from chassis.marshalling import Form, request, schema


@value
class Money:
    amount: int
    currency: str = "NOK"


INT64 = some.integers(-(2**63), 2**63 - 1)
TEXTS = some.text(some.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
MONEYS = some.builds(Money, amount=INT64, currency=some.sampled_from(["NOK", "EUR", "SEK"]))


@value
class Line:
    text: str
    net: Money


@value
class Everything:
    text: str
    number: int
    flag: bool
    id: UUID
    day: date
    at: datetime
    price: Money
    size: Literal["small", "large"]
    maybe: int | None
    texts: tuple[str, ...]
    lines: tuple[Line, ...]
    line: Line | None = None
    tags: tuple[str, ...] = ()


LINES = some.builds(Line, text=TEXTS, net=MONEYS)
EVERYTHING = some.builds(
    Everything,
    text=TEXTS,
    number=INT64,
    flag=some.booleans(),
    id=some.uuids(),
    day=some.dates(),
    at=some.datetimes(timezones=some.just(UTC)),
    price=MONEYS,
    size=some.sampled_from(["small", "large"]),
    maybe=some.none() | INT64,
    texts=some.lists(TEXTS, max_size=3).map(tuple),
    lines=some.lists(LINES, max_size=2).map(tuple),
    line=some.none() | LINES,
    tags=some.just(()) | some.just(("a",)),
)

SAMPLE = {
    "text": "x",
    "number": 1,
    "flag": True,
    "id": "9e107d9d-372b-4b68-8167-1d1d0d9e1c3b",
    "day": "2026-03-01",
    "at": "2026-03-01T12:00:00+00:00",
    "price": {"amount": 5, "currency": "NOK"},
    "size": "small",
    "maybe": None,
    "texts": ["a"],
    "lines": [{"text": "b", "net": {"amount": 1, "currency": "NOK"}}],
}


@given(EVERYTHING)
def test_what_is_written_is_read_back_the_same(event: Everything) -> None:
    stored = json.loads(json.dumps(codec.dump(event)))
    assert codec.load(Everything, stored) == event


def refused(data: dict[str, Any]) -> set[str]:
    """Return the names of the fields that are refused; none where the data are taken."""
    try:
        codec.load(Everything, data)
    except Invalid as refusal:
        assert refusal.code == "chassis.invalid_argument"
        return set(refusal.details["fields"])
    return set()


def test_the_sample_loads() -> None:
    loaded = codec.load(Everything, SAMPLE)
    assert loaded.price == Money(amount=5)
    assert loaded.texts == ("a",)
    assert loaded.lines == (Line(text="b", net=Money(amount=1)),)
    assert (loaded.line, loaded.tags) == (None, ())


def test_what_is_of_another_type_is_refused_by_its_field() -> None:
    examples: list[tuple[str, Any]] = [
        ("text", 1),
        ("text", None),
        ("text", "a\x00b"),
        ("text", "half a character: \ud800"),
        ("number", 1.0),
        ("number", 1.5),
        ("number", True),
        ("number", "1"),
        ("number", 2**63),
        ("number", -(2**63) - 1),
        ("number", None),
        ("flag", 1),
        ("flag", 0),
        ("flag", "true"),
        ("flag", None),
        ("id", 7),
        ("id", "9e107d9d372b4b6881671d1d0d9e1c3b"),
        ("id", "urn:uuid:9e107d9d-372b-4b68-8167-1d1d0d9e1c3b"),
        ("day", "2026-02-30"),
        ("day", 5),
        ("at", "2026-03-01T12:00:00"),
        ("at", "2026-03-01"),
        ("at", 1_700_000_000),
        ("price", 5),
        ("price", {"amount": 5.0, "currency": "NOK"}),
        ("price", {"amount": 5, "currency": "NOK", "more": 1}),
        ("size", "medium"),
        ("size", None),
        ("maybe", "1"),
        ("maybe", 1.0),
        ("texts", "a"),
        ("texts", [1]),
        ("texts", ["a\x00"]),
        ("texts", {"a": 1}),
        ("lines", [{"text": "b"}]),
        ("lines", [None]),
        ("line", {"text": "b", "net": {"amount": "1"}}),
    ]
    named = [(name, wrong, refused({**SAMPLE, name: wrong})) for name, wrong in examples]
    assert [each for each in named if each[2] != {each[0]}] == []


def test_a_field_without_a_default_is_required() -> None:
    lacking = {name: {key: SAMPLE[key] for key in SAMPLE if key != name} for name in SAMPLE}
    assert {name: refused(data) for name, data in lacking.items()} == {
        name: {name} for name in SAMPLE
    }


def test_all_faults_are_named_at_once() -> None:
    assert refused({**SAMPLE, "text": 1, "flag": 1, "new": 1}) == {"text", "flag", "new"}


@pytest.mark.parametrize("data", [None, [], "x", 1, [SAMPLE]])
def test_what_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(Invalid):
        codec.load(Everything, data)


def test_a_tolerant_reader_ignores_fields_it_does_not_know_and_nothing_else() -> None:
    more = {**SAMPLE, "new": {"anything": 1.5}}
    assert refused(more) == {"new"}
    assert codec.load(Everything, more, tolerant=True) == codec.load(Everything, SAMPLE)
    with pytest.raises(Invalid):
        codec.load(Everything, {**more, "number": 1.0}, tolerant=True)


def test_a_tolerant_reader_ignores_unknown_fields_of_nested_values_too() -> None:
    price = {"amount": 5, "currency": "NOK", "rounding": "none"}
    assert codec.load(Everything, {**SAMPLE, "price": price}, tolerant=True).price.amount == 5


def test_a_time_in_another_zone_is_the_same_moment() -> None:
    oslo = datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    loaded = codec.load(Everything, {**SAMPLE, "at": oslo.isoformat()})
    assert loaded.at == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "hint",
    [
        float,
        float | None,
        tuple[float, ...],
        dict[str, int],
        list[str],
        set[str],
        bytes,
        Any,
        object,
        int | str,
        tuple[int, str],
    ],
)
def test_a_type_outside_the_table_is_refused_when_the_service_starts(hint: Any) -> None:
    bad: type[Any] = value(type("Bad", (), {"__annotations__": {"amount": hint}}))
    with pytest.raises(TypeError, match=r"no codec for Bad\.amount"):
        Codec([bad])


def test_a_float_in_a_nested_value_is_refused_too() -> None:
    inner: type[Any] = value(type("Inner", (), {"__annotations__": {"ratio": float}}))
    outer: type[Any] = value(type("Outer", (), {"__annotations__": {"inner": inner}}))
    with pytest.raises(TypeError, match=r"no codec for Inner\.ratio"):
        Codec([outer])


def test_two_events_of_one_name_are_refused() -> None:
    one: type[Any] = value(type("Opened", (), {"__annotations__": {}}))
    other: type[Any] = value(type("Opened", (), {"__annotations__": {}}))
    with pytest.raises(TypeError, match="two events are called Opened"):
        Codec([one, other])
    Codec([one, one])


def test_what_is_no_value_has_no_codec() -> None:
    with pytest.raises(TypeError, match="not a value"):
        schema(dict)


@value
class Sold:
    """Version 1 had `price: 12` in kroner; version 2 `ore: 1200`; version 3 names the currency."""

    SCHEMA: ClassVar[int] = 3
    price: Money
    buyer: str = "unknown"


SALES = Codec(
    [Sold],
    {
        ("Sold", 1): lambda data: {"ore": data["price"] * 100},
        ("Sold", 2): lambda data: {"price": {"amount": data["ore"], "currency": "NOK"}},
    },
)


@pytest.mark.parametrize(
    "version,data",
    [
        (1, {"price": 12}),
        (2, {"ore": 1200}),
        (3, {"price": {"amount": 1200, "currency": "NOK"}}),
        (3, {"price": {"amount": 1200, "currency": "NOK"}, "buyer": "unknown"}),
    ],
)
def test_every_version_ever_written_is_read_as_todays(version: int, data: dict[str, Any]) -> None:
    assert SALES.load("Sold", version, data) == Sold(price=Money(amount=1200))


def test_an_event_is_written_in_todays_version() -> None:
    assert codec.schema_version(Sold) == 3
    assert codec.schema_version(Line) == 1
    assert set(SALES.dump(Sold(price=Money(amount=1)))) == {"price", "buyer"}


def test_a_stored_event_with_a_field_too_many_is_not_read() -> None:
    with pytest.raises(Invalid):
        SALES.load("Sold", 3, {"price": {"amount": 1, "currency": "NOK"}, "vat": 1})


@value
class Defaults:
    names: tuple[str, ...] = field(default_factory=lambda: ("a",))
    count: int = 3


def test_defaults_are_filled_in() -> None:
    assert codec.load(Defaults, {}) == Defaults(names=("a",), count=3)


@value
class Note(Command[Written]):
    text: str


def test_rules_of_a_request_are_checked_and_must_name_a_field() -> None:
    def short(text: str) -> None:
        if len(text) > 3:
            raise ValidationError("Too long.")

    reader = request(Note, {"text": (short, Form(str.upper))})
    assert codec.load_with(reader, {"text": "abc"}) == {"text": "ABC"}
    data = {"text": "long text"}
    with pytest.raises(Invalid) as caught:
        codec.load_with(reader, data)
    assert caught.value.details["fields"] == {"text": ["Too long."]}
    with pytest.raises(TypeError, match="Note has no"):
        request(Note, {"txt": short})


def test_plain_is_json_with_times_in_utc() -> None:
    oslo = datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    given_id = UUID(int=1)
    found = codec.plain({"at": oslo, "ids": (given_id, [date(2026, 1, 2)]), given_id: None})
    assert found == {
        "at": "2026-03-01T12:00:00Z",
        "ids": [str(given_id), ["2026-01-02"]],
        str(given_id): None,
    }


@pytest.mark.parametrize(
    "name,expected",
    [("InvoicePaid", "invoice_paid"), ("Paid", "paid"), ("PhotoV2Made", "photo_v2_made")],
)
def test_an_events_name_in_snake_case(name: str, expected: str) -> None:
    assert codec.snake(name) == expected
