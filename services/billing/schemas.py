"""What the door asks of billing's requests beyond their types."""

from collections.abc import Mapping
from typing import Any

from marshmallow.validate import Range

from billing.domain.invoice import MOST_LINES
from chassis.bounds import Size
from chassis.door.rules import text
from chassis.marshalling import Rules
from contracts.billing.cards import ChargeSavedCard
from contracts.billing.invoices import CreateInvoices
from contracts.billing.payments import RecordInvoicePayment

RULES: Mapping[type[Any], Rules] = {
    CreateInvoices: {"line_item_ids": Size(MOST_LINES, least=1)},
    RecordInvoicePayment: {
        "amount_ore": Range(min=1),
        "source": text(50),
        "external_id": text(200),
    },
    ChargeSavedCard: {"payment_method_id": Size(200, least=1)},
}
