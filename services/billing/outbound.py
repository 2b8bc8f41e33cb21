"""What others hear of billing: amounts, numbers and ids; neither names nor addresses."""

from typing import Any
from uuid import UUID

from billing.domain.invoice import Paid
from billing.domain.invoice_messages import InvoiceDrafted, InvoiceIssued, InvoicePaid
from billing.domain.line_item import LineItemCreated
from billing.domain.payment import Cleared
from billing.domain.payment_messages import ClearanceRefused, ClearanceRepeated, TargetCleared
from chassis.unit.store import Recorded
from contracts.billing import events as told


def outbound(recorded: Recorded, state: Any) -> Any:
    """Return the integration event that an event is told as, or None."""
    match recorded.event:
        case TargetCleared() | ClearanceRepeated():
            return _cleared(state)
        case ClearanceRefused() as refused:
            return told.PaymentRequired(
                target_kind=refused.target_kind,
                target_id=refused.target_id,
                run=refused.run,
                workspace_id=refused.workspace_id,
                price_ore=refused.price_ore,
                reason=refused.reason,
            )
        case LineItemCreated() as line:
            return told.LineItemCreated(
                line_item_id=recorded.subject,
                workspace_id=line.workspace_id,
                target_kind=line.target_kind,
                target_id=line.target_id,
                net_ore=line.net_ore,
                vat_ore=line.vat_ore,
                gross_ore=line.gross_ore,
            )
        case InvoiceDrafted() as drafted:
            return told.InvoiceDrafted(
                invoice_id=recorded.subject,
                workspace_id=drafted.workspace_id,
                net_ore=drafted.net_ore,
                vat_ore=drafted.vat_ore,
                gross_ore=drafted.gross_ore,
                line_item_ids=drafted.line_item_ids,
            )
        case InvoiceIssued(due_date=due_date):
            return told.InvoiceIssued(**_document(recorded.subject, state), due_date=due_date)
        case InvoicePaid() as paid:
            return told.InvoicePaid(
                **_document(recorded.subject, state),
                credited_net_ore=0,
                commission_base_ore=paid.commission_base_ore,
                paid_on=paid.paid_on,
                paid_at=paid.paid_at,
            )
    return None


def _cleared(payment: Cleared) -> told.PaymentCleared:
    return told.PaymentCleared(
        target_kind=payment.target_kind,
        target_id=payment.target_id,
        run=payment.run,
        workspace_id=payment.workspace_id,
        method=payment.method,
        price_ore=payment.price_ore,
        price_version=payment.price_version,
        vat_rate_bp=payment.vat_rate_bp,
    )


def _document(invoice_id: UUID, invoice: Paid) -> dict[str, Any]:
    return {
        "invoice_id": invoice_id,
        "workspace_id": invoice.workspace_id,
        "series": invoice.series,
        "invoice_number": invoice.invoice_number,
        "currency": invoice.currency,
        "net_ore": invoice.net_ore,
        "vat_ore": invoice.vat_ore,
        "gross_ore": invoice.gross_ore,
        "issue_date": invoice.issue_date,
        "line_item_ids": invoice.line_item_ids,
    }
