"""A payout: one affiliate's earnings, sent by bank in two phases: approved, then confirmed.

created ── approved ── confirmed; cancelled before, or failed after it was sent, it gives its
earnings back. What it holds is fixed when it is created; amounts are øre.
"""

from dataclasses import replace

from affiliate.domain import oslo
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
    PayoutNoteStored,
    StoreNote,
)
from affiliate.domain.payout_states import (
    Approved,
    Cancelled,
    Confirmed,
    Contents,
    Created,
    Failed,
    Payout,
)
from chassis.domain import Decider
from chassis.errors import Rejected
from chassis.money import share

VAT_PERCENT = 25

Command = CreatePayout | ApprovePayout | ConfirmPayout | FailPayout | CancelPayout | StoreNote
Event = (
    PayoutCreated
    | PayoutApproved
    | PayoutNoteStored
    | PayoutConfirmed
    | PayoutFailed
    | PayoutCancelled
)


def decide(payout: Payout | None, command: Command) -> list[Event]:
    match payout, command:
        case None, CreatePayout():
            return [_created(command)]
        case _, CreatePayout():
            raise Rejected("affiliate.payout_exists", "this call has made its payout before")
        case Created(), ApprovePayout() if _needs_another(payout.contents, command):
            raise Rejected("affiliate.second_approver_required", "not who created it")
        case Created(), ApprovePayout() if not command.may_be_paid:
            raise Rejected("affiliate.affiliate_suspended", "nothing is paid to it for now")
        case Created(), ApprovePayout():
            return [PayoutApproved(approved_by=command.approved_by, at=command.at)]
        case Approved() | Confirmed(), ApprovePayout():
            return []
        case Approved(), ConfirmPayout() if (
            payout.contents.vat_registered and not command.supplier_invoice_number
        ):
            raise Rejected("affiliate.supplier_invoice_required", "VAT is paid on an invoice only")
        case Approved(), ConfirmPayout() if not _is_plausible(payout, command):
            raise Rejected("affiliate.paid_on_implausible", "not before its approval, nor tomorrow")
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
        case Approved(note=None) | Confirmed(note=None), StoreNote():
            return [_stored(command)]
        case Approved() | Confirmed() | Failed() | Cancelled(), StoreNote():
            return []
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
    large = contents.amount_ore > command.second_above_ore
    return large and command.approved_by == contents.created_by


def _is_plausible(payout: Approved, command: ConfirmPayout) -> bool:
    return oslo.day(payout.approved_at) <= command.paid_on <= oslo.day(command.at)


def _stored(command: StoreNote) -> PayoutNoteStored:
    return PayoutNoteStored(ref=command.ref, sha256=command.sha256, size=command.size)


def _confirmed(contents: Contents, command: ConfirmPayout) -> PayoutConfirmed:
    return PayoutConfirmed(
        reference=command.reference,
        paid_on=command.paid_on,
        supplier_invoice_number=command.supplier_invoice_number,
        amount_ore=contents.amount_ore,
        vat_ore=contents.vat_ore,
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
            return Approved(
                workspace_id=payout.workspace_id, contents=payout.contents, approved_at=event.at
            )
        case Approved() | Confirmed(), PayoutNoteStored():
            return replace(payout, note=event)
        case Approved(workspace_id=id, contents=contents, note=note), PayoutConfirmed():
            return Confirmed(workspace_id=id, contents=contents, transfer=event, note=note)
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
    events=(
        PayoutCreated,
        PayoutApproved,
        PayoutNoteStored,
        PayoutConfirmed,
        PayoutFailed,
        PayoutCancelled,
    ),
    creates=(CreatePayout,),
)
