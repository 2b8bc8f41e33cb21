"""How lines become drafts: a part of the units that make them, of a person's and of a run's."""

from collections.abc import Sequence
from uuid import UUID

from billing.domain import invoice, invoice_messages, line_item
from billing.domain.invoice import MOST_LINES
from billing.domain.invoice_states import Draft
from billing.domain.line_item_messages import PutOnInvoice
from chassis.unit.deciding import Unit
from contracts.billing.drafts import Drafted

Buyers = dict[tuple[UUID, str | None], list[UUID]]  # lines by workspace and cleared number


def sorted_out(
    unit: Unit, line_item_ids: Sequence[UUID], workspace_id: UUID | None
) -> tuple[Buyers, dict[UUID, str]]:
    """Return what goes on a draft together, in the order given; and what does not, and why."""
    unit.preload((line_item.decider, id) for id in line_item_ids)
    by_buyer: Buyers = {}
    skipped: dict[UUID, str] = {}
    for id in dict.fromkeys(line_item_ids):
        line: line_item.LineItem | None = unit.state(line_item.decider, id)
        if line is None:
            skipped[id] = "unknown"
        elif workspace_id not in (None, line.workspace_id):
            skipped[id] = "other_workspace"
        elif not isinstance(line, line_item.Pending):
            skipped[id] = "not_pending"
        else:
            buyer = (line.workspace_id, line.item.organization_number)
            mine = by_buyer.setdefault(buyer, [])
            if len(mine) < MOST_LINES:
                mine.append(id)
            else:
                skipped[id] = "invoice_full"
    return by_buyer, skipped


def draft(
    unit: Unit,
    invoice_id: UUID,
    line_item_ids: Sequence[UUID],
    run_id: UUID | None = None,
    kind: str = "invoice",
) -> Drafted:
    """Draft an invoice of these lines, of one workspace and cleared number, in their order."""
    lines = [unit.state(line_item.decider, id) for id in line_item_ids]
    command = invoice_messages.DraftInvoice(
        workspace_id=lines[0].workspace_id,
        organization_number=lines[0].item.organization_number,
        lines=tuple(_line(id, line) for id, line in zip(line_item_ids, lines, strict=True)),
        kind=kind,
        target=lines[0].item.target if kind == "receipt" else None,
        run_id=run_id,
    )
    made: Draft = unit.decide(invoice.decider, invoice_id, command).state
    for position, id in enumerate(line_item_ids, start=1):
        put = PutOnInvoice(invoice_id=invoice_id, position=position)
        unit.decide(line_item.decider, id, put)
    return Drafted(
        invoice_id=invoice_id,
        workspace_id=made.workspace_id,
        net_ore=made.sheet.amounts.net_ore,
        vat_ore=made.sheet.amounts.vat_ore,
        gross_ore=made.sheet.amounts.gross_ore,
    )


def _line(id: UUID, line: line_item.LineItem) -> invoice_messages.Line:
    item = line.item
    return invoice_messages.Line(
        line_item_id=id,
        net_ore=item.amounts.net_ore,
        vat_ore=item.amounts.vat_ore,
        gross_ore=item.amounts.gross_ore,
        vat_type=item.vat_type,
        vat_rate_bp=item.vat_rate_bp,
    )
