"""Money that comes for invoices. Amounts are øre; days are days in Oslo."""

from datetime import date
from uuid import UUID

from chassis.asked import Keyed
from chassis.domain import value


@value
class PaymentRecorded:
    """An invoice on which money came, and what remains of it."""

    id: UUID
    version: int
    state: str
    remaining_ore: int


@value
class RecordInvoicePayment(Keyed[PaymentRecorded]):
    """Record that money came; for system admins.

    `external_id` names the payment within its source, and never twice.
    """

    invoice_id: UUID
    amount_ore: int
    paid_on: date  # a day in Oslo
    source: str
    external_id: str
