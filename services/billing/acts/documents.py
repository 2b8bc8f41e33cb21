"""What is asked about issued documents, whatever their kind: their files, and to be sent again."""

from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from billing import kept
from billing.domain import credit_note, invoice
from billing.domain.credit_note import RequestCreditNoteSending
from billing.domain.delivery import CONTENT_TYPES, RENDER, SEND, Delivery
from billing.domain.invoice_messages import RequestSending
from billing.projections import documents
from chassis.door.edge import Door
from chassis.errors import NotFound, Rejected
from chassis.unit.calls import Call, Job
from chassis.unit.deciding import Unit
from clients.auth import Auth
from contracts.billing.documents import (
    DocumentLink,
    GetDocument,
    GetInvoicePdf,
    Sending,
    SendInvoice,
)
from gateways.port import key_of

Address = str | None


def send(door: Door, call: Call, asked: SendInvoice) -> Sending:
    """Send a document again, to the address that auth knows by now.

    One that is still on its way is not sent twice: what waits for another try is tried at once,
    and what could not be rendered is rendered again.
    """
    id = asked.document_id
    workspace_id = door.app.query(lambda db: documents.workspace_of(db, id, call.actor))
    try:
        known = Auth(door.tools.peers("auth")).billing_profile(workspace_id=workspace_id)
        addresses: tuple[Address, ...] = (known.invoice_email,)
    except NotFound:  # the workspace is gone, its documents are not
        addresses = ()
    return door.app.unit(call, partial(_send, id, addresses), Sending)


def _send(id: UUID, addresses: tuple[Address, ...], unit: Unit) -> Sending:
    decider, request = _stream(unit, id)
    asked = unit.decide(decider, id, request)
    for address in addresses:
        unit.execute(kept.mail_to(id, address))
    waits = unit.hurry(RENDER, id) | unit.hurry(SEND, id)
    if not waits and "pdf" not in _delivery(asked.state).formats:
        job = Job(kind=RENDER, subject=id, args={"stream": decider.name})
        unit.queue(job, asked.state.workspace_id)
    return Sending(id=id, version=asked.version, delivery="pending")


def _stream(unit: Unit, id: UUID) -> tuple[Any, Any]:
    """Return the decider of a document, and the command that asks it to be sent."""
    if unit.state(credit_note.decider, id) is not None:
        return credit_note.decider, RequestCreditNoteSending()
    return invoice.decider, RequestSending()


def _delivery(state: Any) -> Delivery:
    found: Delivery = (
        state.delivery if isinstance(state, credit_note.CreditNote) else state.document.delivery
    )
    return found


def link(db: Connection, door: Door, call: Call, asked: GetDocument) -> DocumentLink:
    """Return a link to a document's file.

    Raises `Rejected("billing.document_not_ready")`, retryable, before there is one, and
    `Rejected("billing.no_ehf")` for a document that has none.
    """
    papers = documents.of(db, asked.document_id, call.actor)
    if "pdf" not in papers:
        raise Rejected("billing.document_not_ready", "there is no document yet", retryable=True)
    if asked.format not in papers:
        raise Rejected("billing.no_ehf", "an EHF is for Norwegian buyers with a number")
    paper = papers[asked.format]
    found = door.tools.blobs.link(key_of(paper.ref), CONTENT_TYPES[asked.format])
    return DocumentLink(
        url=found.url, expires_at=found.expires_at, sha256=paper.sha256, size=paper.size
    )


def pdf(db: Connection, door: Door, call: Call, asked: GetInvoicePdf) -> DocumentLink:
    """Return a link to an invoice's PDF. Raises as `link`."""
    return link(db, door, call, GetDocument(document_id=asked.invoice_id))
