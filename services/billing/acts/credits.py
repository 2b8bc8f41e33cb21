"""Credit notes: a unit over an invoice, its lines, the note, its number, and what was paid."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from billing import kept
from billing.acts.excess import give_back, sold_by_card
from billing.acts.prices import shown_workspace
from billing.acts.settling import follow
from billing.delivering import bill_again
from billing.domain import (
    credit_note,
    crediting,
    invoice,
    invoice_messages,
    line_item,
    line_item_messages,
    number_series,
    payment,
    retention,
)
from billing.domain.invoice_states import Invoice, Issued, Numbered, Paid, PartPaid
from billing.domain.item import Item
from billing.names import SERIES, line_item_id, series_id
from billing.numbering import must_be_confirmed
from billing.projections import credit_notes
from chassis import ids
from chassis.asked import Page
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.billing.corrections import (
    CreditedInvoice,
    CreditInvoice,
    CreditNote,
    CreditNoteLine,
    CreditNoteWithLines,
    GetCreditNote,
    LineToCredit,
    ListCreditNotes,
)


def credit(unit: Unit, asked: CreditInvoice) -> CreditedInvoice:
    """Take back an invoice, or parts of it, by a credit note under the next number.

    What was paid for more than remains leaves the invoice: to the workspace's credit, or back by
    the rail that it came by. The number series is locked before anything is read.
    """
    must_be_confirmed(unit)
    number = number_series.next_number(unit.state(number_series.decider, series_id(SERIES)))
    note_id = _new_note(unit)
    before: Invoice | None = unit.state(invoice.decider, asked.invoice_id)
    parts = _parts(unit, before, asked) if isinstance(before, Issued | PartPaid | Paid) else ()
    sold = sold_by_card(unit, before) if isinstance(before, Numbered) else None
    total = crediting.total(parts)
    command = invoice_messages.Credit(
        credit_note_id=note_id,
        credit_note_number=number,
        net_ore=total.net_ore,
        vat_ore=total.vat_ore,
        gross_ore=total.gross_ore,
    )
    decided = unit.decide(invoice.decider, asked.invoice_id, command)
    after: Numbered = decided.state
    _issue(unit, asked, note_id, after, parts)
    excess_ore = before.money.paid_ore - after.money.paid_ore if isinstance(before, Numbered) else 0
    refund_id = give_back(unit, after, note_id, excess_ore, asked.refund, sold)
    again = _rebill(unit, parts) if asked.rebill else ()
    follow(unit, before, after)
    return CreditedInvoice(
        id=asked.invoice_id,
        version=decided.version,
        state=type(after).__name__,
        remaining_ore=after.money.remaining_ore,
        credit_note_id=note_id,
        credit_note_number=number,
        net_ore=total.net_ore,
        vat_ore=total.vat_ore,
        gross_ore=total.gross_ore,
        credited_to_workspace_ore=0 if refund_id else excess_ore,
        refund_id=refund_id,
        new_line_item_ids=again,
    )


def _new_note(unit: Unit) -> UUID:
    """Return the id of this call's note; its repeat, once no reply is stored, makes no second."""
    id = ids.derive(unit.call.id, "credit_note")
    if unit.state(credit_note.decider, id) is not None:
        details = {"credit_note_id": str(id)}
        raise Rejected("billing.already_credited", "this call has done that", details=details)
    return id


def _parts(unit: Unit, stands: Numbered, asked: CreditInvoice) -> tuple[crediting.Part, ...]:
    """Return what is asked to be taken back of each line, in the order of the invoice."""
    wanted = _wanted(asked.lines)
    on_it = stands.sheet.line_item_ids
    if strange := (wanted or {}).keys() - set(on_it):
        details = {"line_item_ids": sorted(map(str, strange))}
        raise Rejected("billing.line_not_on_invoice", "another's, or nobody's", details=details)
    named = [id for id in on_it if wanted is None or id in wanted]
    unit.preload((line_item.decider, id) for id in named)
    parts = []
    for id in named:
        item: Item = unit.state(line_item.decider, id).item
        net_ore = item.left_ore if wanted is None else wanted[id]
        if net_ore:
            parts.append(crediting.part(id, item, net_ore, asked.rebill))
    return tuple(parts)


def _wanted(lines: Sequence[LineToCredit] | None) -> dict[UUID, int] | None:
    """Return how much of which line; one that is named twice is taken together."""
    if lines is None:
        return None
    found: dict[UUID, int] = {}
    for each in lines:
        found[each.line_item_id] = found.get(each.line_item_id, 0) + each.net_ore
    return found


def _issue(
    unit: Unit,
    asked: CreditInvoice,
    note_id: UUID,
    stands: Numbered,
    parts: Sequence[crediting.Part],
) -> None:
    """Issue the note under the next number, and note it on the lines; keep buyer and reason."""
    taken: number_series.NumberSeries = unit.decide(
        number_series.decider, series_id(SERIES), number_series.TakeNumber(series=SERIES)
    ).state
    command = credit_note.IssueCreditNote(
        invoice_id=asked.invoice_id,
        workspace_id=stands.workspace_id,
        currency=stands.sheet.currency,
        amounts=crediting.total(parts),
        by_rate=crediting.rates(parts),
        lines=tuple(each.line for each in parts),
        series=taken.series,
        number=taken.number,
        issue_date=taken.issue_date,
    )
    unit.decide(credit_note.decider, note_id, command)
    for each in parts:
        noted = line_item_messages.NoteCredit(credit_note_id=note_id, net_ore=each.amounts.net_ore)
        unit.decide(line_item.decider, each.line_item_id, noted)
    until = retention.until(taken.issue_date)
    unit.execute(kept.keep_credited(note_id, asked.invoice_id, asked.reason, until))


def _rebill(unit: Unit, parts: Sequence[crediting.Part]) -> tuple[UUID, ...]:
    items = [each.item for each in parts]
    unit.preload((payment.decider, each.payment_id) for each in items)
    unit.preload((line_item.decider, line_item_id(each.payment_id, each.k + 1)) for each in items)
    lines = (unit.state(line_item.decider, each.line_item_id) for each in parts)
    return tuple(bill_again(unit, each) for each in lines)


def listed(db: Connection, door: Door, call: Call, asked: ListCreditNotes) -> Page[CreditNote]:
    """Return a page of credit notes, newest first."""
    wanted = {
        "workspace_id": shown_workspace(call, asked.workspace_id),
        "invoice_id": asked.invoice_id,
    }
    return credit_notes.listed(db, wanted, asked).of(CreditNote)


def shown(db: Connection, door: Door, call: Call, asked: GetCreditNote) -> CreditNoteWithLines:
    """Return a credit note with its lines."""
    row = credit_notes.get(db, asked.credit_note_id, call.actor)
    lines = credit_notes.lines(db, asked.credit_note_id)
    return CreditNoteWithLines(**row, lines=tuple(CreditNoteLine(**each) for each in lines))
