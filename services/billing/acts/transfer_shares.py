"""What a transfer pays: parts of units, over it, an invoice, its targets and a wallet."""

from uuid import UUID

from billing.acts.settling import follow
from billing.domain import bank_payment, invoice, wallet, wallet_messages
from billing.domain.bank_payment_messages import Allocate, BankPaymentReceived, Receive
from billing.domain.invoice_messages import RecordPayment
from billing.domain.invoice_states import Invoice, Numbered
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit


def pay(
    unit: Unit, invoice_id: UUID, came: Receive | BankPaymentReceived, amount_ore: int
) -> tuple[int, Decided]:
    """Let an invoice take what it needs of so much more of a transfer.

    Return how much it took, and where it stands. Raises what the invoice refuses.
    """
    before: Invoice | None = unit.state(invoice.decider, invoice_id)
    paid_ore, has_ore = 0, 0
    if isinstance(before, Numbered):
        known = before.money.of(came.source, came.external_id)
        paid_ore, has_ore = before.money.paid_ore, known.amount_ore if known else 0
    command = RecordPayment(
        amount_ore=has_ore + amount_ore,
        paid_on=came.paid_on,
        source=came.source,
        external_id=came.external_id,
    )
    decided = unit.decide(invoice.decider, invoice_id, command)
    follow(unit, before, decided.state)
    return decided.state.money.paid_ore - paid_ore, decided


def receive(unit: Unit, id: UUID, came: Receive, invoice_id: UUID) -> tuple[int, Decided]:
    """Record a transfer for an invoice; what that does not need is its workspace's credit.

    Return how much the invoice took, and where it stands.
    """
    taken_ore, paid = pay(unit, invoice_id, came, came.amount_ore)
    unit.decide(bank_payment.decider, id, came)
    if taken_ore:
        hold(unit, id, taken_ore, invoice_id)
    if rest_ore := came.amount_ore - taken_ore:
        credit(unit, id, rest_ore, paid.state.workspace_id, invoice_id)
    return taken_ore, paid


def hold(unit: Unit, id: UUID, amount_ore: int, invoice_id: UUID) -> Decided:
    """Note on a transfer what an invoice took of it."""
    command = Allocate(amount_ore=amount_ore, invoice_id=invoice_id)
    return unit.decide(bank_payment.decider, id, command)


def credit(
    unit: Unit, id: UUID, amount_ore: int, workspace_id: UUID, invoice_id: UUID | None = None
) -> Decided:
    """Let so much of a transfer be a workspace's credit.

    `invoice_id`: for what it was, if that did not need it.
    """
    command = Allocate(amount_ore=amount_ore, invoice_id=invoice_id, workspace_id=workspace_id)
    allocated = unit.decide(bank_payment.decider, id, command)
    grant = wallet_messages.Grant(
        workspace_id=workspace_id,
        amount_ore=amount_ore,
        origin="overpayment",
        reference=credit_reference(allocated),
    )
    unit.decide(wallet.decider, workspace_id, grant)
    return allocated


def credit_reference(transfer: Decided) -> str:
    """Return what names, in a wallet, that which has just happened to a transfer: never twice."""
    return f"{transfer.id}/{transfer.version}"
