"""An invoice as affiliate knows it: what was paid and credited of it, whose it is, its entries.

Its entries sum to its target: the percentage of net less credits while it is settled, else 0.
Whose it is and for how many percent is decided when it is first settled, and stays.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from affiliate.domain.earning_rules import commission
from chassis.domain import Decider, value


@value
class NotePaid:
    """It was paid whole; amounts are øre, net of VAT."""

    workspace_id: UUID
    invoice_number: int
    net_ore: int
    credited_net_ore: int
    settlement: int  # 1; higher when it is paid again after a reversal
    relationship_id: UUID | None  # who referred the workspace at `paid_at`
    percent: int | None  # and for how many
    earning_id: UUID | None  # the entry that is made of it
    paid_at: datetime


@value
class NoteCredited:
    workspace_id: UUID
    credited_net_ore: int  # by all its credit notes so far


@value
class NoteReversed:
    """A payment of it was taken back."""

    was_paid: bool  # whole, until then


@value
class NoteEntry:
    """A correction stands beside the first entry."""

    earning_id: UUID


@value
class InvoiceNoted:
    """What is known of it now. A credit note that is heard first tells neither number nor net."""

    workspace_id: UUID
    invoice_number: int | None
    net_ore: int | None
    credited_net_ore: int
    settlement: int  # 0: never paid
    settled: bool
    relationship_id: UUID | None
    percent: int | None
    earning_id: UUID | None  # the first entry, which stays
    paid_at: datetime | None  # the first time


@value
class EntryMade:
    earning_id: UUID


@value
class Unpaid:
    """It was never settled."""

    workspace_id: UUID  # the referred one's, whose invoice it is
    noted: InvoiceNoted


@value
class Settled:
    workspace_id: UUID
    noted: InvoiceNoted
    entries: tuple[UUID, ...] = ()  # the first, then its corrections


@value
class Unsettled:
    """It was settled, and is not any more."""

    workspace_id: UUID
    noted: InvoiceNoted
    entries: tuple[UUID, ...] = ()


PaidInvoice = Unpaid | Settled | Unsettled
Command = NotePaid | NoteCredited | NoteReversed | NoteEntry
Event = InvoiceNoted | EntryMade


def decide(invoice: PaidInvoice | None, command: Command) -> list[Event]:
    match invoice, command:
        case None, NotePaid():
            return [_paid(command, command.credited_net_ore)]
        case Unpaid(), NotePaid():
            return [_paid(command, invoice.noted.credited_net_ore)]
        case Settled() | Unsettled(), NotePaid() if command.settlement <= invoice.noted.settlement:
            return []
        case Settled() | Unsettled(), NotePaid():
            return [_paid_again(invoice.noted, command)]
        case None, NoteCredited():
            return [_credited(command)]
        case Unpaid() | Settled() | Unsettled(), NoteCredited() if (
            command.credited_net_ore <= invoice.noted.credited_net_ore
        ):
            return []
        case Unpaid() | Settled() | Unsettled(), NoteCredited():
            return [replace(invoice.noted, credited_net_ore=command.credited_net_ore)]
        case Settled(), NoteReversed() if command.was_paid:
            return [replace(invoice.noted, settled=False)]
        case _, NoteReversed():
            return []
        case Settled() | Unsettled(), NoteEntry() if command.earning_id in invoice.entries:
            return []
        case Settled() | Unsettled(), NoteEntry():
            return [EntryMade(earning_id=command.earning_id)]
        case _:
            raise AssertionError(f"{command} needs an invoice that was settled")


def target_ore(invoice: PaidInvoice) -> int:
    """Return what the entries of an invoice sum to, unless nothing was earned or all rejected."""
    match invoice:
        case Settled(noted=InvoiceNoted(percent=int(percent), net_ore=int(net_ore)) as noted):
            return commission(net_ore - noted.credited_net_ore, percent)
    return 0


def _paid(command: NotePaid, credited_net_ore: int) -> InvoiceNoted:
    return InvoiceNoted(
        workspace_id=command.workspace_id,
        invoice_number=command.invoice_number,
        net_ore=command.net_ore,
        credited_net_ore=max(command.credited_net_ore, credited_net_ore),
        settlement=command.settlement,
        settled=True,
        relationship_id=command.relationship_id,
        percent=command.percent,
        earning_id=command.earning_id,
        paid_at=command.paid_at,
    )


def _paid_again(noted: InvoiceNoted, command: NotePaid) -> InvoiceNoted:
    credited = max(command.credited_net_ore, noted.credited_net_ore)
    return replace(noted, credited_net_ore=credited, settlement=command.settlement, settled=True)


def _credited(command: NoteCredited) -> InvoiceNoted:
    return InvoiceNoted(
        workspace_id=command.workspace_id,
        invoice_number=None,
        net_ore=None,
        credited_net_ore=command.credited_net_ore,
        settlement=0,
        settled=False,
        relationship_id=None,
        percent=None,
        earning_id=None,
        paid_at=None,
    )


def evolve(invoice: PaidInvoice | None, event: Event) -> PaidInvoice:
    match invoice, event:
        case None | Unpaid(), InvoiceNoted(settlement=0):
            return Unpaid(workspace_id=event.workspace_id, noted=event)
        case None | Unpaid(), InvoiceNoted():
            first = (event.earning_id,) if event.earning_id else ()
            return Settled(workspace_id=event.workspace_id, noted=event, entries=first)
        case Settled(entries=entries) | Unsettled(entries=entries), InvoiceNoted():
            state = Settled if event.settled else Unsettled
            return state(workspace_id=event.workspace_id, noted=event, entries=entries)
        case Settled() | Unsettled(), EntryMade():
            return replace(invoice, entries=(*invoice.entries, event.earning_id))
        case _:
            raise AssertionError(f"{event} cannot follow {invoice}")


decider = Decider(
    name="paid_invoice",
    decide=decide,
    evolve=evolve,
    events=(InvoiceNoted, EntryMade),
    creates=(NotePaid, NoteCredited, NoteReversed),
)
