"""When an invoice is late, and when its buyer is reminded. A card sales document never is."""

from collections.abc import Sequence
from datetime import timedelta

from billing.domain import oslo
from billing.domain.invoice_events import InvoiceOverdue, InvoiceReminded
from billing.domain.invoice_messages import MarkOverdue, Remind
from billing.domain.invoice_states import Numbered

REMIND_AFTER = tuple(timedelta(days=days) for days in (1, 14, 28))  # past the due date
BETWEEN_REMINDERS = timedelta(days=13)  # of those that are late themselves


def overdue(invoice: Numbered, command: MarkOverdue) -> Sequence[InvoiceOverdue]:
    """Return, once, that it is late."""
    due = invoice.paper.due_date
    if _is_receipt(invoice) or invoice.document.reminders.overdue or oslo.day(command.at) <= due:
        return []
    return [InvoiceOverdue(due_date=due)]


def remind(invoice: Numbered, command: Remind) -> Sequence[InvoiceReminded]:
    """Return the reminder of that number if it is the next one, and its day has come."""
    sent, today = invoice.document.reminders, oslo.day(command.at)
    is_next = command.number == sent.sent + 1 <= len(REMIND_AFTER)
    if _is_receipt(invoice) or not is_next:
        return []
    due = invoice.paper.due_date + REMIND_AFTER[command.number - 1]
    first = max(due, sent.last_on + BETWEEN_REMINDERS) if sent.last_on else due
    return [InvoiceReminded(number=command.number, on=today)] if today >= first else []


def _is_receipt(invoice: Numbered) -> bool:
    return invoice.sheet.kind == "receipt"
