"""A payment: whether work on one target may start, how it is paid for, and that it was."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from billing.domain.payment_messages import (
    ClearanceRefused,
    ClearanceRepeated,
    Deliver,
    DeliveryNoted,
    Reconsider,
    RequestClearance,
    Settle,
    TargetCleared,
    TargetSettled,
)
from chassis.domain import Decider, value
from chassis.errors import Rejected


@value
class Delivery:
    """What is billed of work that came out."""

    title: str
    completed_at: datetime


@value
class Unasked:
    """Delivered, though nobody has been heard to ask for it yet."""

    workspace_id: UUID
    delivery: Delivery


@value
class Required:
    workspace_id: UUID
    target_kind: str
    target_id: UUID
    run: int
    max_price_ore: int | None
    price_ore: int
    reason: str
    delivery: Delivery | None = None  # heard before the clearance


@value
class Cleared:
    workspace_id: UUID
    target_kind: str
    target_id: UUID
    run: int
    method: str
    price_ore: int
    price_version: int
    vat_rate_bp: int
    cleared_at: datetime
    paid_at: datetime | None = None
    delivery: Delivery | None = None  # heard before the clearance


Answered = Required | Cleared
Payment = Unasked | Answered
Command = RequestClearance | Reconsider | Deliver | Settle
Event = ClearanceRefused | TargetCleared | ClearanceRepeated | DeliveryNoted | TargetSettled

TOO_DEAR = "price_above_max"


def decide(payment: Payment | None, command: Command) -> list[Event]:
    match payment, command:
        case None | Unasked(), RequestClearance():
            return _answer(command)
        case Required() | Cleared(), RequestClearance() if (
            command.workspace_id != payment.workspace_id
        ):
            raise Rejected("billing.payment_exists", "this target is another workspace's")
        case Required(), RequestClearance() if command.run < payment.run:
            return []
        case Required(), RequestClearance():  # a film is started again under the same run
            return _answer(command)
        case Cleared(), RequestClearance() if command.run <= payment.run:
            return []
        case Cleared(), RequestClearance():
            return [ClearanceRepeated(run=command.run)]
        case Required(), Reconsider() if payment.reason == TOO_DEAR:
            return []
        case Required(), Reconsider():
            return _answer(_asked_again(payment, command))
        case Cleared(), Reconsider():
            return []
        case None, Deliver():
            return [_noted(command)]
        case Required(), Deliver() if payment.delivery is None:
            return [_noted(command)]
        case Unasked() | Required() | Cleared(), Deliver():
            return []
        case Cleared(), Settle() if payment.paid_at is not None:
            return []
        case Cleared(), Settle():
            return [TargetSettled(at=command.at)]
        case _:
            raise Rejected("billing.payment_not_cleared", "nothing was sold for this target")


def _answer(command: RequestClearance) -> list[Event]:
    too_dear = command.max_price_ore is not None and command.price_ore > command.max_price_ore
    reason = TOO_DEAR if too_dear else command.refusal
    if reason is None:
        return [_cleared(command)]
    return [
        ClearanceRefused(
            workspace_id=command.workspace_id,
            target_kind=command.target_kind,
            target_id=command.target_id,
            run=command.run,
            max_price_ore=command.max_price_ore,
            price_ore=command.price_ore,
            reason=reason,
        )
    ]


def _cleared(command: RequestClearance) -> TargetCleared:
    return TargetCleared(
        workspace_id=command.workspace_id,
        target_kind=command.target_kind,
        target_id=command.target_id,
        run=command.run,
        method="invoice",
        price_ore=command.price_ore,
        price_version=command.price_version,
        vat_rate_bp=command.vat_rate_bp,
        at=command.at,
    )


def _noted(command: Deliver) -> DeliveryNoted:
    return DeliveryNoted(
        workspace_id=command.workspace_id,
        target_kind=command.target_kind,
        target_id=command.target_id,
        title=command.title,
        completed_at=command.completed_at,
    )


def _asked_again(payment: Required, command: Reconsider) -> RequestClearance:
    return RequestClearance(
        workspace_id=payment.workspace_id,
        target_kind=payment.target_kind,
        target_id=payment.target_id,
        run=payment.run,
        max_price_ore=payment.max_price_ore,
        price_ore=command.price_ore,
        price_version=command.price_version,
        vat_rate_bp=command.vat_rate_bp,
        refusal=None,
        at=command.at,
    )


def evolve(payment: Payment | None, event: Event) -> Payment:
    match payment, event:
        case None | Required(), DeliveryNoted():
            delivery = Delivery(title=event.title, completed_at=event.completed_at)
            if payment is None:
                return Unasked(workspace_id=event.workspace_id, delivery=delivery)
            return replace(payment, delivery=delivery)
        case None | Unasked() | Required(), ClearanceRefused():
            return Required(
                workspace_id=event.workspace_id,
                target_kind=event.target_kind,
                target_id=event.target_id,
                run=event.run,
                max_price_ore=event.max_price_ore,
                price_ore=event.price_ore,
                reason=event.reason,
                delivery=_delivery(payment),
            )
        case None | Unasked() | Required(), TargetCleared():
            return Cleared(
                workspace_id=event.workspace_id,
                target_kind=event.target_kind,
                target_id=event.target_id,
                run=event.run,
                method=event.method,
                price_ore=event.price_ore,
                price_version=event.price_version,
                vat_rate_bp=event.vat_rate_bp,
                cleared_at=event.at,
                delivery=_delivery(payment),
            )
        case Cleared(), ClearanceRepeated():
            return replace(payment, run=event.run)
        case Cleared(), TargetSettled():
            return replace(payment, paid_at=event.at)
        case _:
            raise AssertionError(f"{event} cannot follow {payment}")


def _delivery(payment: Unasked | Required | None) -> Delivery | None:
    return None if payment is None else payment.delivery


decider = Decider(
    name="payment",
    decide=decide,
    evolve=evolve,
    events=(ClearanceRefused, TargetCleared, ClearanceRepeated, DeliveryNoted, TargetSettled),
    creates=(RequestClearance, Deliver),
)
