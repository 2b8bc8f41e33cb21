"""JSON into dataclasses: what is there is parsed, what is more is left, what lacks is an error."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

import pytest

from chassis.asked import Page
from chassis.codec import Unreadable, plain, read_reply
from chassis.domain import value


@value
class Line:
    net_ore: int


@value
class Bill:
    id: UUID
    due: date
    paid_at: datetime | None
    paid: bool
    kind: Literal["invoice", "note"]
    lines: tuple[Line, ...]
    metadata: Mapping[str, Any] | None
    reason: str | None = None


JSON: dict[str, Any] = {
    "id": "00000000-0000-0000-0000-000000000001",
    "due": "2026-03-01",
    "paid_at": "2026-02-28T23:30:00.5Z",
    "paid": True,
    "kind": "invoice",
    "lines": [{"net_ore": 100}, {"net_ore": 200}],
    "metadata": {"made": {"by": ["hand"]}},
}
BILL = Bill(
    id=UUID(int=1),
    due=date(2026, 3, 1),
    paid_at=datetime(2026, 2, 28, 23, 30, 0, 500_000, tzinfo=UTC),
    paid=True,
    kind="invoice",
    lines=(Line(net_ore=100), Line(net_ore=200)),
    metadata={"made": {"by": ["hand"]}},
)


def test_every_type_is_parsed() -> None:
    assert read_reply(Bill, JSON) == BILL


def test_unknown_fields_are_left_in_what_is_nested_too() -> None:
    lines = [{**line, "colour": "red"} for line in JSON["lines"]]

    assert read_reply(Bill, {**JSON, "lines": lines, "new": 1}) == BILL


def test_a_word_not_known_yet_is_read() -> None:
    assert str(read_reply(Bill, {**JSON, "kind": "reminder"}).kind) == "reminder"


@pytest.mark.parametrize("field", JSON)
def test_a_missing_field_is_named(field: str) -> None:
    left = {name: JSON[name] for name in JSON if name != field}
    with pytest.raises(Unreadable) as error:
        read_reply(Bill, left)

    assert error.value.at == field


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("id", None),
        ("id", 1),
        ("id", "no id"),
        ("due", "2026-02-30"),
        ("paid_at", "2026-02-28T23:30:00"),
        ("paid", 1),
        ("paid", "true"),
        ("kind", 1),
        ("lines", None),
        ("lines", {}),
        ("metadata", []),
        ("reason", 1),
    ],
)
def test_a_field_of_another_type_is_named_and_not_shown(field: str, wrong: Any) -> None:
    with pytest.raises(Unreadable) as error:
        read_reply(Bill, {**JSON, field: wrong})

    assert error.value.at == field
    assert str(error.value) == f"{field} is not as it should be"


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None])
def test_money_is_a_whole_number(wrong: Any) -> None:
    with pytest.raises(Unreadable) as error:
        read_reply(Bill, {**JSON, "lines": [{"net_ore": 1}, {"net_ore": wrong}]})

    assert error.value.at == "lines.1.net_ore"


def test_a_type_that_no_reply_has_is_refused() -> None:
    @value
    class Odd:
        amount: float

    with pytest.raises(TypeError, match="no codec for Odd.amount"):
        read_reply(Odd, {"amount": 1.0})


@value
class Row:
    id: UUID


def test_a_page_is_read_row_by_row() -> None:
    page = read_reply(Page[Row], {"items": [{"id": JSON["id"]}], "next_cursor": None})

    assert page == Page(items=(Row(id=UUID(int=1)),), next_cursor=None)
    with pytest.raises(Unreadable) as error:
        read_reply(Page[Row], {"items": [{"id": JSON["id"]}, {"id": 1}], "next_cursor": None})
    assert error.value.at == "items.1.id"


def test_what_a_reply_lacks_is_left_out_where_it_may_lack() -> None:
    sent = plain(BILL)

    assert "reason" not in sent and "paid_at" in sent
    assert read_reply(Bill, sent) == BILL
    assert plain(replace(BILL, paid_at=None, reason="late")) == {
        **sent,
        "paid_at": None,
        "reason": "late",
    }
