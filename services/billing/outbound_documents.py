"""What others hear of sales documents: amounts, numbers and ids."""

from typing import Any
from uuid import UUID

from billing.domain import invoice_events as happened
from billing.domain.credit_note import CreditNoteDelivered, CreditNoteDeliveryFailed
from billing.domain.invoice_states import Numbered, Paid, WrittenOff
from chassis.unit.store import Recorded
from contracts.billing import events as told
from contracts.billing.card_events import SaleDocumented


def told_of(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event of a document is told as, or None."""
    id = recorded.subject
    match recorded.event:
        case happened.InvoiceDrafted(kind="invoice") as drafted:
            return told.InvoiceDrafted(
                invoice_id=id,
                workspace_id=drafted.workspace_id,
                net_ore=drafted.net_ore,
                vat_ore=drafted.vat_ore,
                gross_ore=drafted.gross_ore,
                line_item_ids=drafted.line_item_ids,
            )
        case happened.InvoiceDiscarded(line_item_ids=line_item_ids):
            return told.InvoiceDiscarded(
                invoice_id=id, workspace_id=state.workspace_id, line_item_ids=line_item_ids
            )
        case happened.InvoiceIssued(kind="invoice", due_date=due_date):
            return told.InvoiceIssued(**_document(id, state), due_date=due_date)
        case happened.InvoiceIssued(kind="receipt"):
            return _sold(id, state)
        case happened.InvoicePaid() as paid if state.sheet.kind == "invoice":
            return told.InvoicePaid(
                **_document(id, state),
                credited_net_ore=paid.credited_net_ore,
                commission_base_ore=paid.commission_base_ore,
                paid_on=paid.paid_on,
                paid_at=paid.paid_at,
                settlement=paid.settlement,
                issued_at=state.paper.issued_at,
            )
        case happened.InvoiceDelivered(channel=channel):
            return _delivered(id, state.sheet.kind, state, channel)
        case CreditNoteDelivered(channel=channel):
            return _delivered(id, "credit_note", state, channel)
        case happened.InvoiceDeliveryFailed(reason=reason):
            return _not_delivered(id, state.sheet.kind, state, reason)
        case CreditNoteDeliveryFailed(reason=reason):
            return _not_delivered(id, "credit_note", state, reason)
    return _corrected(recorded, state)


def _document(invoice_id: UUID, invoice: Numbered) -> dict[str, Any]:
    sheet, paper = invoice.sheet, invoice.paper
    return {
        "invoice_id": invoice_id,
        "workspace_id": invoice.workspace_id,
        "series": paper.series,
        "invoice_number": paper.number,
        "currency": sheet.currency,
        "net_ore": sheet.amounts.net_ore,
        "vat_ore": sheet.amounts.vat_ore,
        "gross_ore": sheet.amounts.gross_ore,
        "issue_date": paper.issue_date,
        "line_item_ids": sheet.line_item_ids,
    }


def _sold(invoice_id: UUID, receipt: Numbered) -> SaleDocumented:
    sheet, paper, target = receipt.sheet, receipt.paper, receipt.sheet.target
    if target is None:
        raise AssertionError(f"{invoice_id} says of no work that a card paid it")
    return SaleDocumented(
        invoice_id=invoice_id,
        workspace_id=receipt.workspace_id,
        series=paper.series,
        invoice_number=paper.number,
        target_kind=target.kind,
        target_id=target.id,
        net_ore=sheet.amounts.net_ore,
        vat_ore=sheet.amounts.vat_ore,
        gross_ore=sheet.amounts.gross_ore,
        issue_date=paper.issue_date,
    )


def _delivered(id: UUID, kind: str, state: Any, channel: str) -> told.InvoiceDelivered:
    return told.InvoiceDelivered(
        document_id=id, kind=kind, workspace_id=state.workspace_id, channel=channel
    )


def _not_delivered(id: UUID, kind: str, state: Any, reason: str) -> told.InvoiceDeliveryFailed:
    return told.InvoiceDeliveryFailed(
        document_id=id, kind=kind, workspace_id=state.workspace_id, reason=reason
    )


def _corrected(recorded: Recorded, state: Any) -> Any:
    id = recorded.subject
    match recorded.event:
        case happened.InvoiceCredited() as note:
            return told.InvoiceCredited(
                invoice_id=id,
                kind=state.sheet.kind,
                workspace_id=state.workspace_id,
                credit_note_id=note.credit_note_id,
                credit_note_number=note.credit_note_number,
                net_ore=note.net_ore,
                vat_ore=note.vat_ore,
                gross_ore=note.gross_ore,
                credited_net_ore=note.credited_net_ore,
                is_paid=isinstance(state, Paid),
            )
        case happened.InvoicePaymentReversed() as gone if (
            gone.amount_ore > 0 and state.sheet.kind == "invoice"
        ):
            return told.InvoicePaymentReversed(
                invoice_id=id,
                workspace_id=state.workspace_id,
                amount_ore=gone.amount_ore,
                remaining_ore=0 if isinstance(state, WrittenOff) else state.money.remaining_ore,
                was_paid=gone.was_paid,
                reason=gone.reason,
            )
        case happened.InvoiceWrittenOff() as lost:
            return told.InvoiceWrittenOff(
                invoice_id=id,
                workspace_id=state.workspace_id,
                written_off_ore=lost.amount_ore,
                vat_relief_ore=lost.vat_ore,
                ground=lost.ground,
            )
        case happened.InvoiceOverdue(due_date=due_date):
            return told.InvoiceOverdue(
                invoice_id=id,
                workspace_id=state.workspace_id,
                due_date=due_date,
                remaining_ore=state.money.remaining_ore,
            )
    return None
