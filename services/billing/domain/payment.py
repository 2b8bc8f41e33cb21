"""A payment: whether work on one target may start, how it is paid for, and that it was."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from billing.domain.clearance import TOO_DEAR, refusal
from billing.domain.order import FREE, INVOICE, Delivery, Order, Sale, delivery, ordered, sold
from billing.domain.payment_messages import (
    ClearanceRefused,
    ClearanceRepeated,
    Deliver,
    DeliveryNoted,
    Fail,
    Forget,
    Reconsider,
    RequestClearance,
    Settle,
    TargetCleared,
    TargetForgotten,
    TargetSettled,
    TargetUnsettled,
    Unsettle,
)
from billing.domain.pricing import Price
from chassis.domain import Decider, value
from chassis.errors import Rejected


@value
class Unasked:
    """Delivered, though nobody has been heard to ask for it yet."""

    workspace_id: UUID
    delivery: Delivery


@value
class Required:
    workspace_id: UUID
    order: Order
    max_price_ore: int | None
    price: Price
    reason: str


@value
class Cleared:
    workspace_id: UUID
    order: Order
    sale: Sale
    settled_at: datetime | None = None

    @property
    def paid_at(self) -> datetime | None:
        """When nothing was owed any more; what is free was never owed."""
        return self.sale.cleared_at if self.sale.method == FREE else self.settled_at


@value
class Forgotten:
    """Deleted before anything was sold."""

    workspace_id: UUID


Answered = Required | Cleared
Payment = Unasked | Answered | Forgotten
Command = RequestClearance | Reconsider | Deliver | Fail | Forget | Settle | Unsettle
Event = (
    ClearanceRefused
    | TargetCleared
    | ClearanceRepeated
    | DeliveryNoted
    | TargetSettled
    | TargetUnsettled
    | TargetForgotten
)


def decide(payment: Payment | None, command: Command) -> list[Event]:
    match payment, command:
        case Required() | Cleared(), RequestClearance() if (
            command.workspace_id != payment.workspace_id
        ):
            raise Rejected("billing.payment_exists", "this target is another workspace's")
        case Forgotten(), RequestClearance() if command.workspace_id != payment.workspace_id:
            return []
        case Required(), RequestClearance() if command.run < payment.order.run:
            return []
        case None | Unasked() | Required() | Forgotten(), RequestClearance():
            return _answer(command)  # a film is started again under the same run
        case Cleared(), RequestClearance() if command.run <= payment.order.run:
            return []
        case Cleared(), RequestClearance():
            return [ClearanceRepeated(run=command.run)]
        case Required(), Reconsider() if payment.reason != TOO_DEAR:
            return _answer(_asked_again(payment, command))
        case None, Deliver():
            return [_noted(command)]
        case Required(), Deliver() if payment.order.delivery is None:
            return [_noted(command)]
        case Required() | Cleared(), Forget() if not payment.order.deleted:
            return [TargetForgotten()]
        case Cleared(), Settle() if payment.paid_at is None:
            return [TargetSettled(at=command.at)]
        case Cleared(), Unsettle() if payment.settled_at is not None:
            return [TargetUnsettled()]
        case None | Unasked() | Required(), Settle() | Unsettle():
            raise Rejected("billing.payment_not_cleared", "nothing was sold for this target")
        case _, Reconsider() | Deliver() | Fail() | Forget() | Settle() | Unsettle():
            return []
        case _:
            raise AssertionError(f"{command} on {payment}")


def _answer(command: RequestClearance) -> list[Event]:
    reason = refusal(command.terms, command.max_price_ore)
    return [_cleared(command) if reason is None else _refused(command, reason)]


def _cleared(command: RequestClearance) -> TargetCleared:
    terms = command.terms
    is_free = terms.price.price_ore == 0
    return TargetCleared(
        target=command.target,
        run=command.run,
        workspace_id=command.workspace_id,
        method=FREE if is_free else INVOICE,
        price=terms.price,
        organization_number=None if is_free else terms.organization_number,
        at=command.at,
    )


def _refused(command: RequestClearance, reason: str) -> ClearanceRefused:
    return ClearanceRefused(
        workspace_id=command.workspace_id,
        target=command.target,
        run=command.run,
        max_price_ore=command.max_price_ore,
        price=command.terms.price,
        reason=reason,
    )


def _asked_again(payment: Required, command: Reconsider) -> RequestClearance:
    return RequestClearance(
        workspace_id=payment.workspace_id,
        target=payment.order.target,
        run=payment.order.run,
        max_price_ore=payment.max_price_ore,
        terms=command.terms,
        at=command.at,
    )


def _noted(command: Deliver) -> DeliveryNoted:
    return DeliveryNoted(
        workspace_id=command.workspace_id,
        target=command.target,
        title=command.title,
        completed_at=command.completed_at,
    )


def evolve(payment: Payment | None, event: Event) -> Payment:
    match payment, event:
        case None | Required(), DeliveryNoted():
            if payment is None:
                return Unasked(workspace_id=event.workspace_id, delivery=delivery(event))
            return replace(payment, order=replace(payment.order, delivery=delivery(event)))
        case None | Unasked() | Required() | Forgotten(), ClearanceRefused():
            return Required(
                workspace_id=event.workspace_id,
                order=_order(payment, event),
                max_price_ore=event.max_price_ore,
                price=event.price,
                reason=event.reason,
            )
        case None | Unasked() | Required() | Forgotten(), TargetCleared():
            return Cleared(
                workspace_id=event.workspace_id,
                order=_order(payment, event),
                sale=sold(event),
            )
        case Cleared(), ClearanceRepeated():
            return replace(payment, order=replace(payment.order, run=event.run))
        case Cleared(), TargetSettled():
            return replace(payment, settled_at=event.at)
        case Cleared(), TargetUnsettled():
            return replace(payment, settled_at=None)
        case Required(), TargetForgotten() if payment.order.delivery is None:
            return Forgotten(workspace_id=payment.workspace_id)
        case Required() | Cleared(), TargetForgotten():  # delivered work is owed all the same
            return replace(payment, order=replace(payment.order, deleted=True))
        case _:
            raise AssertionError(f"{event} cannot follow {payment}")


def _order(payment: Payment | None, event: ClearanceRefused | TargetCleared) -> Order:
    before = payment.order if isinstance(payment, Required) else None
    return ordered(event, before, payment.delivery if isinstance(payment, Unasked) else None)


decider = Decider(
    name="payment",
    decide=decide,
    evolve=evolve,
    events=(
        ClearanceRefused,
        TargetCleared,
        ClearanceRepeated,
        DeliveryNoted,
        TargetSettled,
        TargetUnsettled,
        TargetForgotten,
    ),
    creates=(RequestClearance, Deliver, Fail, Forget),
)
