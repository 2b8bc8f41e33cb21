"""Stripe's nested parameters, as the official library writes them."""

from typing import Any
from urllib.parse import urlencode

import pytest
from stripe._encode import _api_encode

from stand_ins.stripe import form
from stand_ins.stripe.refusals import Refused


@pytest.mark.parametrize(
    "params",
    [
        {"name": "Åse & Co", "email": ""},
        {"metadata": {"payment_id": "p", "a b": "ø=&"}},
        {"line_items": [{"price_data": {"currency": "nok"}, "quantity": "1"}, {"quantity": "2"}]},
        {"expand": ["data.customer", "data.latest_charge"]},
        {"many": [str(number) for number in range(12)]},
    ],
)
def test_what_the_official_library_writes_is_read(params: dict[str, Any]) -> None:
    assert form.decoded(urlencode(list(_api_encode(params)))) == params


def test_a_list_may_be_appended_to() -> None:
    assert form.decoded("types[]=a&types[]=b") == {"types": ["a", "b"]}


def test_numbers_and_booleans_are_read_and_nothing_else_for_them() -> None:
    params = {"amount": "125000", "confirm": "true", "wrong": "1.5"}
    assert (form.whole(params, "amount"), form.flag(params, "confirm")) == (125_000, True)
    assert form.flag(params, "off_session") is False
    wrong: list[tuple[Any, str, str]] = [
        (form.whole, "wrong", "parameter_invalid_integer"),
        (form.whole, "missing", "parameter_missing"),
        (form.text, "missing", "parameter_missing"),
        (form.flag, "wrong", "wrong"),
        (form.group, "wrong", "wrong"),
    ]
    for read, name, said in wrong:
        with pytest.raises(Refused) as refused:
            read(params, name)
        assert said in (refused.value.error.get("code"), refused.value.error["param"])
        assert not refused.value.kept


def test_a_value_cannot_be_a_tree_as_well() -> None:
    with pytest.raises(Refused):
        form.decoded("metadata=1&metadata[a]=2")


def test_metadata_is_merged_and_taken_away_by_what_is_empty() -> None:
    had = {"a": "1", "b": "2"}
    assert form.changed(had, {"metadata": {"b": "3", "c": "4"}}) == {"a": "1", "b": "3", "c": "4"}
    assert form.changed(had, {"metadata": {"a": ""}}) == {"b": "2"}
    assert form.changed(had, {"metadata": ""}) == {}
    assert form.changed(had, {}) == had
