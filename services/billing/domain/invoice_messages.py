"""What an invoice is told to do. Amounts are øre, days are days in Oslo."""

from datetime import date, datetime
from uuid import UUID

from billing.domain.target import Target
from chassis.domain import UNTIMED, value


@value
class Line:
    """A line as its document shows it."""

    line_item_id: UUID
    net_ore: int
    vat_ore: int
    gross_ore: int
    vat_type: str
    vat_rate_bp: int


@value
class DraftInvoice:
    """Lines of one workspace, and of one organisation number that they were cleared for."""

    workspace_id: UUID
    organization_number: str | None
    lines: tuple[Line, ...]
    kind: str = "invoice"  # invoice | receipt: a card sales document
    target: Target | None = None  # of a receipt: the work that a card paid
    run_id: UUID | None = None  # the monthly run that drafts it


@value
class Discard:
    """The draft is not wanted; its lines wait again."""


@value
class RefuseIssue:
    """A run cannot issue it: what its document would lack."""

    missing: tuple[str, ...]


@value
class Issue:
    series: str
    invoice_number: int
    kid: str  # the payer's reference
    issue_date: date
    at: datetime = UNTIMED


@value
class RecordPayment:
    """Money is there for it: `amount_ore` is what of that payment is meant for it, all in all.

    It takes what it needs; the rest is whoever's who decides on the payment.
    """

    amount_ore: int
    paid_on: date
    source: str  # bank | manual | credit | card | dispute
    external_id: str  # names the payment within its source
    at: datetime = UNTIMED


@value
class TakePayments:
    """May payments of it be recorded or reversed? A question: not before it is issued."""


@value
class ReversePayment:
    """That payment is not for it any more."""

    source: str
    external_id: str
    reason: str  # bounced | misallocated


@value
class LosePayment:
    """So much of what stands on it is gone: lost to a dispute, or given back at Stripe."""

    amount_ore: int
    source: str  # card | dispute
    external_id: str  # the refund's or the dispute's
    reason: str  # refunded | disputed


@value
class Credit:
    """A credit note takes this much of it back."""

    credit_note_id: UUID
    credit_note_number: int
    net_ore: int
    vat_ore: int
    gross_ore: int
    at: datetime = UNTIMED


@value
class WriteOff:
    """What remains will not come; `ground` says why its VAT is relieved, None where it is not."""

    ground: str | None = None  # reminders | collection_failed | insolvency | irrecoverable
    vat_relief: bool = False
    has_reference: bool = False  # what proves the ground is named
    at: datetime = UNTIMED


@value
class MarkOverdue:
    at: datetime = UNTIMED


@value
class Remind:
    number: int  # 1, 2, 3
    at: datetime = UNTIMED


@value
class NoteDocument:
    """A rendered document has been stored."""

    format: str  # pdf | ehf
    ref: str
    sha256: str
    size: int  # bytes


@value
class RequestSending:
    """Send it again, whatever became of it."""


@value
class NoteDelivery:
    sending: int  # the first is 1
    channel: str  # mail


@value
class NoteDeliveryFailure:
    sending: int
    reason: str  # no_address | refused | gateway: no server took it, for days


Command = (
    DraftInvoice
    | Discard
    | RefuseIssue
    | Issue
    | RecordPayment
    | TakePayments
    | ReversePayment
    | LosePayment
    | Credit
    | WriteOff
    | MarkOverdue
    | Remind
    | NoteDocument
    | RequestSending
    | NoteDelivery
    | NoteDeliveryFailure
)
