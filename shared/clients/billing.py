"""The client of billing."""

from datetime import date
from typing import Literal
from uuid import UUID

from clients.client import Client
from clients.page import Page
from clients.rows.billing import (
    CardReply,
    Drafts,
    Eligibility,
    Invoice,
    InvoiceIssued,
    InvoiceLineItem,
    InvoiceWithLines,
    PaymentRecorded,
    PaymentStatus,
    Pdf,
    Pricing,
)
from contracts import billing as asked


class Billing(Client):
    """Prices, clearances, line items, invoices and their payments; amounts are øre.

    What has to do with cards is `Rejected("billing.card_not_configured")` yet.
    """

    def create_invoices(
        self,
        *,
        idempotency_key: str,
        workspace_id: UUID | None = None,
        line_item_ids: tuple[UUID, ...] | None = None,
        expected_version: int | None = None,
    ) -> Drafts:
        """Draft an invoice a workspace, of the lines named or all that wait; for system admins."""
        request = asked.CreateInvoices(workspace_id=workspace_id, line_item_ids=line_item_ids)
        return self._command("create_invoices", request, Drafts, idempotency_key, expected_version)

    def issue_invoice(
        self,
        *,
        invoice_id: UUID,
        idempotency_key: str,
        expected_version: int | None = None,
    ) -> InvoiceIssued:
        """Give a draft its number and its buyer; for system admins."""
        request = asked.IssueInvoice(invoice_id=invoice_id)
        return self._command(
            "issue_invoice", request, InvoiceIssued, idempotency_key, expected_version
        )

    def record_invoice_payment(
        self,
        *,
        invoice_id: UUID,
        amount_ore: int,
        paid_on: date,
        source: str,
        external_id: str,
        idempotency_key: str,
        expected_version: int | None = None,
    ) -> PaymentRecorded:
        """Record that `amount_ore` (øre) came on a day in Oslo; for system admins."""
        request = asked.RecordInvoicePayment(
            invoice_id=invoice_id,
            amount_ore=amount_ore,
            paid_on=paid_on,
            source=source,
            external_id=external_id,
        )
        return self._command(
            "record_invoice_payment", request, PaymentRecorded, idempotency_key, expected_version
        )

    def start_checkout(
        self,
        *,
        target_kind: asked.TargetKind,
        target_id: UUID,
        idempotency_key: str,
        expected_version: int | None = None,
    ) -> CardReply:
        """Begin to pay for a target by card."""
        request = asked.StartCheckout(target_kind=target_kind, target_id=target_id)
        return self._command(
            "start_checkout", request, CardReply, idempotency_key, expected_version
        )

    def charge_saved_card(
        self,
        *,
        target_kind: asked.TargetKind,
        target_id: UUID,
        idempotency_key: str,
        payment_method_id: str | None = None,
        expected_version: int | None = None,
    ) -> CardReply:
        """Pay for a target by a card that was saved."""
        request = asked.ChargeSavedCard(
            target_kind=target_kind, target_id=target_id, payment_method_id=payment_method_id
        )
        return self._command(
            "charge_saved_card", request, CardReply, idempotency_key, expected_version
        )

    def create_billing_portal_session(
        self,
        *,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> CardReply:
        """Open the page on which cards are managed."""
        return self._command(
            "create_billing_portal_session",
            asked.CreateBillingPortalSession(),
            CardReply,
            idempotency_key,
            expected_version,
        )

    def set_auto_charge(
        self,
        *,
        enabled: bool,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> CardReply:
        """Say whether a saved card pays without being asked."""
        request = asked.SetAutoCharge(enabled=enabled)
        return self._command(
            "set_auto_charge", request, CardReply, idempotency_key, expected_version
        )

    def list_payment_methods(self) -> Page[CardReply]:
        """Return the saved cards."""
        return self._page("list_payment_methods", asked.ListPaymentMethods(), CardReply)

    def can_use_invoice_billing(self) -> Eligibility:
        """Return whether one's own workspace may pay by invoice."""
        return self._query("can_use_invoice_billing", asked.CanUseInvoiceBilling(), Eligibility)

    def get_pricing(
        self,
        *,
        workspace_id: UUID | None = None,
    ) -> Pricing:
        """Return what a workspace pays, by default one's own."""
        request = asked.GetPricing(workspace_id=workspace_id)
        return self._query("get_pricing", request, Pricing)

    def get_payment_status(
        self,
        *,
        target_kind: asked.TargetKind,
        target_id: UUID,
    ) -> PaymentStatus:
        """Return how the payment of a target stands."""
        request = asked.GetPaymentStatus(target_kind=target_kind, target_id=target_id)
        return self._query("get_payment_status", request, PaymentStatus)

    def list_line_items(
        self,
        *,
        workspace_id: UUID | None = None,
        status: Literal["pending", "invoiced", "cancelled"] | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[InvoiceLineItem]:
        """Return a page of line items: one's own, or to a system admin anybody's."""
        request = asked.ListLineItems(
            workspace_id=workspace_id, status=status, limit=limit, cursor=cursor
        )
        return self._page("list_line_items", request, InvoiceLineItem)

    def get_invoice(
        self,
        *,
        invoice_id: UUID,
    ) -> InvoiceWithLines:
        """Return an invoice with its lines."""
        request = asked.GetInvoice(invoice_id=invoice_id)
        return self._query("get_invoice", request, InvoiceWithLines)

    def list_invoices(
        self,
        *,
        workspace_id: UUID | None = None,
        status: Literal["draft", "sent", "paid", "cancelled", "overdue"] | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Invoice]:
        """Return a page of invoices: one's own, or to a system admin anybody's."""
        request = asked.ListInvoices(
            workspace_id=workspace_id, status=status, limit=limit, cursor=cursor
        )
        return self._page("list_invoices", request, Invoice)

    def invoice_pdf(
        self,
        *,
        invoice_id: UUID,
    ) -> Pdf:
        """Return a link to an invoice's document."""
        request = asked.GetInvoicePdf(invoice_id=invoice_id)
        return self._query("invoice_pdf", request, Pdf)
