"""A payment: whether work on one target may start, how it is paid for, and that it was.

Asked for, then cleared: by invoice, free, or by a card. What a card paid is an advance until the
work is delivered, and goes back if it is not. Amounts are øre.
"""

from billing.domain.clearance import TOO_DEAR
from billing.domain.payment_card import (
    capture,
    end_dispute,
    give_back,
    lose_dispute,
    must_take_card,
    open_checkout,
    refund,
    refuse_as_sold,
    start_charge,
)
from billing.domain.payment_events import (
    EVENTS,
    AdvanceConsumed,
    AdvanceReturned,
    CardPaymentFailed,
    CheckoutExpired,
    ClearanceRepeated,
    Event,
    TargetDisputed,
    TargetForgotten,
    TargetSettled,
    TargetUnsettled,
)
from billing.domain.payment_messages import (
    Capture,
    Command,
    Deliver,
    EndCheckout,
    EndDispute,
    Fail,
    FailCharge,
    Forget,
    LoseDispute,
    NoteDispute,
    NoteReturn,
    OpenCheckout,
    Reconsider,
    Refund,
    RequestClearance,
    Settle,
    StartCharge,
    TakeCard,
    Unsettle,
)
from billing.domain.payment_moves import evolve
from billing.domain.payment_rules import answer, answer_anew, noted, refused
from billing.domain.payment_states import (
    Advance,
    Asked,
    ChargeAwaited,
    Charging,
    CheckoutOpen,
    Cleared,
    Forgotten,
    Payment,
    Refunded,
    Required,
    Sold,
    Unasked,
    Waiting,
)
from chassis.domain import Decider
from chassis.errors import Rejected


def decide(payment: Payment | None, command: Command) -> list[Event]:
    match payment, command:
        case Asked(), RequestClearance() if command.workspace_id != payment.workspace_id:
            raise Rejected("billing.payment_exists", "this target is another workspace's")
        case Forgotten(), RequestClearance():
            return []
        case Waiting() | Refunded(), RequestClearance() if command.run < payment.order.run:
            return []
        case None | Unasked() | Required() | Refunded(), RequestClearance():
            return [answer(command)]  # a film is started again under the same run
        case ChargeAwaited() | Charging(), RequestClearance() if command.run == payment.order.run:
            return []
        case ChargeAwaited() | Charging() | CheckoutOpen(), RequestClearance():
            return [refused(command)]
        case Sold(), RequestClearance() if command.run <= payment.order.run:
            return []
        case Advance(), RequestClearance() if payment.due_back is not None:
            return [refused(command)]  # its money is not for another run
        case Sold(), RequestClearance():
            return [ClearanceRepeated(run=command.run)]
        case Required(), Reconsider() if payment.reason != TOO_DEAR:
            return [answer_anew(payment, command)]
        case _, Reconsider():
            return []
        case _:
            return _by_card(payment, command)


def _by_card(payment: Payment | None, command: Command) -> list[Event]:
    match payment, command:
        case Asked() | Forgotten(), TakeCard():
            must_take_card(payment, command)
            return []
        case Required() | CheckoutOpen(), OpenCheckout():
            return list(open_checkout(payment, command))
        case Asked() | Forgotten(), StartCharge() if payment.card.charge(command.charge_id):
            return []  # running, or over
        case Required() | ChargeAwaited() | CheckoutOpen(), StartCharge():
            return list(start_charge(payment, command))
        case Asked() | Forgotten(), OpenCheckout() | StartCharge():
            refuse_as_sold(payment)
        case Asked() | Forgotten(), Capture():
            return list(capture(payment, command))
        case CheckoutOpen(), EndCheckout() if command.attempt == payment.attempt.number:
            ended = CheckoutExpired(attempt=command.attempt, reason=command.reason)
            return [ended, answer_anew(payment, command)]
        case Charging(), FailCharge() if command.attempt == payment.attempt.number:
            failed = CardPaymentFailed(attempt=command.attempt, code=command.code)
            return [failed, answer_anew(payment, command)]
        case ChargeAwaited(), FailCharge() if command.attempt is None:
            untried = CardPaymentFailed(attempt=None, code=command.code)
            return [untried, answer_anew(payment, command)]
        case _, EndCheckout() | FailCharge():
            return []
        case _:
            return _go_on(payment, command)


def _go_on(payment: Payment | None, command: Command) -> list[Event]:
    match payment, command:
        case None, Deliver():
            return [noted(command)]
        case Waiting(), Deliver() if payment.order.outcome is None:
            return [noted(command)]
        case Advance(), Deliver():
            return [AdvanceConsumed(invoice_id=command.invoice_id)]
        case Advance(), Fail() if payment.due_back is None and command.run >= payment.order.run:
            return [give_back(payment, "project_failed", command.refund_id)]
        case Advance(), Forget() if payment.due_back is None and not payment.order.deleted:
            returned = give_back(payment, "project_deleted", command.refund_id)
            return [TargetForgotten(), returned]
        case Unasked(), Forget() if not payment.deleted:
            return [TargetForgotten()]
        case Waiting(), Forget() if payment.order.outcome is None:
            return [TargetForgotten(unpaid=True)]
        case Asked(), Forget() if not payment.order.deleted:
            return [TargetForgotten()]
        case Asked() | Forgotten(), Refund():
            return list(refund(payment, command))
        case Advance(), NoteReturn():
            return [AdvanceReturned(refund_id=command.refund_id, reason="dashboard")]
        case Asked() | Forgotten(), NoteDispute() if (
            command.dispute_id not in payment.card.disputes
        ):
            return [TargetDisputed(dispute_id=command.dispute_id)]
        case Advance(), LoseDispute():
            return [lose_dispute(payment, command)]
        case Asked() | Forgotten(), EndDispute() | LoseDispute() if (
            command.dispute_id in payment.card.disputes
        ):
            return list(end_dispute(payment, command))
        case Cleared(), Settle() if payment.paid_at is None:
            return [TargetSettled(at=command.at)]
        case Cleared(), Unsettle() if payment.settled_at is not None:
            return [TargetUnsettled()]
        case None | Unasked() | Waiting(), Settle() | Unsettle():
            raise Rejected("billing.payment_not_cleared", "nothing was sold for this target")
        case _, Deliver() | Fail() | Forget() | NoteReturn():
            return []
        case _, NoteDispute() | EndDispute() | LoseDispute() | Settle() | Unsettle():
            return []
        case _:
            raise AssertionError(f"{command} on {payment}")


decider = Decider(
    name="payment",
    decide=decide,
    evolve=evolve,
    events=EVENTS,
    creates=(RequestClearance, Deliver, Fail, Forget),
)
