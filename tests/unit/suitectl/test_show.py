"""What commands print for people and for machines."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from suitectl import show

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_table_is_as_wide_as_what_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"consumer": "billing", "dead": True, "checked_s": 1.25, "error": None},
        {"consumer": "affiliate", "dead": False, "checked_s": 130.0, "error": "x"},
    ]
    show.table(rows, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "consumer   dead  checked_s  error",
        "billing    yes   1.2        -",
        "affiliate  no    130.0      x",
    ]


def test_nothing_is_said_in_a_word_and_is_an_empty_list_in_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.table([], as_json=False)
    show.table([], as_json=True)
    assert capsys.readouterr().out == "none\n[]\n"


def test_a_record_shows_lines_below_their_field(capsys: pytest.CaptureFixture[str]) -> None:
    show.record({"at": AT, "trace": "one\ntwo", "data": {"a": 1}}, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "at     2026-03-01T12:00:00Z",
        "trace  one",
        "       two",
        "data   {",
        '        "a": 1',
        "       }",
    ]


def test_json_has_every_value_as_the_services_write_it(capsys: pytest.CaptureFixture[str]) -> None:
    summed = Decimal(250_000)  # as PostgreSQL sums up øre
    show.record({"at": AT, "none": None, "ok": True, "gross_ore": summed}, as_json=True)
    printed = json.loads(capsys.readouterr().out)
    said = {"at": "2026-03-01T12:00:00Z", "none": None, "ok": True, "gross_ore": 250_000}
    assert printed == said
