"""The client of affiliate."""

from datetime import date
from uuid import UUID

from clients.client import Client
from clients.page import Page
from clients.rows.affiliate import (
    AffiliateEarning,
    AffiliateRelationship,
    AffiliateStats,
    Payout,
    PayoutsCreated,
    PayoutWithEarnings,
)
from clients.rows.every_service import Written
from contracts import affiliate as asked


class Affiliate(Client):
    """Relationships, earnings, payouts; amounts are øre."""

    def create_relationship(
        self,
        *,
        affiliate_workspace_id: UUID,
        referred_workspace_id: UUID,
        commission_percent: int = 20,
        notes: str | None = None,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Bind a workspace to the affiliate that referred it; for system admins."""
        request = asked.CreateRelationship(
            affiliate_workspace_id=affiliate_workspace_id,
            referred_workspace_id=referred_workspace_id,
            commission_percent=commission_percent,
            notes=notes,
        )
        return self._command(
            "create_relationship", request, Written, idempotency_key, expected_version
        )

    def set_payout_details(
        self,
        *,
        legal_name: str,
        organization_number: str | None,
        vat_registered: bool,
        account: str,
        invoice_email: str,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Say where one's own workspace's earnings go; for its owner."""
        request = asked.SetPayoutDetails(
            legal_name=legal_name,
            organization_number=organization_number,
            vat_registered=vat_registered,
            account=account,
            invoice_email=invoice_email,
        )
        return self._command(
            "set_payout_details", request, Written, idempotency_key, expected_version
        )

    def create_payout(
        self,
        *,
        cutoff: date,
        idempotency_key: str,
        affiliate_workspace_id: UUID | None = None,
        expected_version: int | None = None,
    ) -> PayoutsCreated:
        """Reserve what is available by a day in Oslo and make payouts of it; for system admins."""
        request = asked.CreatePayout(cutoff=cutoff, affiliate_workspace_id=affiliate_workspace_id)
        return self._command(
            "create_payout", request, PayoutsCreated, idempotency_key, expected_version
        )

    def approve_payout(
        self,
        *,
        payout_id: UUID,
        idempotency_key: str,
        expected_version: int | None = None,
    ) -> Written:
        """Approve a payout; for system admins."""
        request = asked.ApprovePayout(payout_id=payout_id)
        return self._command("approve_payout", request, Written, idempotency_key, expected_version)

    def confirm_payout(
        self,
        *,
        payout_id: UUID,
        reference: str,
        paid_on: date,
        idempotency_key: str,
        supplier_invoice_number: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Record that the bank has sent a payout; for system admins."""
        request = asked.ConfirmPayout(
            payout_id=payout_id,
            reference=reference,
            paid_on=paid_on,
            supplier_invoice_number=supplier_invoice_number,
        )
        return self._command("confirm_payout", request, Written, idempotency_key, expected_version)

    def fail_payout(
        self,
        *,
        payout_id: UUID,
        idempotency_key: str,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Record that a payout could not be sent; for system admins."""
        request = asked.FailPayout(payout_id=payout_id, reason=reason)
        return self._command("fail_payout", request, Written, idempotency_key, expected_version)

    def cancel_payout(
        self,
        *,
        payout_id: UUID,
        idempotency_key: str,
        reason: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Call a payout off; for system admins."""
        request = asked.CancelPayout(payout_id=payout_id, reason=reason)
        return self._command("cancel_payout", request, Written, idempotency_key, expected_version)

    def list_earnings(
        self,
        *,
        affiliate_workspace_id: UUID | None = None,
        status: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[AffiliateEarning]:
        """Return a page of earnings: one's own, or to a system admin anybody's."""
        request = asked.ListEarnings(
            affiliate_workspace_id=affiliate_workspace_id, status=status, limit=limit, cursor=cursor
        )
        return self._page("list_earnings", request, AffiliateEarning)

    def list_relationships(
        self,
        *,
        affiliate_workspace_id: UUID | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[AffiliateRelationship]:
        """Return a page of relationships; for system admins."""
        request = asked.ListRelationships(
            affiliate_workspace_id=affiliate_workspace_id, limit=limit, cursor=cursor
        )
        return self._page("list_relationships", request, AffiliateRelationship)

    def list_payouts(
        self,
        *,
        affiliate_workspace_id: UUID | None = None,
        state: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Payout]:
        """Return a page of payouts; for system admins."""
        request = asked.ListPayouts(
            affiliate_workspace_id=affiliate_workspace_id, state=state, limit=limit, cursor=cursor
        )
        return self._page("list_payouts", request, Payout)

    def get_payout(
        self,
        *,
        payout_id: UUID,
    ) -> PayoutWithEarnings:
        """Return a payout with its payee and its earnings; for system admins."""
        request = asked.GetPayout(payout_id=payout_id)
        return self._query("get_payout", request, PayoutWithEarnings)

    def affiliate_stats(self) -> AffiliateStats:
        """Return what waits and what was paid out; for system admins."""
        return self._query("affiliate_stats", asked.AffiliateStats(), AffiliateStats)
