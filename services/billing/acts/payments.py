"""Money that comes for invoices: units over one, its lines and what their targets owe."""

from billing.domain import invoice, invoice_messages, line_item, payment, payment_messages
from billing.domain.invoice import Numbered, Paid
from chassis.unit.deciding import Unit
from contracts.billing.payments import PaymentRecorded, RecordInvoicePayment


def record(unit: Unit, asked: RecordInvoicePayment) -> PaymentRecorded:
    """Record money that came; with the last of it, every target on the invoice is settled."""
    command = invoice_messages.RecordPayment(
        amount_ore=asked.amount_ore,
        paid_on=asked.paid_on,
        source=asked.source,
        external_id=asked.external_id,
    )
    decided = unit.decide(invoice.decider, asked.invoice_id, command)
    stands: Numbered = decided.state
    if isinstance(stands, Paid):
        _settle(unit, stands)
    return PaymentRecorded(
        id=decided.id,
        version=decided.version,
        state=type(stands).__name__,
        remaining_ore=stands.remaining_ore,
    )


def _settle(unit: Unit, paid: Paid) -> None:
    unit.preload((line_item.decider, id) for id in paid.line_item_ids)
    payment_ids = [unit.state(line_item.decider, id).payment_id for id in paid.line_item_ids]
    unit.preload((payment.decider, id) for id in payment_ids)
    for id in payment_ids:
        unit.decide(payment.decider, id, payment_messages.Settle())
