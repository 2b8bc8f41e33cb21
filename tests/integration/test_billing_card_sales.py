"""What a card paid is documented when it is delivered, and nobody is asked anything then."""

from collections.abc import Iterator
from typing import Any

import pytest
from saxonche import PySaxonProcessor

from billing import numbering
from billing.gateways.document import DEMO
from chassis.errors import Unavailable
from chassis.hearing import parking
from chassis.jobs.jobs import Worker
from embedded.mailbox import files
from integration.stages.billing_post import AT_HOME, SWEDEN, body, text
from integration.stages.card_buyers import GROSS_ORE, Buyer
from integration.stages.card_sales import Sales, card_sales
from missing import NO_EHF_RULES
from servers.postgres import Server
from unit.billing import ehf_rules

AT = {"invoice_email": "regnskap@kjoper.example"}
FOREIGN = {**AT, "organization_number": None, "billing_address": SWEDEN}
PRIVATE = {**AT, "organization_number": None, "billing_address": AT_HOME, "legal_name": "Kari Nes"}


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sales]:
    with card_sales(postgres_server, tmp_path_factory.mktemp("sales")) as sales:
        yield sales
        assert sales.broken() == {}


@pytest.fixture
def sales(opened: Sales) -> Sales:
    opened.mails()
    return opened


def test_a_sale_is_documented_in_the_series_of_invoices_with_auth_stopped(sales: Sales) -> None:
    buyer = Buyer(sales.shop, **AT, billing_address=AT_HOME)
    invoice_id = sales.issued()
    (before,) = sales.document(invoice_id, "invoice_number")
    target = sales.paid(buyer)
    sales.shop.auth.fails[buyer.workspace_id] = Unavailable("auth.stopped", "it is stopped")

    sales.deliver(buyer, target)
    sales.work()

    receipt = sales.document_of(target)
    number, kid, state = sales.document(receipt, "invoice_number", "kid", "state")
    assert (number, state, sales.document(receipt, "paid_ore")) == (
        before + 1,
        "Paid",
        (GROSS_ORE,),
    )
    (mail,) = sales.mails()
    pdf, ehf = sales.file(receipt), sales.file(receipt, "ehf")
    assert files(mail) == {f"Faktura-{number}.pdf": pdf, f"Faktura-{number}.xml": ehf}
    assert (mail["To"], mail["Subject"]) == (
        AT["invoice_email"],
        f"DEMO: Faktura {number} fra AI Studio Demo AS",
    )
    said = body(mail)
    assert "Den er betalt med kort." in said and "Det er ingenting å betale." in said
    assert kid not in said
    today = f"{sales.shop.now:%d.%m.%Y}"
    for each in (
        f"Betalt med kort NOK 1 250,00 Betalingsdato {today}",
        "Storgata 2",
        "MVA 25",
        DEMO,
    ):
        assert each in text(pdf)
    assert f"Betalt med kort {today}" in ehf.decode()
    assert sales.broken() == {}
    assert told(sales, receipt, "invoice_paid") == []


def told(sales: Sales, invoice_id: str, name: str) -> list[Any]:
    return sales.shop.told(name, invoice_id)


def test_what_is_delivered_months_after_it_was_paid_is_documented(sales: Sales) -> None:
    buyer = Buyer(sales.shop)
    target = sales.paid(buyer)
    paid_on = sales.shop.now
    sales.pass_days(70)

    sales.deliver(buyer, target)
    sales.work()

    receipt = sales.document_of(target)
    assert sales.document(receipt, "state", "issue_date") == ("Paid", sales.shop.now.date())
    assert f"Betalingsdato {paid_on:%d.%m.%Y}" in text(sales.file(receipt))


def test_what_is_delivered_twice_is_documented_once(sales: Sales) -> None:
    buyer = Buyer(sales.shop)
    target, receipt = sales.sold(buyer)
    last = numbering.taken(sales.shop.parts.app)

    sales.deliver(buyer, target)

    assert sales.rows("select * from parked") == []
    assert numbering.taken(sales.shop.parts.app) == last
    assert sales.document_of(target) == receipt


def test_what_came_out_before_its_owner_paid_is_documented_as_the_card_is_charged(
    sales: Sales,
) -> None:
    """In the owner's own call, who sees no series of numbers."""
    sales.sold(Buyer(sales.shop))  # numbers have been given
    buyer = Buyer(sales.shop)
    buyer.save()
    target = buyer.want()
    sales.deliver(buyer, target)

    assert buyer.charge(target)["clearance"] == "cleared"

    assert sales.document(sales.document_of(target), "state") == ("Paid",)


def test_a_buyer_abroad_pays_no_vat_and_reads_english(sales: Sales) -> None:
    buyer = Buyer(sales.shop, **FOREIGN)
    target, receipt = sales.sold(buyer)
    note = sales.refund(target)
    sales.work()

    columns = ("net_ore", "vat_ore", "gross_ore", "ehf_ref")
    assert sales.document(receipt, *columns) == (100_000, 0, 100_000, None)
    (line,) = sales.rows("select * from invoice_line_item where invoice_id = %s", receipt)
    assert (line["vat_type"], line["vat_rate_bp"]) == ("EXEMPT_IMPORT_EXPORT", 0)
    assert sales.booked(receipt) == {"advances": 100_000, "sales_exempt": -100_000}
    promised = {"advances": 100_000, "receivable": -100_000}  # which the refund takes
    assert sales.booked(receipt, note["credit_note_id"]) == promised
    sold, credited = text(sales.file(receipt)), text(sales.file(note["credit_note_id"]))
    for said in (sold, credited):
        for each in ("Electronic, Sweden", "VAT exempt", "Gatan 1 111 51 Stockholm Sweden"):
            assert each in said
    assert "Image project: Storgata 2" in sold and "Image project: Storgata 2" in credited
    assert f"Paid by card NOK 1,000.00 Payment date {sales.shop.now:%-d %b %Y}" in sold
    assert "Credit note" in credited
    mails = {title: list(files(each)) for each in sales.mails() for title in [each["Subject"]]}
    (number,) = sales.document(receipt, "invoice_number")
    assert mails == {
        f"DEMO: Invoice {number} from AI Studio Demo AS": [f"Invoice-{number}.pdf"],
        f"DEMO: Credit note {number + 1} from AI Studio Demo AS": [f"Credit-note-{number + 1}.pdf"],
    }


def test_a_private_buyer_at_home_pays_vat_and_gets_no_ehf(sales: Sales) -> None:
    buyer = Buyer(sales.shop, **PRIVATE)
    _, receipt = sales.sold(buyer)
    sales.work()

    assert sales.document(receipt, "vat_ore", "ehf_ref") == (25_000, None)
    said = text(sales.file(receipt))
    for each in ("Kari Nes Storgata 2 0155 Oslo", "Betalt med kort", "MVA 25"):
        assert each in said
    assert "Org.nr. 701" not in said


def test_the_official_rules_find_nothing_in_a_card_sale_and_its_credit_note(sales: Sales) -> None:
    if ehf_rules.missing():
        pytest.skip(NO_EHF_RULES)
    for facts in ({"billing_address": AT_HOME}, {"invoice_reference": "Kari Nes"}):
        target, receipt = sales.sold(Buyer(sales.shop, **AT, **facts))
        part = sales.refund(target, net_ore=33_300)
        rest = sales.refund(target)
        sales.work()
        with PySaxonProcessor(license=False) as saxon:
            found = ehf_rules.compiled(saxon)
            for id in (receipt, part["credit_note_id"], rest["credit_note_id"]):
                assert found(sales.file(id, "ehf")) == []


def test_what_is_delivered_while_numbers_are_unconfirmed_is_documented_after_the_confirm(
    sales: Sales,
) -> None:
    buyer = Buyer(sales.shop)
    target = sales.paid(buyer)
    sales.change("update number_confirmed set place = 'another'")

    sales.deliver(buyer, target)

    (parked,) = sales.rows("select * from parked")
    assert (parked["error"]["code"], parked["dead"]) == ("billing.numbers_unconfirmed", True)
    last = numbering.taken(sales.shop.parts.app)
    said = numbering.Confirmation(last=last + 2, heard=last, reason="restored", who="kari")
    numbering.confirm(sales.shop.parts.app, said)
    redriving(sales)

    assert sales.rows("select * from parked") == []
    assert sales.document(sales.document_of(target), "invoice_number") == (last + 3,)


def redriving(sales: Sales) -> None:
    """Do the jobs by which what is parked is tried again."""
    app = sales.shop.parts.app
    worker = Worker(app, [parking.kind(sales.shop.consumers.values())])
    while worker.work():
        pass
