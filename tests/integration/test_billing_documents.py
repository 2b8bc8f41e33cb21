"""Documents on their way to the buyer: rendered, mailed to a real server, put in a folder."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from billing.gateways.document import DEMO
from billing.invariants_delivery import UNDELIVERED
from chassis.errors import Forbidden, NotFound, Rejected
from embedded.mailbox import files
from gateways.port import key_of
from integration.stages.billing_post import (
    ADDRESS,
    SWEDEN,
    Post,
    body,
    post_office,
    text,
)
from servers.postgres import Server

BUSY = "451 4.7.1 <{address}>: try again later"
UNKNOWN = "550 5.1.1 <{address}>: Recipient address rejected: User unknown"
PERSONAL = ("faktura.mottak", "kjoper", "User unknown", "ny.adresse")


@pytest.fixture(scope="module")
def opened(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with post_office(postgres_server, tmp_path_factory.mktemp("post")) as post:
        yield post


@pytest.fixture
def post(opened: Post, caplog: pytest.LogCaptureFixture) -> Iterator[Post]:
    """The post office; whatever happened there, no address stands in a log, an event or a job."""
    caplog.set_level(logging.DEBUG)
    opened.mails()
    yield opened
    assert opened.broken() == {}
    ours = [each for each in caplog.records if not each.name.startswith("mail.")]
    written = [f"{each.getMessage()} {vars(each)}" for each in ours]
    written += [str(each) for each in opened.rows("select data, meta, outbox from events")]
    written += [str(each) for each in opened.rows("select args, error, meta from jobs")]
    assert [each for each in PERSONAL if each in " ".join(written)] == []


def test_a_server_that_is_busy_three_times_takes_one_mail_with_both_files(post: Post) -> None:
    invoice_id = post.issued_to()
    post.server.recipient += [BUSY] * 3

    assert post.work_on(4) == [10, 60, 300]

    (mail,) = post.mails()
    pdf, ehf = post.file(invoice_id), post.file(invoice_id, "ehf")
    number, kid = post.document(invoice_id, "invoice_number", "kid")
    assert files(mail) == {f"Faktura-{number}.pdf": pdf, f"Faktura-{number}.xml": ehf}
    assert [each.get_content_type() for each in mail.iter_attachments()] == [
        "application/pdf",
        "application/xml",
    ]
    assert (mail["To"], mail["Subject"]) == (
        ADDRESS,
        f"DEMO: Faktura {number} fra AI Studio Demo AS",
    )
    said = body(mail)
    for each in (str(number), kid, "1 250,00", "29.04.2026", "1234 56 78903", DEMO):
        assert each in said
    assert post.document(invoice_id, "delivery") == ("delivered",)
    assert DEMO in text(pdf)
    assert DEMO in ehf.decode()
    stored = ["InvoiceDocumentStored", "InvoiceDocumentStored"]
    assert post.events(invoice_id) == [*stored, "InvoiceDelivered"]
    (told,) = post.told(invoice_id)
    assert (told["type"], told["document_id"]) == ("billing.invoice_delivered", invoice_id)
    assert (told["kind"], told["channel"]) == ("invoice", "mail")


def test_an_address_that_is_refused_fails_and_the_number_stays_until_it_is_sent_to_another(
    post: Post,
) -> None:
    before = undelivered(post)
    invoice_id = post.issued_to()
    (number,) = post.document(invoice_id, "invoice_number")
    post.server.recipient += [UNKNOWN]

    post.work()

    assert post.mails() == []
    assert post.document(invoice_id, "invoice_number", "delivery") == (number, "failed")
    (told,) = post.told(invoice_id)
    assert (told["type"], told["reason"]) == ("billing.invoice_delivery_failed", "refused")
    (dead,) = post.rows("select error from jobs where state = 'dead' and subject = %s", invoice_id)
    assert "550" in dead["error"]
    assert undelivered(post) == before + 1

    post.moved(invoice_id, "ny.adresse@kjoper.example")
    reply = post.do("send_invoice", document_id=invoice_id)
    assert reply["delivery"] == "pending"
    assert post.document(invoice_id, "delivery") == ("pending",)
    post.work()

    (mail,) = post.mails()
    assert mail["To"] == "ny.adresse@kjoper.example"
    assert post.document(invoice_id, "delivery") == ("delivered",)
    assert undelivered(post) == before
    assert [each["type"] for each in post.told(invoice_id)][1:] == ["billing.invoice_delivered"]


def undelivered(post: Post) -> int:
    """Return how many documents somebody is to look after."""
    (row,) = post.rows(UNDELIVERED.query)
    count: int = row["count"]
    return count


def test_a_lost_answer_is_followed_by_one_more_mail_of_the_same_name_and_no_third(
    post: Post,
) -> None:
    once, twice = post.issued_to(), post.issued_to()
    post.server.dropped = 1
    assert post.work_on(1) == [10]
    assert post.document(once, "delivery") == post.document(twice, "delivery") == ("delivered",)
    ids = [mail["Message-ID"] for mail in post.mails()]
    assert (len(ids), len(set(ids))) == (3, 2)

    lost = post.issued_to()
    post.server.dropped = 2
    assert post.work_on(2) == [10]
    first, again = (mail["Message-ID"] for mail in post.mails())
    assert first == again
    assert post.document(lost, "delivery") == ("failed",)
    assert [each["reason"] for each in post.told(lost)] == ["gateway"]

    post.do("send_invoice", document_id=lost)  # somebody has asked the buyer
    post.work()
    (mail,) = post.mails()
    assert mail["Message-ID"] != first
    assert post.document(lost, "delivery") == ("delivered",)


def test_a_buyer_without_an_address_is_told_of_and_the_documents_are_there(post: Post) -> None:
    invoice_id = post.issued_to(address=None)

    post.work()

    assert post.mails() == []
    assert [each["reason"] for each in post.told(invoice_id)] == ["no_address"]
    assert post.document(invoice_id, "delivery") == ("failed",)
    assert post.file(invoice_id).startswith(b"%PDF")
    assert post.rows("select from jobs where state = 'dead' and subject = %s", invoice_id) == []


def test_a_buyer_abroad_has_a_pdf_in_english_and_no_ehf(post: Post) -> None:
    invoice_id = post.issued_to(number="", at=SWEDEN)

    post.work()

    (mail,) = post.mails()
    (number,) = post.document(invoice_id, "invoice_number")
    assert files(mail) == {f"Invoice-{number}.pdf": post.file(invoice_id)}
    assert mail["Subject"] == f"DEMO: Invoice {number} from AI Studio Demo AS"
    assert "1,250.00" in body(mail)
    assert "Due date" in text(post.file(invoice_id))
    with pytest.raises(Rejected, match="billing.no_ehf"):
        post.file(invoice_id, "ehf")
    assert not (post.einvoices / f"{invoice_id}.xml").exists()


def test_an_ehf_is_put_for_an_access_point_once_and_a_full_folder_repeats_no_mail(
    post: Post,
) -> None:
    invoice_id = post.issued_to()
    in_the_way = post.einvoices / f".{invoice_id}.xml"
    in_the_way.mkdir()
    post.work()
    assert len(post.mails()) == 1
    assert not (post.einvoices / f"{invoice_id}.xml").exists()

    in_the_way.rmdir()
    post.work_on(1)
    put = post.einvoices / f"{invoice_id}.xml"
    assert put.read_bytes() == post.file(invoice_id, "ehf")
    assert post.mails() == []

    put.unlink()  # the client has taken it
    post.do("send_invoice", document_id=invoice_id)
    post.work()
    assert len(post.mails()) == 1
    assert not put.exists()


def test_of_a_draft_there_is_no_document_yet_and_of_one_let_go_there_never_is(post: Post) -> None:
    drafted = post.do("create_invoices", workspace_id=post.shop.customer(1))
    invoice_id = drafted["items"][0]["invoice_id"]
    with pytest.raises(Rejected, match="billing.document_not_ready"):
        post.call("document", document_id=invoice_id)
    post.do("discard_invoice", invoice_id=invoice_id)
    for method, named in (("document", "document_id"), ("invoice_pdf", "invoice_id")):
        with pytest.raises(NotFound, match="billing.document_not_found"):
            post.call(method, **{named: invoice_id})


def test_a_credit_note_goes_the_same_way_and_names_its_invoice_and_why(post: Post) -> None:
    invoice_id = post.issued_to()
    note_id = post.credit(invoice_id, reason="Avtalt pris var lavere")["credit_note_id"]
    with pytest.raises(Rejected, match="billing.document_not_ready") as early:
        post.file(note_id)
    assert early.value.retryable

    post.work()

    _, mail = post.mails()
    (of_invoice,) = post.document(invoice_id, "invoice_number")
    (number,) = post.document(note_id, "number")
    pdf = post.file(note_id)
    assert files(mail) == {
        f"Kreditnota-{number}.pdf": pdf,
        f"Kreditnota-{number}.xml": post.file(note_id, "ehf"),
    }
    assert f"krediterer faktura {of_invoice} av 15.04.2026" in body(mail)
    for each in (str(number), str(of_invoice), "Avtalt pris var lavere", "1 250,00"):
        assert each in text(pdf)
    assert [each["kind"] for each in post.told(note_id)] == ["credit_note"]
    post.do("send_invoice", document_id=note_id)
    post.work()
    assert len(post.mails()) == 1
    assert post.events(note_id)[2:] == [
        "CreditNoteDelivered",
        "CreditNoteSendingRequested",
        "CreditNoteDelivered",
    ]


def test_what_credit_has_paid_is_on_the_paper_and_the_rest_is_asked_for(post: Post) -> None:
    first = post.issued_to()
    (workspace_id,) = post.document(first, "workspace_id")
    post.pay(first, 125_000)
    post.credit(first)
    post.do("set_pricing", workspace_id=workspace_id, image_project_price_ore=200_000)
    post.shop.deliver(post.shop.start(workspace_id))
    drafted = post.do("create_invoices", workspace_id=workspace_id)
    invoice_id = drafted["items"][0]["invoice_id"]
    issued = post.do("issue_invoice", invoice_id=invoice_id)
    assert issued["credit_used_ore"] == 125_000
    # what was issued is what its paper says, whatever became of the money before it was rendered
    used = {"source": "credit", "external_id": str(issued["invoice_number"])}
    post.do("reverse_invoice_payment", invoice_id=issued["id"], **used, reason="misallocated")

    post.work()

    mail, pdf = post.mails()[-1], text(post.file(invoice_id))
    assert "Betalt med tilgode -1 250,00" in pdf
    assert "Å betale (NOK) 1 250,00" in pdf
    assert '<cbc:PrepaidAmount currencyID="NOK">1250.00</' in post.file(invoice_id, "ehf").decode()
    for each in ("NOK 2 500,00", "Betalt med tilgode", "NOK 1 250,00"):
        assert each in body(mail)


def test_what_is_on_its_way_is_not_sent_twice_but_tried_at_once(post: Post) -> None:
    invoice_id = post.issued_to()
    assert post.do("send_invoice", document_id=invoice_id)["delivery"] == "pending"
    post.server.recipient += [BUSY]
    post.work()
    assert post.mails() == []

    post.do("send_invoice", document_id=invoice_id)
    post.work()

    assert len(post.mails()) == 1
    post.again("deliver", invoice_id)
    post.work()
    assert post.mails() == []
    assert post.events(invoice_id)[2:] == ["InvoiceDelivered"]


def test_a_file_that_is_not_what_was_stored_any_more_is_not_mailed(post: Post) -> None:
    invoice_id = post.issued_to()
    post.work()
    (ref,) = post.document(invoice_id, "document_ref")
    post.shop.parts.door.tools.blobs.put(key_of(ref), b"%PDF, another")
    post.mails()

    post.again("render", invoice_id)
    post.work()  # which makes nothing anew

    post.do("send_invoice", document_id=invoice_id)
    post.work()

    assert post.mails() == []
    assert [each.get("reason") for each in post.told(invoice_id)] == [None, "gateway"]


def test_what_could_not_be_rendered_waits_and_is_rendered_when_it_is_sent_again(
    post: Post,
) -> None:
    before = undelivered(post)
    invoice_id = post.issued_to()
    wrong = "update invoice_line_item set gross_ore = gross_ore {} 1 where invoice_id = %s"
    post.change(wrong.format("+"), invoice_id)
    post.work()
    post.change(wrong.format("-"), invoice_id)
    (dead,) = post.rows("select error from jobs where state = 'dead' and subject = %s", invoice_id)
    assert "billing.document_mismatch" in dead["error"]
    assert post.document(invoice_id, "delivery") == ("pending",)
    assert undelivered(post) == before + 1

    post.do("send_invoice", document_id=invoice_id)
    post.work()
    assert len(post.mails()) == 1
    post.again("render", invoice_id)
    post.work()  # two jobs now: what one has noted, the other leaves alone
    assert post.mails() == []
    stored = ["InvoiceDocumentStored", "InvoiceDocumentStored"]
    assert post.events(invoice_id) == [*stored, "InvoiceDelivered"]


def test_a_document_is_shown_to_its_own_workspace_and_sent_by_system_admins(post: Post) -> None:
    invoice_id, other = post.issued_to(), post.shop.customer(0)
    post.work()
    (own,) = post.document(invoice_id, "workspace_id")

    shown = post.shop.owner(own).call("document", document_id=invoice_id)
    assert (
        shown["sha256"] == post.shop.owner(own).call("invoice_pdf", invoice_id=invoice_id)["sha256"]
    )
    for id in (invoice_id, str(uuid4())):
        with pytest.raises(NotFound, match="billing.document_not_found"):
            post.shop.owner(other).call("document", document_id=id)
    with pytest.raises(NotFound, match="billing.document_not_found"):
        post.do("send_invoice", document_id=str(uuid4()))
    with pytest.raises(Forbidden):
        post.as_member(own, "document", document_id=invoice_id)
    with pytest.raises(Forbidden):
        post.shop.owner(own).call("send_invoice", document_id=invoice_id, idempotency_key="mine")
    with pytest.raises(Rejected, match="billing.invalid_transition"):
        post.do("send_invoice", document_id=post.shop.draft(post.shop.customer(1)))


def test_what_is_on_its_way_for_a_day_waits_for_a_person(post: Post) -> None:
    day_s = 24 * 60 * 60
    ahead_s = int((datetime.now(UTC) - post.shop.now).total_seconds())
    post.shop.pass_seconds(ahead_s - day_s - 60)
    before = undelivered(post)
    post.issued_to()
    post.shop.pass_seconds(120)
    post.issued_to()
    assert undelivered(post) == before + 1
