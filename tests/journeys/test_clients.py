"""The typed clients against the real services: what they return is what was replied."""

from collections.abc import Sequence

from clients import Billing, Media, SignedIn, all_rows
from contracts.billing.invoices import InvoiceWithLines
from demo.figures import figures
from demo.main_job import Outcome, Photo
from demo.people import Person
from embedded.suite import Suite
from integration.stages.suite_ports import SuitePorts
from journeys.stages.every_method import permitted
from journeys.stages.quiet import main_job
from journeys.stages.requests_of_the_main_job import NOT_MADE, requests
from journeys.stages.typed_suite import TypedSuite
from unit.clients.signatures import PAIRS, served


def test_the_main_job_goes_through_typed_clients_and_nothing_of_a_reply_is_lost(
    suite: Suite, photos: Sequence[Photo], outcome: Outcome
) -> None:
    typed = TypedSuite(suite)

    assert figures(main_job(typed, photos).run()) == figures(outcome)
    assert typed.differing == []
    assert len(typed.called) > 25


def test_every_query_is_read_whole(suite: Suite, outcome: Outcome) -> None:
    typed, asked = TypedSuite(suite), requests(outcome)
    queries = [
        (service, name)
        for service, (facade, _) in PAIRS.items()
        for name, method in served(facade).items()
        if not method.writes and name not in NOT_MADE
    ]
    for service, name in queries:
        typed.by(permitted(suite, service, name), service, name, asked[service][name])

    assert typed.differing == []
    assert len(typed.called) == len(queries)


def test_rows_are_typed_and_come_page_by_page(suite: Suite, outcome: Outcome) -> None:
    person = Person(suite, "kari@buyer.example", main_job(suite).customer.password)
    person.sign_in()
    assert person._session
    signed_in = SignedIn(SuitePorts(suite), person._session)
    billing, media = Billing(signed_in.port("billing")), Media(signed_in.port("media"))

    lines = list(all_rows(lambda after: billing.list_line_items(limit=1, cursor=after)))
    assert lines[0].invoice_id is not None
    invoice: InvoiceWithLines = billing.get_invoice(invoice_id=lines[0].invoice_id)
    [project] = media.list_projects().items

    assert [str(line.id) for line in lines] == [row["id"] for row in reversed(outcome.lines)]
    assert invoice.issue_date and invoice.issue_date.isoformat() == outcome.invoice["issue_date"]
    assert sum(line.gross_ore for line in invoice.lines) == invoice.gross_ore == 250_000
    assert str(project.id) == outcome.project["id"]
