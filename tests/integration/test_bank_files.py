"""An OCR file of the bank taken in on PostgreSQL: each transfer once, and the file again."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from billing import bank_files
from billing.domain import invoice, number_series
from billing.domain.invoice_messages import WriteOff
from chassis.errors import Rejected
from contracts.billing.transfers import TransferTaken
from integration.stages.billing_money import GROSS_ORE, Money, by_service, soundly
from integration.stages.billing_shop import Billing, billing_shop
from servers.postgres import Server
from unit.stages.ocr_files import ACCOUNT, Paid, ocr_file

EARLY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def shop(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Billing]:
    with billing_shop(postgres_server, tmp_path_factory.mktemp("blobs")) as working:
        yield working


@pytest.fixture
def money(shop: Billing) -> Iterator[Money]:
    yield from soundly(shop)


def take_in(money: Money, content: bytes) -> tuple[TransferTaken, ...]:
    sha256 = hashlib.sha256(content).hexdigest()
    file = bank_files.Delivered(content=content, sha256=sha256, account=ACCOUNT, who="kari")
    return bank_files.take_in(money.shop.parts.app, file)


def write_off(money: Money, invoice_id: str) -> None:
    money.shop.parts.app.handle(
        invoice.decider, UUID(invoice_id), WriteOff(), by_service(money.shop.now)
    )


def test_a_file_of_two_hundred_transfers_of_every_kind(money: Money) -> None:
    open_, part, over, twice, early, lost = (money.shop.issued(1) for _ in range(6))
    kids = {each: money.kid(each) for each in (open_, part, over, twice, early, lost)}
    write_off(money, lost)
    wrong = kids[open_][:-1] + str((int(kids[open_][-1]) + 5) % 10)
    paid = [
        *[Paid(1_000, kids[part])] * 25,  # too little
        Paid(GROSS_ORE, kids[open_]),
        Paid(GROSS_ORE + 5_000, kids[over]),
        *[Paid(GROSS_ORE, kids[twice])] * 2,
        *[Paid(1_000, kids[lost])] * 50,
        Paid(GROSS_ORE, kids[early], on=EARLY),
        *[Paid(300, wrong)] * 40,
        *[Paid(300, number_series.kid(654_321))] * 40,
        *[Paid(300)] * 40,
    ]
    content = ocr_file(paid[:150], paid[150:])

    taken = take_in(money, content)

    assert len(taken) == 200
    assert Counter((each.state, each.reason) for each in taken) == {
        ("allocated", None): 79,
        ("unallocated", "paid_on_implausible"): 1,
        ("unallocated", "kid_invalid"): 40,
        ("unallocated", "kid_unknown"): 40,
        ("unallocated", "no_kid"): 40,
    }
    assert sum(each.applied_ore for each in taken) == 3 * GROSS_ORE + 75_000
    assert sum(each.credited_ore for each in taken) == 5_000 + GROSS_ORE
    states = {name: money.invoice(id)["state"] for name, id in named(open_, part, over, early)}
    assert states == {"open": "Paid", "part": "PartPaid", "over": "Paid", "early": "Issued"}
    row = money.invoice(lost)
    assert (row["state"], row["paid_ore"], row["written_off_ore"]) == ("WrittenOff", 50_000, 75_000)
    assert money.credit(money.invoice(twice)["workspace_id"])["balance_ore"] == GROSS_ORE

    before = money.events()
    again = take_in(money, content)
    assert Counter(each.state for each in again) == {"known": 200}
    assert sum(each.applied_ore + each.credited_ore for each in again) == 0
    assert money.events() == before
    audit = money.rows("select who, did, details->>'transfers' as n from audit order by at")
    assert audit[-2:] == [{"who": "kari", "did": bank_files.TAKEN_IN, "n": "200"}] * 2


def named(*invoices: str) -> Iterator[tuple[str, str]]:
    yield from zip(("open", "part", "over", "early"), invoices, strict=True)


def test_another_file_is_another_transfer_and_one_that_is_not_whole_is_none(money: Money) -> None:
    invoice_id = money.shop.issued(2)
    kid = money.kid(invoice_id)
    content = ocr_file([Paid(40_000, kid), Paid(40_000, kid)], number=7)
    before = money.events()
    changed = content.replace(b"%017d" % 40_000, b"%017d" % 40_001, 1)
    cut_off = content[: content.rindex(b"\n")]
    other_account = ocr_file([Paid(40_000, kid)], number=7, account="98765432109")
    for file in (changed, cut_off, other_account):
        with pytest.raises(Rejected, match="file_refused"):
            take_in(money, file)
    assert money.events() == before

    take_in(money, content)
    take_in(money, ocr_file([Paid(40_000, kid)], number=8))
    assert money.invoice(invoice_id)["paid_ore"] == 120_000


def test_one_that_ended_half_way_goes_on_where_it_was(money: Money) -> None:
    invoice_id = money.shop.issued(2)
    kid = money.kid(invoice_id)
    paid = [Paid(10_000, kid), Paid(20_000, kid), Paid(30_000, kid)]
    app, done = money.shop.parts.app, []

    def committed() -> None:
        done.append(1)
        if len(done) == 2:
            raise KeyboardInterrupt

    app.committed, held = committed, app.committed
    try:
        with pytest.raises(KeyboardInterrupt):
            take_in(money, ocr_file(paid, number=9))
    finally:
        app.committed = held
    assert money.invoice(invoice_id)["paid_ore"] == 30_000
    taken = take_in(money, ocr_file(paid, number=9))
    assert [each.state for each in taken] == ["known", "known", "allocated"]
    assert money.invoice(invoice_id)["paid_ore"] == 60_000
