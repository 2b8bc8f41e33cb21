"""What a reminder says, in both languages."""

from dataclasses import replace
from datetime import date

import pytest

from billing.gateways import reminders
from billing.gateways.document import DEMO

HERE = reminders.Late(
    number=1,
    invoice_number=10_001,
    kid="100016",
    issue_date=date(2026, 4, 15),
    due_date=date(2026, 4, 29),
    gross_ore=12_500_000,
    remaining_ore=10_000_050,
    seller="Eksempel Bilder AS",
    account="12345678903",
    iban="NO7112345678903",
    bic="DEMONOKK",
    in_norwegian=True,
    demo=False,
)
ABROAD = replace(HERE, in_norwegian=False)


@pytest.mark.parametrize(
    ("late", "subject", "words"),
    [
        (
            HERE,
            "Påminnelse 1: faktura 10001 fra Eksempel Bilder AS",
            ["125 000,00 kr", "100 000,50 kr", "15.04.2026", "29.04.2026", "1234 56 78903"],
        ),
        (
            ABROAD,
            "Reminder 1: invoice 10001 from Eksempel Bilder AS",
            ["NOK 125,000.00", "NOK 100,000.50", "15 Apr 2026", "29 Apr 2026", "1234 56 78903"],
        ),
    ],
)
def test_it_names_the_invoice_what_remains_and_how_it_is_paid(
    late: reminders.Late, subject: str, words: list[str]
) -> None:
    text = reminders.text(late)
    assert reminders.subject(late) == subject
    wanted = [*words, "10001", "100016", "NO7112345678903", "DEMONOKK", "Eksempel Bilder AS"]
    assert [each for each in wanted if each not in text] == []
    assert "{" not in text
    assert max(map(len, text.splitlines())) <= 90


@pytest.mark.parametrize(("late", "last"), [(HERE, "siste påminnelsen"), (ABROAD, "last reminder")])
def test_only_the_third_one_says_that_it_is_the_last(late: reminders.Late, last: str) -> None:
    texts = [reminders.text(replace(late, number=number)) for number in (1, 2, 3)]
    assert [last in each for each in texts] == [False, False, True]


@pytest.mark.parametrize("late", [HERE, ABROAD])
def test_of_a_demo_it_says_first_that_nothing_is_to_be_paid(late: reminders.Late) -> None:
    demo = replace(late, demo=True)
    assert reminders.subject(demo) == f"DEMO: {reminders.subject(late)}"
    assert reminders.text(demo) == f"{DEMO}.\n\n{reminders.text(late)}"
