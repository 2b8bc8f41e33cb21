"""A customer: what was heard of a workspace, who refers it, and whether it can be paid out to."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from affiliate.domain.customer_messages import (
    Command,
    EndReferral,
    Event,
    FirstInvoiceHeard,
    HearInvoice,
    HearMember,
    HearOrganizationNumber,
    HearStatus,
    InvoiceHeard,
    MemberHeard,
    NamePayout,
    NoteWorkspace,
    OrganizationNumberHeard,
    PayoutDetailsSet,
    PayoutNamed,
    Refer,
    ReferralEnded,
    Referred,
    RestedUpon,
    RestUpon,
    SetPayoutDetails,
    StatusHeard,
    WorkspaceHeard,
)
from affiliate.domain.customer_states import Binding, Customer, PayoutDetails
from affiliate.domain.payout_names import has_invoice, has_reference, is_named, named
from chassis.domain import Decider
from chassis.errors import Rejected

WINDOW = timedelta(days=90)  # after its creation, in which a workspace may be referred
CHAIN_MAX = 100
OWNER = "owner"  # the role


def decide(customer: Customer | None, command: Command) -> list[Event]:
    match customer, command:
        case Customer(), NoteWorkspace() if customer.is_known:
            return []
        case _, NoteWorkspace():
            return [_known(command)]
        case Customer(), HearOrganizationNumber() if _has_that_number(customer, command):
            return []
        case _, HearOrganizationNumber(workspace_id=workspace_id, organization_number=number):
            return [OrganizationNumberHeard(workspace_id=workspace_id, organization_number=number)]
        case Customer(), HearStatus() if customer.status == command.status:
            return []
        case Customer(), HearStatus():
            return [StatusHeard(status=command.status)]
        case Customer(), HearMember() if _is_no_news(customer, command):
            return []
        case Customer(), HearMember():
            return [MemberHeard(user_id=command.user_id, role=command.role)]
        case Customer(), HearInvoice() if customer.first_invoice_at:
            return [InvoiceHeard(invoice_number=command.invoice_number)]
        case _, HearInvoice():
            return [_first(command)]
        case _, SetPayoutDetails() | Refer() if not (customer and customer.is_known):
            raise Rejected("affiliate.workspace_unknown", "not heard of yet", retryable=True)
        case Customer(), SetPayoutDetails() if _as_it_is(customer, command):
            return []
        case Customer(), SetPayoutDetails():
            return [_set(command)]
        case Customer(), NamePayout() if is_named(customer.payouts, command.payout_id):
            return []
        case Customer(), NamePayout() if has_reference(customer.payouts, command):
            raise Rejected("affiliate.reference_taken", "another payout was confirmed by it")
        case Customer(), NamePayout() if has_invoice(customer.payouts, command):
            raise Rejected("affiliate.supplier_number_taken", "another payout was paid on it")
        case Customer(), NamePayout():
            return [named(command)]
        case Customer(), Refer() if not command.affiliate_is_known:
            raise Rejected("affiliate.workspace_unknown", "not heard of yet", retryable=True)
        case Customer(), Refer() if _was_referred_by(customer, command.relationship_id):
            return []
        case Customer(), Refer() if command.is_itself:
            raise Rejected("affiliate.self_referral", "nobody earns on themselves")
        case Customer(), Refer() if customer.binding:
            raise Rejected("affiliate.already_referred", "somebody refers this workspace")
        case Customer(), Refer() if _is_above(customer, command):
            raise Rejected("affiliate.cycle", "it refers this affiliate, directly or by others")
        case Customer(), Refer() if customer.first_invoice_at and not command.exception:
            raise Rejected("affiliate.already_invoiced", "after an invoice, give a reason in notes")
        case Customer(), Refer() if _is_late(customer, command) and not command.exception:
            raise Rejected("affiliate.window_closed", "after 90 days, give a reason in notes")
        case Customer(), Refer(relationship_id=id, affiliate_workspace_id=affiliate):
            return [Referred(relationship_id=id, affiliate_workspace_id=affiliate, at=command.at)]
        case Customer(), EndReferral() if _is_referred_by(customer, command.relationship_id):
            return [ReferralEnded(relationship_id=command.relationship_id, at=command.at)]
        case Customer(), EndReferral():
            return []
        case Customer(), RestUpon() if customer.binding is None:
            return [RestedUpon(relationship_id=command.relationship_id)]
        case _:
            raise AssertionError(f"{command} needs a customer that it is meant for")


def _known(command: NoteWorkspace) -> WorkspaceHeard:
    return WorkspaceHeard(
        workspace_id=command.workspace_id,
        owner_user_id=command.owner_user_id,
        created_at=command.created_at,
    )


def _has_that_number(customer: Customer, command: HearOrganizationNumber) -> bool:
    return command.organization_number == customer.organization_number


def _is_no_news(customer: Customer, command: HearMember) -> bool:
    return (command.user_id in customer.owners) == (command.role == OWNER)


def _as_it_is(customer: Customer, command: SetPayoutDetails) -> bool:
    given = PayoutDetails(
        organization_number=command.organization_number, vat_registered=command.vat_registered
    )
    return customer.payout_details == given and not command.changed


def _set(command: SetPayoutDetails) -> PayoutDetailsSet:
    return PayoutDetailsSet(
        organization_number=command.organization_number,
        vat_registered=command.vat_registered,
        changed=command.changed,
    )


def _was_referred_by(customer: Customer, relationship_id: UUID) -> bool:
    return any(each.relationship_id == relationship_id for each in customer.bindings)


def _is_referred_by(customer: Customer, relationship_id: UUID) -> bool:
    return bool(customer.binding and customer.binding.relationship_id == relationship_id)


def _first(command: HearInvoice) -> FirstInvoiceHeard:
    return FirstInvoiceHeard(
        workspace_id=command.workspace_id,
        issued_at=command.issued_at,
        invoice_number=command.invoice_number,
    )


def _is_above(customer: Customer, command: Refer) -> bool:
    # a chain too long to walk may lead anywhere
    return customer.workspace_id in command.above or len(command.above) > CHAIN_MAX


def _is_late(customer: Customer, command: Refer) -> bool:
    return customer.created_at is not None and command.at > customer.created_at + WINDOW


def evolve(customer: Customer | None, event: Event) -> Customer:
    match customer, event:
        case None | Customer(), WorkspaceHeard():
            known = customer or Customer(workspace_id=event.workspace_id)
            owners = frozenset({event.owner_user_id} if event.owner_user_id else ())
            return replace(known, owners=owners, created_at=event.created_at)
        case None | Customer(), OrganizationNumberHeard():
            known = customer or Customer(workspace_id=event.workspace_id)
            return replace(known, organization_number=event.organization_number)
        case Customer(), StatusHeard():
            return replace(customer, status=event.status)
        case Customer(), MemberHeard(user_id=user_id, role=role):
            others = customer.owners - {user_id}
            return replace(customer, owners=others | {user_id} if role == OWNER else others)
        case None | Customer(), FirstInvoiceHeard():
            known = customer or Customer(workspace_id=event.workspace_id)
            return replace(known, first_invoice_at=event.issued_at)
        case Customer(), PayoutDetailsSet():
            details = PayoutDetails(
                organization_number=event.organization_number, vat_registered=event.vat_registered
            )
            return replace(customer, payout_details=details)
        case Customer(), PayoutNamed():
            return replace(customer, payouts=(*customer.payouts, event))
        case Customer(), Referred():
            binding = Binding(
                relationship_id=event.relationship_id,
                affiliate_workspace_id=event.affiliate_workspace_id,
                since=event.at,
            )
            return replace(customer, bindings=(*customer.bindings, binding))
        case Customer(bindings=(*before, last)), ReferralEnded():
            return replace(customer, bindings=(*before, replace(last, until=event.at)))
        case Customer(), RestedUpon() | InvoiceHeard():
            return customer
        case _:
            raise AssertionError(f"{event} cannot follow {customer}")


decider = Decider(
    name="customer",
    decide=decide,
    evolve=evolve,
    events=(
        WorkspaceHeard,
        OrganizationNumberHeard,
        StatusHeard,
        MemberHeard,
        FirstInvoiceHeard,
        InvoiceHeard,
        PayoutDetailsSet,
        PayoutNamed,
        Referred,
        ReferralEnded,
        RestedUpon,
    ),
    creates=(NoteWorkspace, HearOrganizationNumber, HearInvoice, SetPayoutDetails, Refer),
)
