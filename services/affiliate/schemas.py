"""What the door asks of affiliate's requests beyond their types."""

from collections.abc import Mapping
from typing import Any

from marshmallow.validate import OneOf, Range

from chassis.door.rules import ACCOUNT, EMAIL, ORGANIZATION_NUMBER, lines, text
from chassis.marshalling import Rules
from contracts.affiliate.earnings import ListEarnings
from contracts.affiliate.payees import SetPayoutDetails
from contracts.affiliate.payouts import CancelPayout, ConfirmPayout, FailPayout, ListPayouts
from contracts.affiliate.relationships import CreateRelationship

STATUSES = ("pending", "paid_out")
PAYOUT_STATES = ("created", "approved", "confirmed", "failed", "cancelled")

RULES: Mapping[type[Any], Rules] = {
    CreateRelationship: {
        "commission_percent": Range(min=1, max=100),
        "notes": lines(500),
    },
    SetPayoutDetails: {
        "legal_name": text(200),
        "organization_number": ORGANIZATION_NUMBER,
        "account": ACCOUNT,
        "invoice_email": EMAIL,
    },
    ListEarnings: {"status": OneOf(STATUSES)},
    ConfirmPayout: {"reference": text(200), "supplier_invoice_number": text(100)},
    FailPayout: {"reason": lines(500)},
    CancelPayout: {"reason": lines(500)},
    ListPayouts: {"state": OneOf(PAYOUT_STATES)},
}
