"""The books and the tables say the same, whatever happens to money; and who is told if not."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from prometheus_client import REGISTRY

from billing.domain.accounts import CHART
from billing.projections.ledger import PROOFS as QUERY
from books.invariants import imbalance
from chassis.errors import ServiceError
from chassis.running import figures
from integration.stages.books_asked import Books, balances, books, emptied, failing
from integration.stages.till import Till
from servers.postgres import Server

SEEDS, STEPS = range(14, 17), 40
PROOFS = {
    *("receivable", "stripe", "disputed", "bank", "vat_out", "advances", "credit", "refunds"),
    *("unallocated", "sales", "rounding", "losses", "every_event"),
}


@pytest.fixture(scope="module")
def made(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with books(postgres_server, tmp_path_factory.mktemp("blobs")) as made:
        yield made


@pytest.fixture
def kept(made: Books, postgres_server: Server) -> Books:
    return emptied(made, postgres_server)


@pytest.fixture
def till(kept: Books) -> Till:
    return Till(kept)


def must_be(kept: Books, **expected: int) -> None:
    ledger = kept.ledger()
    assert (balances(ledger), failing(ledger)) == (expected, {})
    assert ledger["holds"] is True


def test_empty_books_hold(kept: Books) -> None:
    ledger = kept.ledger()
    assert ledger["holds"] is True
    assert {each["name"] for each in ledger["proofs"]} == PROOFS
    assert [(each["account"], each["number"]) for each in ledger["balances"]] == [
        (each.word, each.number) for each in CHART
    ]


def test_numbers_are_those_of_the_setting(kept: Books) -> None:
    kept.build(ACCOUNTS='{"bank": 1921}')
    numbers = {each["account"]: each["number"] for each in kept.ledger()["balances"]}
    assert (numbers["bank"], numbers["credit"]) == (1921, 2901)
    kept.build()


def test_paid_in_two_parts_and_bounced(till: Till, kept: Books) -> None:
    sold, first, second = till.sell(100_000), till.receive(50_000), till.receive(75_000)
    must_be(
        kept,
        receivable=125_000,
        bank=125_000,
        unallocated=-125_000,
        sales=-100_000,
        vat_out=-25_000,
    )
    till.pay(first, sold)
    till.pay(second, sold)
    must_be(kept, bank=125_000, sales=-100_000, vat_out=-25_000)
    till.bounce(second)
    must_be(kept, receivable=75_000, bank=50_000, sales=-100_000, vat_out=-25_000)


def test_credit_pays_the_next_one_and_comes_back(till: Till, kept: Books) -> None:
    sold, paid = till.sell(100_000), till.receive(150_000)
    till.pay(paid, sold)
    must_be(kept, bank=150_000, credit=-25_000, sales=-100_000, vat_out=-25_000)
    second = till.sell(100_000)
    must_be(kept, receivable=100_000, bank=150_000, sales=-200_000, vat_out=-50_000)
    till.uncredit(second)
    must_be(kept, receivable=125_000, bank=150_000, credit=-25_000, sales=-200_000, vat_out=-50_000)


def test_overpaid_and_bounced(till: Till, kept: Books) -> None:
    sold, paid = till.sell(100_000), till.receive(150_000)
    till.pay(paid, sold)
    till.bounce(paid)
    must_be(kept, receivable=125_000, sales=-100_000, vat_out=-25_000)


def test_credited_in_part_and_promised_back(till: Till, kept: Books) -> None:
    sold, paid = till.sell(100_000), till.receive(125_000)
    till.pay(paid, sold)
    till.credit(sold, 20_000)
    must_be(kept, bank=125_000, credit=-25_000, sales=-80_000, vat_out=-20_000)
    till.credit(sold, 80_000, by_bank=True)
    must_be(kept, bank=125_000, credit=-25_000, refunds=-100_000)
    till.send(till.refunds[0])
    must_be(kept, bank=25_000, credit=-25_000)
    till.fail(till.refunds[0])
    must_be(kept, bank=125_000, credit=-125_000)


def test_written_off_and_half_recovered(till: Till, kept: Books) -> None:
    sold = till.sell(100_000)
    till.write_off(sold, vat_relief=True)
    must_be(kept, losses=100_000, sales=-100_000)
    till.pay(till.receive(62_500), sold)
    must_be(kept, bank=62_500, losses=50_000, sales=-100_000, vat_out=-12_500)


def anything(till: Till, chance: random.Random) -> Callable[[], Any]:
    """Return something that may happen to money next; what may not is refused."""
    sold = chance.choice(till.invoices or [till.sell(100_010)])
    came, _ = chance.choice(till.transfers or [(till.receive(1), "")])
    promised = chance.choice(till.refunds) if till.refunds else None
    net_ore = 100 * chance.randint(1, 2_000)
    return chance.choice(
        [
            partial(till.sell, net_ore),
            partial(till.receive, chance.choice((125_000, 125_013, chance.randint(1, 300_000)))),
            partial(till.pay, came, sold),
            partial(till.pay, came, sold),
            partial(till.bounce, came),
            partial(till.credit, sold, net_ore, chance.random() < 0.5),
            partial(till.refund_credit, chance.randint(1, 100_000)),
            partial(till.send, promised) if promised else partial(till.sell, net_ore),
            partial(till.fail, promised) if promised else partial(till.receive, 7),
            partial(till.write_off, sold, chance.random() < 0.5),
            partial(till.uncredit, sold),
        ]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_every_account_is_proven(till: Till, kept: Books, seed: int) -> None:
    chance, done = random.Random(seed), 0
    for _ in range(STEPS):
        try:
            anything(till, chance)()
            done += 1
        except ServiceError:  # may not happen now: nothing is written
            continue
        assert failing(kept.ledger()) == {}, f"seed {seed}, after {done}"
    assert done > STEPS / 3
    assert kept.broken("ledger_proven") == kept.broken("entries_balance") == []


def test_a_difference_is_named_by_its_proof_and_shown_to_prometheus(
    till: Till, kept: Books
) -> None:
    till.pay(till.receive(125_000), till.sell(100_000))
    gauge = figures.gauge(imbalance(QUERY))
    ask = figures.asking(kept.parts.app, imbalance(QUERY), gauge)
    ask()
    assert gauge.labels("billing")._value.get() == 0
    kept.change("update journal_entry set amount_ore = 124999 where account = 'bank'")
    ledger = kept.ledger()
    assert failing(ledger) == {"bank": -1, "every_event": 1}
    assert ledger["holds"] is False
    assert {each["name"] for each in kept.broken("ledger_proven")} == {"bank", "every_event"}
    (broken,) = kept.broken("entries_balance")
    assert (broken["amount_ore"], broken["accounts"]) == (-1, ["bank", "unallocated"])
    ask()
    assert gauge.labels("billing")._value.get() == 2
    REGISTRY.unregister(gauge)  # the process has one of a name
