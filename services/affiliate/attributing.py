"""Whose an invoice is that was paid, and for how many percent: decided once, and it stays.

Who referred the workspace at the moment of the first payment earns, by the rate of that moment,
whenever it is heard.
"""

from typing import Any
from uuid import UUID

from affiliate.domain import customer, earning, paid_invoice, relationship
from affiliate.domain.customer_states import Binding, Customer, bound_at, is_itself
from affiliate.domain.earning_messages import Earn
from affiliate.domain.relationship import Relationship, rate_at
from affiliate.names import entry_id
from chassis.domain import Decider
from chassis.unit.deciding import Unit
from contracts.billing.events import InvoicePaid


def settle(unit: Unit, event: InvoicePaid, hold_days: int) -> None:
    """Note that an invoice was paid; the first time, let it earn, or say why it does not."""
    known: paid_invoice.PaidInvoice | None = unit.state(paid_invoice.decider, event.invoice_id)
    payer: Customer | None = unit.state(customer.decider, event.workspace_id)
    is_first = known is None or isinstance(known, paid_invoice.Unpaid)
    binding = bound_at(payer, event.paid_at) if is_first else None
    if binding is None:
        _note(unit, event)
        return
    id = entry_id(binding.relationship_id, event.invoice_id)
    _read(unit, binding)
    unit.begin(earning.decider, id)  # the note of a settled invoice comes with its entry
    terms: Relationship = unit.state(relationship.decider, binding.relationship_id)
    percent = rate_at(terms.rates, event.paid_at).percent
    credited_net_ore = _note(unit, event, binding.relationship_id, percent, id)
    affiliate: Customer | None = unit.state(customer.decider, binding.affiliate_workspace_id)
    earn = Earn(
        relationship_id=binding.relationship_id,
        affiliate_workspace_id=binding.affiliate_workspace_id,
        referred_workspace_id=event.workspace_id,
        relationship_started_at=binding.since,
        percent=percent,
        self_referral=is_itself(affiliate, payer),
        invoice_id=event.invoice_id,
        invoice_series=event.series,
        invoice_number=event.invoice_number,
        currency=event.currency,
        invoice_net_ore=event.net_ore,
        credited_net_ore=credited_net_ore,
        issued_at=event.issued_at,
        paid_at=event.paid_at,
        hold_days=hold_days,
    )
    unit.decide(earning.decider, id, earn)


def _note(
    unit: Unit,
    event: InvoicePaid,
    relationship_id: UUID | None = None,
    percent: int | None = None,
    earning_id: UUID | None = None,
) -> int:
    """Return what is credited of it by now: a credit note may have been heard first."""
    command = paid_invoice.NotePaid(
        workspace_id=event.workspace_id,
        invoice_number=event.invoice_number,
        net_ore=event.net_ore,
        credited_net_ore=event.credited_net_ore,
        settlement=event.settlement,
        relationship_id=relationship_id,
        percent=percent,
        earning_id=earning_id,
        paid_at=event.paid_at,
    )
    noted: paid_invoice.PaidInvoice = unit.decide(
        paid_invoice.decider, event.invoice_id, command
    ).state
    return noted.noted.credited_net_ore


def _read(unit: Unit, binding: Binding) -> None:
    wanted: list[tuple[Decider[Any, Any, Any], UUID]] = [
        (relationship.decider, binding.relationship_id),
        (customer.decider, binding.affiliate_workspace_id),
    ]
    unit.preload(wanted)
