"""The invoice as a PDF: rendered from what was issued, stored, and noted on the invoice."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from billing.domain import invoice, invoice_messages
from billing.domain.invoice_messages import InvoiceIssued
from billing.gateways.documents import Buyer, Document, Line, Seller, invoice_pdf
from billing.kept import buyer_of
from billing.projections import invoices, line_items
from chassis.errors import ServiceError
from chassis.identity import service_actor
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from chassis.unit.store import Recorded
from gateways.port import Blobs

BILLING = service_actor("billing")
BACKOFF_S = (1, 5, 30, 120, 600)  # an issued invoice without its document: the disk comes back

Row = Mapping[str, Any]


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for."""
    match recorded.event:
        case InvoiceIssued():
            yield Job(kind="render_invoice", subject=recorded.subject)


def kinds(app: App, blobs: Blobs, seller: Seller, demo: bool) -> tuple[Kind, ...]:
    """Return the kinds of job that billing does; `demo` documents say that they are none."""

    def run(task: Task, control: Control) -> dict[str, Any]:
        id = task.subject
        row, named, lines = app.query(
            lambda db: (
                invoices.get(db, id, BILLING),
                buyer_of(db, id),
                line_items.on_invoice(db, id),
            )
        )
        control.progress(10, "render")
        content = invoice_pdf(_document(row, named, lines, seller, demo))
        control.progress(80, "store")
        key = f"{row['workspace_id']}/invoices/{row['invoice_number']}.pdf"
        blob = blobs.put(key, content)
        return {"ref": blob.ref, "sha256": blob.sha256, "size": blob.size}

    return (
        Kind(
            name="render_invoice",
            run=run,
            finish=_rendered,
            give_up=_not_rendered,
            attempts=20,
            backoff_s=BACKOFF_S,
        ),
    )


def _document(row: Row, named: Row, lines: Sequence[Row], seller: Seller, demo: bool) -> Document:
    return Document(
        number=row["invoice_number"],
        kid=row["kid"],
        issue_date=row["issue_date"],
        due_date=row["due_date"],
        currency=row["currency"],
        seller=seller,
        buyer=_buyer(named),
        lines=tuple(_line(line) for line in lines),
        net_ore=row["net_ore"],
        vat_ore=row["vat_ore"],
        gross_ore=row["gross_ore"],
        demo=demo,
    )


def _buyer(kept: Row) -> Buyer:
    return Buyer(
        legal_name=kept["legal_name"],
        organization_number=kept["organization_number"],
        address=_address(kept["billing_address"]),
        reference=kept["invoice_reference"],
    )


def _address(kept: Mapping[str, str] | None) -> tuple[str, ...]:
    if kept is None:
        return ()
    abroad = () if kept["country"] == "NO" else (kept["country"],)
    return (kept["street"], f"{kept['postal_code']} {kept['city']}", *abroad)


def _line(row: Row) -> Line:
    return Line(
        description=row["description"],
        quantity=row["quantity"],
        unit_price_ore=row["amount_ore"],
        net_ore=row["net_ore"],
        vat_rate_bp=row["vat_rate_bp"],
        vat_ore=row["vat_ore"],
        gross_ore=row["gross_ore"],
        delivered_on=row["delivered_on"],
    )


def _rendered(unit: Unit, task: Task, result: Mapping[str, Any]) -> None:
    stored = invoice_messages.NoteDocument(
        ref=result["ref"], sha256=result["sha256"], size=result["size"]
    )
    unit.decide(invoice.decider, task.subject, stored)


def _not_rendered(unit: Unit, task: Task, error: ServiceError) -> None:
    """The invoice is issued all the same; the dead job says what is missing."""
