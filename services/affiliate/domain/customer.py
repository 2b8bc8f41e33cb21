"""A customer: what was heard of a workspace, who refers it, and whether it can be paid out to."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from affiliate.domain.customer_messages import (
    Command,
    Event,
    FirstInvoiceHeard,
    HearInvoice,
    HearMember,
    HearOrganizationNumber,
    HearStatus,
    InvoiceHeard,
    MemberHeard,
    NoteWorkspace,
    OrganizationNumberHeard,
    PayoutDetailsSet,
    Refer,
    Referred,
    RestedUpon,
    RestUpon,
    SetPayoutDetails,
    StatusHeard,
    WorkspaceHeard,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected

WINDOW = timedelta(days=90)  # after its creation, in which a workspace may be referred
CHAIN_MAX = 100
OWNER = "owner"  # the role


@value
class PayoutDetails:
    organization_number: str | None
    vat_registered: bool


@value
class Customer:
    workspace_id: UUID
    owners: frozenset[UUID] = frozenset()
    status: str = "active"  # active | trial | suspended | closed
    created_at: datetime | None = None
    organization_number: str | None = None
    first_invoice_at: datetime | None = None
    payout_details: PayoutDetails | None = None
    relationship_id: UUID | None = None  # the active one in which it is referred
    affiliate_workspace_id: UUID | None = None

    @property
    def is_known(self) -> bool:
        """Whether auth has told of it; billing may have been faster."""
        return self.created_at is not None

    @property
    def numbers(self) -> frozenset[str]:
        """The organisation numbers it is known by."""
        paid_to = self.payout_details.organization_number if self.payout_details else None
        return frozenset(each for each in (self.organization_number, paid_to) if each)


def decide(customer: Customer | None, command: Command) -> list[Event]:
    match customer, command:
        case Customer(), NoteWorkspace() if customer.is_known:
            return []
        case _, NoteWorkspace(workspace_id=workspace_id, owner_user_id=owner):
            return [
                WorkspaceHeard(
                    workspace_id=workspace_id, owner_user_id=owner, created_at=command.created_at
                )
            ]
        case Customer(), HearOrganizationNumber() if (
            command.organization_number == customer.organization_number
        ):
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
        case None, SetPayoutDetails() | Refer():
            raise Rejected("affiliate.workspace_unknown", "not heard of yet", retryable=True)
        case Customer(), SetPayoutDetails() | Refer() if not customer.is_known:
            raise Rejected("affiliate.workspace_unknown", "not heard of yet", retryable=True)
        case Customer(), SetPayoutDetails() if _as_it_is(customer, command):
            return []
        case Customer(), SetPayoutDetails():
            return [_set(command)]
        case Customer(), Refer() if not command.affiliate_is_known:
            raise Rejected("affiliate.workspace_unknown", "not heard of yet", retryable=True)
        case Customer(), Refer() if customer.relationship_id == command.relationship_id:
            return []
        case Customer(), Refer() if _is_itself(customer, command):
            raise Rejected("affiliate.self_referral", "nobody earns on themselves")
        case Customer(), Refer() if customer.relationship_id:
            raise Rejected("affiliate.already_referred", "somebody refers this workspace")
        case Customer(), Refer() if _is_above(customer, command):
            raise Rejected("affiliate.cycle", "it refers this affiliate, directly or by others")
        case Customer(), Refer() if customer.first_invoice_at and not command.exception:
            raise Rejected("affiliate.already_invoiced", "after an invoice, give a reason in notes")
        case Customer(), Refer() if _is_late(customer, command) and not command.exception:
            raise Rejected("affiliate.window_closed", "after 90 days, give a reason in notes")
        case Customer(), Refer(relationship_id=id, affiliate_workspace_id=affiliate):
            return [Referred(relationship_id=id, affiliate_workspace_id=affiliate)]
        case Customer(), RestUpon() if customer.relationship_id is None:
            return [RestedUpon(relationship_id=command.relationship_id)]
        case _:
            raise AssertionError(f"{command} needs a customer that it is meant for")


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


def _is_itself(customer: Customer, command: Refer) -> bool:
    return (
        customer.workspace_id == command.affiliate_workspace_id
        or bool(customer.owners & command.affiliate_owners)
        or bool(customer.numbers & command.affiliate_numbers)
    )


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
        case Customer(), Referred():
            return replace(
                customer,
                relationship_id=event.relationship_id,
                affiliate_workspace_id=event.affiliate_workspace_id,
            )
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
        Referred,
        RestedUpon,
    ),
    creates=(NoteWorkspace, HearOrganizationNumber, HearInvoice, SetPayoutDetails, Refer),
)
