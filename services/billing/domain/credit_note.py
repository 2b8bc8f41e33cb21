"""A credit note: takes back an invoice, whole or in part. Never changed, and never credited.

A wrong one is mended by billing anew. Amounts are øre, and positive; days are days in Oslo.
"""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from billing.domain.amounts import Amounts, RateSum
from billing.domain.delivery import Delivery
from chassis.domain import UNTIMED, Decider, value


@value
class CreditedLine:
    line_item_id: UUID
    net_ore: int
    vat_ore: int


@value
class IssueCreditNote:
    invoice_id: UUID
    workspace_id: UUID
    currency: str
    amounts: Amounts
    by_rate: tuple[RateSum, ...]
    lines: tuple[CreditedLine, ...]
    series: str
    number: int
    issue_date: date
    at: datetime = UNTIMED


@value
class NoteCreditNoteDocument:
    format: str  # pdf | ehf
    ref: str
    sha256: str
    size: int  # bytes


@value
class RequestCreditNoteSending:
    """Send it again, whatever became of it."""


@value
class NoteCreditNoteDelivery:
    sending: int  # the first is 1
    channel: str  # mail


@value
class NoteCreditNoteDeliveryFailure:
    sending: int
    reason: str  # no_address | refused | gateway: no server took it, for days


@value
class CreditNoteIssued:
    invoice_id: UUID
    workspace_id: UUID
    currency: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    by_rate: tuple[RateSum, ...]
    lines: tuple[CreditedLine, ...]
    series: str
    number: int
    issue_date: date
    at: datetime


@value
class CreditNoteDocumentStored:
    format: str
    ref: str
    sha256: str
    size: int


@value
class CreditNoteSendingRequested:
    sending: int


@value
class CreditNoteDelivered:
    sending: int
    channel: str


@value
class CreditNoteDeliveryFailed:
    sending: int
    reason: str


@value
class CreditNote:
    workspace_id: UUID
    issued: CreditNoteIssued
    delivery: Delivery = Delivery()


Command = (
    IssueCreditNote
    | NoteCreditNoteDocument
    | RequestCreditNoteSending
    | NoteCreditNoteDelivery
    | NoteCreditNoteDeliveryFailure
)
Event = (
    CreditNoteIssued
    | CreditNoteDocumentStored
    | CreditNoteSendingRequested
    | CreditNoteDelivered
    | CreditNoteDeliveryFailed
)


def decide(note: CreditNote | None, command: Command) -> list[Event]:
    match note, command:
        case None, IssueCreditNote():
            return [_issued(command)]
        case CreditNote(), IssueCreditNote():
            return []
        case CreditNote(), NoteCreditNoteDocument() if command.format in note.delivery.formats:
            return []
        case CreditNote(), NoteCreditNoteDocument():
            return [
                CreditNoteDocumentStored(
                    format=command.format, ref=command.ref, sha256=command.sha256, size=command.size
                )
            ]
        case CreditNote(), RequestCreditNoteSending() if note.delivery.pending:
            return []
        case CreditNote(), RequestCreditNoteSending():
            return [CreditNoteSendingRequested(sending=note.delivery.sending + 1)]
        case CreditNote(), NoteCreditNoteDelivery() | NoteCreditNoteDeliveryFailure() if (
            note.delivery.is_over(command.sending)
        ):
            return []
        case CreditNote(), NoteCreditNoteDelivery():
            return [CreditNoteDelivered(sending=command.sending, channel=command.channel)]
        case CreditNote(), NoteCreditNoteDeliveryFailure():
            return [CreditNoteDeliveryFailed(sending=command.sending, reason=command.reason)]
        case _:
            raise AssertionError(f"{command} needs a credit note")


def _issued(command: IssueCreditNote) -> CreditNoteIssued:
    return CreditNoteIssued(
        invoice_id=command.invoice_id,
        workspace_id=command.workspace_id,
        currency=command.currency,
        net_ore=command.amounts.net_ore,
        vat_ore=command.amounts.vat_ore,
        gross_ore=command.amounts.gross_ore,
        by_rate=command.by_rate,
        lines=command.lines,
        series=command.series,
        number=command.number,
        issue_date=command.issue_date,
        at=command.at,
    )


def evolve(note: CreditNote | None, event: Event) -> CreditNote:
    match note, event:
        case None, CreditNoteIssued():
            return CreditNote(workspace_id=event.workspace_id, issued=event)
        case CreditNote(), CreditNoteDocumentStored():
            return replace(note, delivery=note.delivery.with_format(event.format))
        case CreditNote(), CreditNoteSendingRequested():
            return replace(note, delivery=note.delivery.asked(event.sending))
        case CreditNote(), CreditNoteDelivered() | CreditNoteDeliveryFailed():
            return replace(note, delivery=note.delivery.ended(event.sending))
        case _:
            raise AssertionError(f"{event} cannot follow {note}")


decider = Decider(
    name="credit_note",
    decide=decide,
    evolve=evolve,
    events=(
        CreditNoteIssued,
        CreditNoteDocumentStored,
        CreditNoteSendingRequested,
        CreditNoteDelivered,
        CreditNoteDeliveryFailed,
    ),
    creates=(IssueCreditNote,),
)
