"""`python -m billing journal --beancount`: bean-check finds nothing, and a turned sign it does."""

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from integration.stages.books_asked import Books, books
from integration.stages.money_histories import bean_checked
from servers.postgres import Server
from unit.billing.money_events import (
    HISTORIES,
    bounced,
    came,
    credited,
    granted,
    issued,
    paid,
    promised,
    rate,
    recovered,
    sent,
    taken_back,
    unpaid,
    written_off,
)

DEADLINE_S = 120.0
SEED, LISTS = 14, 200


def anything(chance: random.Random) -> Any:
    """Return an event, of any amount: whether it may follow the others is no matter of books."""
    ore, net_ore = chance.randint(2, 10**10), 100 * chance.randint(1, 10**6)
    kinds = (came, bounced, paid, unpaid, granted, taken_back, promised, sent, written_off)
    match chance.randrange(4):
        case 0:
            abroad = [rate(net_ore, "EXEMPT_IMPORT_EXPORT")] * chance.randrange(2)
            return issued(rate(chance.randint(1, 10**6)), *abroad)
        case 1:
            return credited(rate(net_ore))
        case 2:
            return recovered(ore, chance.randrange(ore))
    return chance.choice(kinds)(ore)


@pytest.fixture(scope="module")
def kept(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """The histories, and random lists of events, a day each."""
    chance = random.Random(SEED)
    with books(postgres_server, tmp_path_factory.mktemp("blobs")) as kept:
        for events, _ in HISTORIES.values():
            kept.record(*events)
            kept.days_later(1)
        for _ in range(LISTS):
            kept.record(*(anything(chance) for _ in range(chance.randint(1, 20))))
            kept.days_later(1)
        yield kept


def printed(kept: Books, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    roots = {"PYTHONPATH": os.pathsep.join(sys.path)}
    given = {"DATABASE_URL": kept.variables["DATABASE_URL"]}
    return subprocess.run(
        [sys.executable, "-m", "billing", "journal", *arguments],
        env={**os.environ, **roots, **given, **variables},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )


@pytest.fixture(scope="module")
def ledger(kept: Books) -> str:
    asked = printed(kept, "--beancount", ACCOUNTS='{"bank": 1921}')
    assert (asked.returncode, asked.stderr) == (0, "")
    return asked.stdout


def test_bean_check_finds_nothing_in_the_books(ledger: str) -> None:
    assert bean_checked(ledger) == "", f"seed {SEED}"
    days = len(HISTORIES) + LISTS
    assert ledger.count(" balance Assets:A1921-Bank:Billing ") == days
    assert len(re.findall(r"^\S+ open ", ledger, re.MULTILINE)) == 13


def test_with_one_sign_turned_it_does(ledger: str) -> None:
    posting = re.search(
        r"^  Liabilities:A2903-Unallocated:Billing  -(\S+) NOK$", ledger, re.MULTILINE
    )
    assert posting
    turned = ledger[: posting.start()] + posting[0].replace("  -", "  ") + ledger[posting.end() :]
    assert "does not balance" in bean_checked(turned)


def test_with_an_ore_less_on_an_account_it_does(ledger: str) -> None:
    *_, last = re.finditer(r" balance Assets:A1921-Bank:Billing (-?\d+)\.(\d)(\d)", ledger)
    otherwise = f" balance Assets:A1921-Bank:Billing {last[1]}.{last[2]}{(int(last[3]) + 1) % 10}"
    wrong = ledger[: last.start()] + otherwise + ledger[last.end() :]
    assert "Balance failed" in bean_checked(wrong)


def test_wrong_settings_are_said_in_a_line(kept: Books) -> None:
    asked = printed(kept, "--beancount", ACCOUNTS='{"banks": 1921}')
    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr == "billing journal: ACCOUNTS: no account is called banks\n"


def test_in_which_form_has_to_be_said(kept: Books) -> None:
    asked = printed(kept)
    assert asked.returncode == 2
    assert "--beancount" in asked.stderr
