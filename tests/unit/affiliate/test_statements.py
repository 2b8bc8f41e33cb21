"""Statements: their rows, their file, and the day from which on a month's is due."""

import io
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from affiliate.gateways import statement_csv
from affiliate.jobs.statements import last_due
from affiliate.names import statement_id
from affiliate.projections import statements
from chassis.testing.projected import projected
from unit.affiliate.test_statement import AFFILIATE, issued

AT = datetime(2026, 4, 5, 2, tzinfo=UTC)


def test_what_was_issued_is_a_row() -> None:
    id = statement_id(AFFILIATE, "2026-03")
    (row,) = projected(statements.projection, [(id, issued, AT), (id, object(), AT)])
    assert row == {
        "id": str(id),
        "affiliate_workspace_id": str(AFFILIATE),
        "month": "2026-03",
        "opening_ore": -500,
        "earned_ore": 20_000,
        "reduced_ore": 4_000,
        "clawed_back_ore": 1_000,
        "paid_out_ore": 10_000,
        "closing_ore": 4_500,
        "ref": "blob:statements/1",
        "sha256": "a",
        "size": 400,
        "created_at": AT,
    }


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 3, 4), date(2026, 1, 1)),
        (date(2026, 3, 5), date(2026, 2, 1)),
        (date(2026, 3, 31), date(2026, 2, 1)),
        (date(2026, 1, 4), date(2025, 11, 1)),
        (date(2026, 1, 5), date(2025, 12, 1)),
    ],
)
def test_a_month_is_due_on_the_5th_of_the_next(today: date, month: date) -> None:
    assert last_due(today) == month


def test_its_file_has_opening_changes_and_closing() -> None:
    file = io.StringIO(newline="")
    change: dict[str, Any] = {
        "booked_on": date(2026, 3, 2),
        "kind": "clawed_back",
        "invoice_number": 10_001,
        "earning_id": UUID(int=4),
        "payout_id": None,
        "change_ore": -1_005,
    }
    statement_csv.write(file, -500, [change], -1_505)
    assert file.getvalue() == (
        "booked_on,kind,invoice_number,earning_id,payout_id,change\r\n"
        ",opening,,,,-5.00\r\n"
        f"2026-03-02,clawed_back,10001,{UUID(int=4)},,-10.05\r\n"
        ",closing,,,,-15.05\r\n"
    )
