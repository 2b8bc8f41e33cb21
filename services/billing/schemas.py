"""What the door asks of billing's requests beyond their types."""

from collections.abc import Mapping
from typing import Any

from marshmallow.validate import Length, Range

from billing.domain.invoice import MOST_LINES
from chassis.marshalling import Rules
from contracts.billing.cards import ChargeSavedCard
from contracts.billing.invoices import CreateInvoices
from contracts.billing.payments import RecordInvoicePayment

RULES: Mapping[type[Any], Rules] = {
    CreateInvoices: {"line_item_ids": Length(min=1, max=MOST_LINES)},
    RecordInvoicePayment: {
        "amount_ore": Range(min=1),
        "source": Length(min=1, max=50),
        "external_id": Length(min=1, max=200),
    },
    ChargeSavedCard: {"payment_method_id": Length(min=1, max=200)},
}
