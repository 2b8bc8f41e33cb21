"""What will not come: an invoice's rest is written off."""

from billing.domain import invoice, invoice_messages
from billing.domain.invoice_states import Invoice, Numbered
from chassis.errors import Invalid
from chassis.personal import keep
from chassis.unit.deciding import Unit
from contracts.billing.corrections import WriteOffInvoice, WrittenOffInvoice


def write_off(unit: Unit, asked: WriteOffInvoice) -> WrittenOffInvoice:
    """Write off what remains of an invoice, its VAT too where there is a ground for that.

    Why, and what proves the ground, is people's own text: it is kept beside the events. A ground
    without `vat_relief` is refused: written off once, an invoice's VAT is relieved never more.
    """
    if asked.ground is not None and not asked.vat_relief:
        fields = {"ground": ["Only with vat_relief."]}
        raise Invalid("chassis.invalid_argument", details={"fields": fields})
    before: Invoice | None = unit.state(invoice.decider, asked.invoice_id)
    command = invoice_messages.WriteOff(
        ground=asked.ground,
        vat_relief=asked.vat_relief,
        has_reference=asked.reference is not None,
    )
    decided = unit.decide(invoice.decider, asked.invoice_id, command)
    stands: Numbered = decided.state
    if stands != before:  # a repeat does not give another reason
        texts = {"write_off_reason": asked.reason}
        if asked.reference is not None:
            texts["write_off_reference"] = asked.reference
        unit.execute(keep(asked.invoice_id, stands.workspace_id, texts))
    loss = stands.money.loss
    return WrittenOffInvoice(
        id=decided.id,
        version=decided.version,
        state=type(stands).__name__,
        written_off_ore=stands.money.written_off_ore,
        vat_relief_ore=loss.vat_left_ore if loss else 0,
    )
