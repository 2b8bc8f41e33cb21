"""The one formula: the entries of an invoice sum to its target, whatever has happened to it.

An entry that stands alone is adjusted. What is in a payout is never touched, nor what has a
correction: another stands beside it, and the next payout nets it.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from affiliate.domain import earning, paid_invoice
from affiliate.domain.earning_messages import Adjust, Due, MakeCorrection, Reject, ReleaseHold
from affiliate.domain.earning_states import Earning, Skipped, is_untouchable
from affiliate.domain.paid_invoice import PaidInvoice, Unpaid, target_ore
from affiliate.names import correction_id
from chassis.unit.calls import Decided
from chassis.unit.deciding import Unit


def correct(
    unit: Unit,
    invoice_id: UUID,
    command: Callable[..., Adjust | ReleaseHold | Reject],
    entry_id: UUID | None = None,
) -> Decided | None:
    """Ask `command(due=…)` of an invoice's entry, its first where none is named; if it has any.

    Return where that entry stands, None where it was left as it is.
    """
    invoice: PaidInvoice | None = unit.state(paid_invoice.decider, invoice_id)
    if invoice is None or isinstance(invoice, Unpaid) or not invoice.entries:
        return None
    unit.preload((earning.decider, each) for each in invoice.entries)
    states: list[Earning] = [unit.state(earning.decider, each) for each in invoice.entries]
    id = entry_id or invoice.entries[0]
    own = states[invoice.entries.index(id)]
    due = Due(
        to_ore=target_ore(invoice) - sum(each.amount_ore for each in states) + own.amount_ore,
        credited_net_ore=invoice.noted.credited_net_ore,
        is_corrected=len(states) > 1,
    )
    asked = command(due=due)
    if isinstance(asked, Adjust) and (due.is_corrected or is_untouchable(own)):
        _stand_beside(unit, invoice_id, invoice.entries, own, asked)
        return None
    return unit.decide(earning.decider, id, asked)


def _stand_beside(
    unit: Unit, invoice_id: UUID, entries: Sequence[UUID], first: Earning, asked: Adjust
) -> None:
    amount_ore = asked.due.to_ore - first.amount_ore
    if amount_ore == 0 or isinstance(first, Skipped):
        return
    id = correction_id(entries[0], len(entries))
    command = MakeCorrection(
        corrects=entries[0],
        affiliate_workspace_id=first.workspace_id,
        terms=first.terms,
        credited_net_ore=asked.due.credited_net_ore,
        amount_ore=amount_ore,
        cause=asked.cause,
    )
    unit.decide(earning.decider, id, command)
    unit.decide(paid_invoice.decider, invoice_id, paid_invoice.NoteEntry(earning_id=id))
