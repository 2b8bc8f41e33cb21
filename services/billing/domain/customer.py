"""A customer: what was heard of a workspace, and which targets wait until they may start."""

from dataclasses import replace
from uuid import UUID

from billing.domain.clearance import Terms
from billing.domain.pricing import Price
from chassis.domain import Decider, value


@value
class NoteWorkspace:
    workspace_id: UUID


@value
class HearProfile:
    workspace_id: UUID
    organization_number: str | None
    invoice_eligible: bool


@value
class HearStatus:
    status: str


@value
class AwaitEligibility:
    """A target that may not start yet waits; its workspace need not be known."""

    workspace_id: UUID
    payment_id: UUID


@value
class CustomerMet:
    workspace_id: UUID


@value
class ProfileHeard:
    workspace_id: UUID
    organization_number: str | None
    invoice_eligible: bool


@value
class StatusHeard:
    status: str


@value
class TargetAwaited:
    workspace_id: UUID
    payment_id: UUID


@value
class TargetsReleased:
    """The workspace is known, can be invoiced or is active now: these are decided anew."""

    payment_ids: tuple[UUID, ...]


@value
class Customer:
    workspace_id: UUID
    known: bool = False
    organization_number: str | None = None
    invoice_eligible: bool = False
    status: str = "active"  # active | trial | suspended | closed
    waiting: tuple[UUID, ...] = ()  # payments

    @property
    def is_barred(self) -> bool:
        """Whether no work is begun for it, whoever would pay."""
        return self.status in BARRED


Command = NoteWorkspace | HearProfile | HearStatus | AwaitEligibility
Event = CustomerMet | ProfileHeard | StatusHeard | TargetAwaited | TargetsReleased

BARRED = ("suspended", "closed")


def terms(customer: Customer | None, price: Price, by_card: bool = False) -> Terms:
    """Return on which terms work may start for it now; what was cleared stays cleared."""
    if customer is None or not customer.known:
        return Terms(price=price, refusal="workspace_unknown", organization_number=None)
    return Terms(
        price=price,
        refusal="workspace_suspended" if customer.is_barred else None,
        organization_number=None if refusal(customer) else customer.organization_number,
        by_card=by_card,
    )


def refusal(customer: Customer | None) -> str | None:
    """Return why this customer is not invoiced for new work, or None if it is."""
    if customer is None or not customer.known:
        return "workspace_unknown"
    if customer.organization_number is None:
        return "organization_number_missing"
    return None if customer.invoice_eligible else "not_approved"


def decide(customer: Customer | None, command: Command) -> list[Event]:
    match customer, command:
        case None, NoteWorkspace():
            return [CustomerMet(workspace_id=command.workspace_id)]
        case Customer(), NoteWorkspace() if customer.known:
            return []
        case Customer(), NoteWorkspace() if customer.waiting and not customer.is_barred:
            return [CustomerMet(workspace_id=command.workspace_id), _released(customer)]
        case Customer(), NoteWorkspace():
            return [CustomerMet(workspace_id=command.workspace_id)]
        case None, HearProfile():
            return [_heard(command)]
        case Customer(), HearProfile() if _is_known(customer, command):
            return []
        case Customer(), HearProfile() if customer.waiting and _helps(customer, command):
            return [_heard(command), _released(customer)]
        case Customer(), HearProfile():
            return [_heard(command)]
        case Customer(), HearStatus() if customer.status == command.status:
            return []
        case Customer(), HearStatus() if customer.waiting and _frees(customer, command):
            return [StatusHeard(status=command.status), _released(customer)]
        case Customer(), HearStatus():
            return [StatusHeard(status=command.status)]
        case None, AwaitEligibility():
            return [_awaited(command)]
        case Customer(), AwaitEligibility() if command.payment_id in customer.waiting:
            return []
        case Customer(), AwaitEligibility():
            return [_awaited(command)]
        case _:
            raise AssertionError(f"{command} on {customer}")


def _is_known(customer: Customer, command: HearProfile) -> bool:
    return (customer.known, customer.organization_number, customer.invoice_eligible) == (
        True,
        command.organization_number,
        command.invoice_eligible,
    )


def _heard(command: HearProfile) -> ProfileHeard:
    return ProfileHeard(
        workspace_id=command.workspace_id,
        organization_number=command.organization_number,
        invoice_eligible=command.invoice_eligible,
    )


def _helps(customer: Customer, command: HearProfile) -> bool:
    """Return whether it is known now, or can be invoiced, and may begin work at all."""
    may_be_invoiced = command.organization_number is not None and command.invoice_eligible
    return not customer.is_barred and (may_be_invoiced or not customer.known)


def _frees(customer: Customer, command: HearStatus) -> bool:
    return customer.known and customer.is_barred and command.status not in BARRED


def _released(customer: Customer) -> TargetsReleased:
    return TargetsReleased(payment_ids=customer.waiting)


def _awaited(command: AwaitEligibility) -> TargetAwaited:
    return TargetAwaited(workspace_id=command.workspace_id, payment_id=command.payment_id)


def evolve(customer: Customer | None, event: Event) -> Customer:
    match customer, event:
        case _, CustomerMet():
            return replace(customer or Customer(workspace_id=event.workspace_id), known=True)
        case _, ProfileHeard():
            return replace(
                customer or Customer(workspace_id=event.workspace_id),
                known=True,
                organization_number=event.organization_number,
                invoice_eligible=event.invoice_eligible,
            )
        case Customer(), StatusHeard():
            return replace(customer, status=event.status)
        case _, TargetAwaited():
            customer = customer or Customer(workspace_id=event.workspace_id)
            return replace(customer, waiting=(*customer.waiting, event.payment_id))
        case Customer(), TargetsReleased():
            waiting = (each for each in customer.waiting if each not in event.payment_ids)
            return replace(customer, waiting=tuple(waiting))
        case _:
            raise AssertionError(f"{event} cannot follow {customer}")


decider = Decider(
    name="customer",
    decide=decide,
    evolve=evolve,
    events=(CustomerMet, ProfileHeard, StatusHeard, TargetAwaited, TargetsReleased),
    creates=(NoteWorkspace, HearProfile, AwaitEligibility),
)
