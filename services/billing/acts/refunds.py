"""Money that goes back by bank: promised, then sent; what fails is the workspace's credit again."""

from sqlalchemy import Connection

from billing.domain import customer, refund, wallet
from billing.projections import refunds
from chassis import ids
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.errors import NotFound, Rejected
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.billing.refunds import (
    ConfirmRefund,
    FailRefund,
    ListRefunds,
    Refund,
    RefundCredit,
    RefundMoved,
    RefundRequested,
)


def of_credit(unit: Unit, asked: RefundCredit) -> RefundRequested:
    """Take a workspace's credit, or some of it, to be paid back."""
    _must_have_a_wallet(unit, asked)
    refund_id = ids.derive(unit.call.id, "refund")
    request = refund.RequestRefund(
        workspace_id=asked.workspace_id, rail="bank", of="credit", amount_ore=asked.amount_ore
    )
    spend = wallet.Spend(amount_ore=asked.amount_ore, on="refund", reference=str(refund_id))
    requested = unit.decide(refund.decider, refund_id, request)
    unit.decide(wallet.decider, asked.workspace_id, spend)
    unit.execute(keep(refund_id, asked.workspace_id, {"reason": asked.reason}))
    return RefundRequested(
        id=requested.id,
        version=requested.version,
        state=type(requested.state).__name__,
        amount_ore=asked.amount_ore,
    )


def _must_have_a_wallet(unit: Unit, asked: RefundCredit) -> None:
    """Tell a workspace that never had any credit from one that is not known."""
    if unit.state(wallet.decider, asked.workspace_id) is not None:
        return
    if unit.state(customer.decider, asked.workspace_id) is None:
        raise NotFound("billing.workspace_not_found", "no such workspace")
    raise Rejected("billing.credit_not_enough", "there is none", details={"balance_ore": 0})


def confirm(unit: Unit, asked: ConfirmRefund) -> RefundMoved:
    """Record that the bank has paid it."""
    sent = refund.SendRefund(reference=asked.reference, paid_on=asked.paid_on)
    return _moved(unit.decide(refund.decider, asked.refund_id, sent))


def fail(unit: Unit, asked: FailRefund) -> RefundMoved:
    """Record that it was not paid, or came back: the money is the workspace's credit again."""
    before: refund.Refund | None = unit.state(refund.decider, asked.refund_id)
    failed = unit.decide(refund.decider, asked.refund_id, refund.FailRefund())
    stands: refund.Failed | refund.Returned = failed.state
    if stands != before:
        returned = isinstance(stands, refund.Returned)
        grant = wallet.Grant(
            workspace_id=stands.workspace_id,
            amount_ore=stands.terms.amount_ore,
            origin="bank_refund_returned" if returned else "refund_failed",
            reference=str(asked.refund_id),
        )
        unit.decide(wallet.decider, stands.workspace_id, grant)
        unit.execute(keep(asked.refund_id, stands.workspace_id, {"failure_reason": asked.reason}))
    return _moved(failed)


def _moved(decided: Decided) -> RefundMoved:
    state = type(decided.state).__name__
    return RefundMoved(id=decided.id, version=decided.version, state=state)


def listed(db: Connection, door: Door, call: Call, asked: ListRefunds) -> Page[Refund]:
    """Return a page of refunds, newest first."""
    wanted = {"state": asked.state, "workspace_id": asked.workspace_id}
    return refunds.listed(db, wanted, asked).of(Refund)
