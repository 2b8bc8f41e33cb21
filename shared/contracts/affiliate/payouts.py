"""Paying affiliates. Amounts are øre, net of VAT; days are days in Oslo."""

from dataclasses import field
from datetime import date, datetime
from uuid import UUID

from chassis.asked import Asked, Command, Keyed, Listing, Written
from chassis.domain import value
from contracts.affiliate.earnings import PayoutEntry


@value
class Payee:
    """To whom a payout goes, as it was when the payout was created; of the account four digits."""

    legal_name: str | None
    account: str | None
    invoice_email: str | None


@value
class Payout:
    """A payout; `vat_ore` comes on top for an affiliate that is registered for VAT."""

    id: UUID
    affiliate_workspace_id: UUID
    state: str  # created | approved | confirmed | failed | cancelled
    cutoff: date  # in Oslo, inclusive
    amount_ore: int
    vat_ore: int
    paid_ore: int | None
    organization_number: str
    vat_registered: bool
    created_by: UUID
    approved_by: UUID | None
    approved_at: datetime | None
    reference: str | None
    paid_on: date | None
    supplier_invoice_number: str | None
    reason: str | None
    created_at: datetime
    updated_at: datetime
    version: int


@value
class PayoutWithEarnings(Payout):
    """A payout, its payee and the earnings in it, the oldest first."""

    payee: Payee
    earnings: tuple[PayoutEntry, ...]


@value
class PayoutCreated:
    """A payout that was created, and the earnings reserved for it."""

    id: UUID
    version: int
    affiliate_workspace_id: UUID
    amount_ore: int
    earning_ids: tuple[UUID, ...]


@value
class SkippedAffiliate:
    """An affiliate that is not paid out now, and why."""

    affiliate_workspace_id: UUID
    reason: str


@value
class PayoutsCreated:
    """The payouts that were created, and who was left out."""

    items: tuple[PayoutCreated, ...]
    skipped: tuple[SkippedAffiliate, ...]


@value
class CreatePayout(Keyed[PayoutsCreated]):
    """Reserve what is available by a day and make payouts of it; for system admins."""

    cutoff: date  # inclusive
    affiliate_workspace_id: UUID | None = None


@value
class ApprovePayout(Keyed[Written]):
    """Approve a payout; for system admins."""

    payout_id: UUID


@value
class ConfirmPayout(Keyed[Written]):
    """Record that the bank has sent a payout; for system admins."""

    payout_id: UUID
    reference: str
    paid_on: date
    supplier_invoice_number: str | None = None  # of an affiliate that is registered for VAT


@value
class FailPayout(Keyed[Written]):
    """Record that a payout could not be sent; for system admins."""

    payout_id: UUID
    reason: str | None = None


@value
class CancelPayout(Keyed[Written]):
    """Call a payout off; for system admins."""

    payout_id: UUID
    reason: str | None = None


@value
class ListPayouts(Listing[Payout]):
    """Return a page of payouts; for system admins."""

    affiliate_workspace_id: UUID | None = None
    state: str | None = None  # created | approved | confirmed | failed | cancelled


@value
class GetPayout(Asked[PayoutWithEarnings]):
    """Return a payout with its payee and its earnings; for system admins."""

    payout_id: UUID


@value
class FileLink:
    """A file (`size` in bytes) and a link to it, for 15 minutes."""

    url: str = field(repr=False)
    expires_at: datetime
    sha256: str
    size: int


@value
class ExportPayouts(Command[FileLink]):
    """Write approved payouts into a CSV for the bank; for system admins.

    The same payouts are the same bytes: no reply is stored, and a repeat gets a new link to them.
    """

    payout_ids: tuple[UUID, ...]
    remembered = False


@value
class SettlementNote(Asked[FileLink]):
    """Return a link to a payout's settlement note (PDF): to an owner of one's own alone."""

    payout_id: UUID
