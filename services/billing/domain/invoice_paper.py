"""How an invoice comes to its paper: drafted from lines, issued under a number."""

from datetime import timedelta

from billing.domain.amounts import Amounts, RateSum, by_rate
from billing.domain.invoice_events import InvoiceDocumentStored, InvoiceDrafted, InvoiceIssued
from billing.domain.invoice_messages import DraftInvoice, Issue, NoteDocument
from billing.domain.invoice_states import Sheet
from chassis.errors import Rejected

DUE_AFTER = timedelta(days=14)
CURRENCY = "NOK"


def drafted(command: DraftInvoice) -> InvoiceDrafted:
    """Return the draft that its lines come to."""
    lines = command.lines
    if not lines:
        raise Rejected("billing.invoice_empty", "an invoice needs a line")
    sums = (
        RateSum(
            vat_type=line.vat_type,
            vat_rate_bp=line.vat_rate_bp,
            net_ore=line.net_ore,
            vat_ore=line.vat_ore,
        )
        for line in lines
    )
    return InvoiceDrafted(
        kind=command.kind,
        workspace_id=command.workspace_id,
        organization_number=command.organization_number,
        run_id=command.run_id,
        currency=CURRENCY,
        net_ore=sum(line.net_ore for line in lines),
        vat_ore=sum(line.vat_ore for line in lines),
        gross_ore=sum(line.gross_ore for line in lines),
        by_rate=by_rate(sums),
        line_item_ids=tuple(line.line_item_id for line in lines),
        target=command.target,
    )


def sheet_of(event: InvoiceDrafted) -> Sheet:
    """Return what that draft sells, and to whom."""
    return Sheet(
        kind=event.kind,
        workspace_id=event.workspace_id,
        organization_number=event.organization_number,
        run_id=event.run_id,
        currency=event.currency,
        amounts=Amounts(net_ore=event.net_ore, vat_ore=event.vat_ore, gross_ore=event.gross_ore),
        by_rate=event.by_rate,
        line_item_ids=event.line_item_ids,
        target=event.target,
    )


def is_of(sheet: Sheet, command: DraftInvoice) -> bool:
    """Return whether that command made this very draft."""
    return bool(command.lines) and sheet == sheet_of(drafted(command))


def issued(sheet: Sheet, command: Issue) -> InvoiceIssued:
    """Return the issue of what costs something."""
    if sheet.amounts.gross_ore <= 0:
        raise Rejected("billing.not_issuable", details={"missing": ["gross_ore"]})
    return InvoiceIssued(
        kind=sheet.kind,
        workspace_id=sheet.workspace_id,
        currency=sheet.currency,
        net_ore=sheet.amounts.net_ore,
        vat_ore=sheet.amounts.vat_ore,
        gross_ore=sheet.amounts.gross_ore,
        by_rate=sheet.by_rate,
        series=command.series,
        invoice_number=command.invoice_number,
        kid=command.kid,
        issue_date=command.issue_date,
        due_date=command.issue_date + DUE_AFTER,
        at=command.at,
    )


def stored(command: NoteDocument) -> InvoiceDocumentStored:
    """Return that one of its formats lies in the store."""
    return InvoiceDocumentStored(
        format=command.format, ref=command.ref, sha256=command.sha256, size=command.size
    )
