"""A payment: whether work on one target may start, how it is paid for, and that it was."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from billing.domain.clearance import TOO_DEAR
from billing.domain.order import FREE, Order, Outcome, Sale, outcome, sold
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
from billing.domain.payment_rules import answer, noted
from billing.domain.pricing import Price
from chassis.domain import Decider, value
from chassis.errors import Rejected


@value
class Unasked:
    """Delivered, though nobody has been heard to ask for it yet."""

    workspace_id: UUID
    outcome: Outcome
    deleted: bool = False


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
        case Forgotten(), RequestClearance():
            return []
        case Required(), RequestClearance() if command.run < payment.order.run:
            return []
        case None | Unasked() | Required(), RequestClearance():
            return [answer(command)]  # a film is started again under the same run
        case Cleared(), RequestClearance() if command.run <= payment.order.run:
            return []
        case Cleared(), RequestClearance():
            return [ClearanceRepeated(run=command.run)]
        case Required(), Reconsider() if payment.reason != TOO_DEAR:
            return [answer(_asked_again(payment, command))]
        case None, Deliver():
            return [noted(command)]
        case Required(), Deliver() if payment.order.outcome is None:
            return [noted(command)]
        case Unasked(), Forget() if not payment.deleted:
            return [TargetForgotten()]
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


def _asked_again(payment: Required, command: Reconsider) -> RequestClearance:
    return RequestClearance(
        workspace_id=payment.workspace_id,
        target=payment.order.target,
        run=payment.order.run,
        max_price_ore=payment.max_price_ore,
        terms=command.terms,
        at=command.at,
    )


def evolve(payment: Payment | None, event: Event) -> Payment:
    match payment, event:
        case None | Required(), DeliveryNoted():
            if payment is None:
                return Unasked(workspace_id=event.workspace_id, outcome=outcome(event))
            return replace(payment, order=replace(payment.order, outcome=outcome(event)))
        case None | Unasked() | Required(), ClearanceRefused():
            return Required(
                workspace_id=event.workspace_id,
                order=_order(payment, event),
                max_price_ore=event.max_price_ore,
                price=event.price,
                reason=event.reason,
            )
        case None | Unasked() | Required(), TargetCleared():
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
        case Unasked(), TargetForgotten():
            return replace(payment, deleted=True)
        case Required(), TargetForgotten() if payment.order.outcome is None:
            return Forgotten(workspace_id=payment.workspace_id)
        case Required() | Cleared(), TargetForgotten():  # delivered work is owed all the same
            return replace(payment, order=replace(payment.order, deleted=True))
        case _:
            raise AssertionError(f"{event} cannot follow {payment}")


def _order(payment: Payment | None, event: ClearanceRefused | TargetCleared) -> Order:
    match payment:
        case Required(order=before):
            return replace(before, run=event.run)
        case Unasked(outcome=outcome, deleted=deleted):
            return Order(target=event.target, run=event.run, outcome=outcome, deleted=deleted)
        case _:
            return Order(target=event.target, run=event.run)


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
