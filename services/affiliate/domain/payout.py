"""A payout: one affiliate's earnings, sent by bank in two phases: approved, then confirmed.

created ── approved ── confirmed; cancelled before, or failed after it was sent, it gives its
earnings back. What it holds is fixed when it is created; amounts are øre.
"""

from uuid import UUID

from affiliate.domain.customer import Customer
from affiliate.domain.payout_messages import (
    ApprovePayout,
    CancelPayout,
    ConfirmPayout,
    CreatePayout,
    FailPayout,
    PayoutApproved,
    PayoutCancelled,
    PayoutConfirmed,
    PayoutCreated,
    PayoutFailed,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected
from chassis.money import share

MINIMUM_ORE = 1
SECOND_APPROVER_ABOVE_ORE = 5_000_000
VAT_PERCENT = 25


@value
class Contents:
    """What was approved is what is paid: fixed at the creation."""

    earning_ids: tuple[UUID, ...]
    amount_ore: int
    vat_ore: int
    vat_registered: bool
    created_by: UUID


@value
class Created:
    workspace_id: UUID  # the affiliate's
    contents: Contents


@value
class Approved:
    workspace_id: UUID
    contents: Contents


@value
class Confirmed:
    workspace_id: UUID
    contents: Contents
    transfer: PayoutConfirmed


@value
class Failed:
    workspace_id: UUID
    contents: Contents


@value
class Cancelled:
    workspace_id: UUID
    contents: Contents


Payout = Created | Approved | Confirmed | Failed | Cancelled
Command = CreatePayout | ApprovePayout | ConfirmPayout | FailPayout | CancelPayout
Event = PayoutCreated | PayoutApproved | PayoutConfirmed | PayoutFailed | PayoutCancelled


def obstacle(amount_ore: int, affiliate: Customer | None) -> str | None:
    """Return why an affiliate's available `amount_ore` is not paid out now, or None."""
    if amount_ore == 0:
        return "nothing_available"
    if amount_ore < MINIMUM_ORE:
        return "below_minimum"
    details = affiliate.payout_details if affiliate else None
    return None if details and details.organization_number else "no_details"


def decide(payout: Payout | None, command: Command) -> list[Event]:
    match payout, command:
        case None, CreatePayout():
            return [_created(command)]
        case _, CreatePayout():
            raise Rejected("affiliate.payout_exists", "this call has made its payout before")
        case Created(), ApprovePayout() if _needs_another(payout.contents, command):
            raise Rejected("affiliate.second_approver_required", "not who created it")
        case Created(), ApprovePayout():
            return [PayoutApproved(approved_by=command.approved_by)]
        case Approved() | Confirmed(), ApprovePayout():
            return []
        case Approved(), ConfirmPayout() if (
            payout.contents.vat_registered and not command.supplier_invoice_number
        ):
            raise Rejected("affiliate.supplier_invoice_required", "VAT is paid on an invoice only")
        case Approved(), ConfirmPayout():
            return [_confirmed(payout.contents, command)]
        case Confirmed(), ConfirmPayout() if payout.transfer == _confirmed(
            payout.contents, command
        ):
            return []
        case Approved(), FailPayout():
            return [PayoutFailed()]
        case Failed(), FailPayout():
            return []
        case Created() | Approved(), CancelPayout():
            return [PayoutCancelled()]
        case Cancelled(), CancelPayout():
            return []
        case Created(), ConfirmPayout() | FailPayout():
            raise Rejected("affiliate.payout_not_approved", "nothing was sent yet")
        case Confirmed(), ConfirmPayout() | FailPayout() | CancelPayout():
            raise Rejected("affiliate.payout_already_confirmed", "the money has been sent")
        case Failed() | Cancelled(), _:
            raise Rejected("affiliate.payout_closed", "it gave its earnings back")
        case _:
            raise AssertionError(f"{command} needs a payout")


def _created(command: CreatePayout) -> PayoutCreated:
    amount = command.amount_ore
    return PayoutCreated(
        affiliate_workspace_id=command.affiliate_workspace_id,
        cutoff=command.cutoff,
        earning_ids=command.earning_ids,
        amount_ore=amount,
        vat_ore=share(amount, VAT_PERCENT, 100) if command.vat_registered else 0,
        organization_number=command.organization_number,
        vat_registered=command.vat_registered,
        created_by=command.created_by,
    )


def _needs_another(contents: Contents, command: ApprovePayout) -> bool:
    large = contents.amount_ore > SECOND_APPROVER_ABOVE_ORE
    return large and command.approved_by == contents.created_by


def _confirmed(contents: Contents, command: ConfirmPayout) -> PayoutConfirmed:
    return PayoutConfirmed(
        reference=command.reference,
        paid_on=command.paid_on,
        supplier_invoice_number=command.supplier_invoice_number,
        paid_ore=contents.amount_ore + contents.vat_ore,
    )


def evolve(payout: Payout | None, event: Event) -> Payout:
    match payout, event:
        case None, PayoutCreated():
            contents = Contents(
                earning_ids=event.earning_ids,
                amount_ore=event.amount_ore,
                vat_ore=event.vat_ore,
                vat_registered=event.vat_registered,
                created_by=event.created_by,
            )
            return Created(workspace_id=event.affiliate_workspace_id, contents=contents)
        case Created(), PayoutApproved():
            return Approved(workspace_id=payout.workspace_id, contents=payout.contents)
        case Approved(workspace_id=workspace_id, contents=contents), PayoutConfirmed():
            return Confirmed(workspace_id=workspace_id, contents=contents, transfer=event)
        case Approved(), PayoutFailed():
            return Failed(workspace_id=payout.workspace_id, contents=payout.contents)
        case Created() | Approved(), PayoutCancelled():
            return Cancelled(workspace_id=payout.workspace_id, contents=payout.contents)
        case _:
            raise AssertionError(f"{event} cannot follow {payout}")


decider = Decider(
    name="payout",
    decide=decide,
    evolve=evolve,
    events=(PayoutCreated, PayoutApproved, PayoutConfirmed, PayoutFailed, PayoutCancelled),
    creates=(CreatePayout,),
)
