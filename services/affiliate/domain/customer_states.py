"""What is known of a customer, and who refers it."""

from datetime import datetime
from uuid import UUID

from affiliate.domain.customer_messages import PayoutNamed
from chassis.domain import value


@value
class PayoutDetails:
    organization_number: str | None
    vat_registered: bool


@value
class Binding:
    """Who refers it, from a moment on until another."""

    relationship_id: UUID
    affiliate_workspace_id: UUID
    since: datetime
    until: datetime | None = None


@value
class Customer:
    workspace_id: UUID
    owners: frozenset[UUID] = frozenset()
    status: str = "active"  # active | trial | suspended | closed
    created_at: datetime | None = None
    organization_number: str | None = None
    first_invoice_at: datetime | None = None
    payout_details: PayoutDetails | None = None
    bindings: tuple[Binding, ...] = ()  # by time; they do not overlap
    payouts: tuple[PayoutNamed, ...] = ()  # that were sent

    @property
    def is_known(self) -> bool:
        """Whether auth has told of it; billing may have been faster."""
        return self.created_at is not None

    @property
    def numbers(self) -> frozenset[str]:
        """The organisation numbers it is known by."""
        paid_to = self.payout_details.organization_number if self.payout_details else None
        return frozenset(each for each in (self.organization_number, paid_to) if each)

    @property
    def binding(self) -> Binding | None:
        """Who refers it now."""
        return next((each for each in self.bindings if each.until is None), None)

    @property
    def may_be_paid(self) -> bool:
        """Whether payouts may be made to it: it is neither suspended nor closed."""
        return self.status not in ("suspended", "closed")


def is_itself(affiliate: Customer | None, referred: Customer | None) -> bool:
    """Return whether two workspaces are the same, by what is heard of them now.

    So nothing is earned: the same workspace, a shared owner, or a shared organisation number,
    of the profile or of the payout details.
    """
    if affiliate is None or referred is None:
        return False
    return (
        affiliate.workspace_id == referred.workspace_id
        or bool(affiliate.owners & referred.owners)
        or bool(affiliate.numbers & referred.numbers)
    )


def bound_at(customer: Customer | None, at: datetime) -> Binding | None:
    """Return who referred it at a moment, else who did next: before that, nothing is earned."""
    bindings = customer.bindings if customer else ()
    return next((each for each in bindings if each.until is None or at < each.until), None)
