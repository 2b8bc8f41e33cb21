"""What the door asks of affiliate's requests beyond their types."""

from collections.abc import Mapping
from typing import Any

from marshmallow.validate import OneOf, Range, Regexp

from chassis.bounds import Size
from chassis.door.rules import ACCOUNT, EMAIL, ORGANIZATION_NUMBER, lines, text
from chassis.marshalling import Rules
from contracts.affiliate.earnings import HoldEarning, ListEarnings, RejectEarning, Simulate
from contracts.affiliate.payees import SetPayoutDetails
from contracts.affiliate.payouts import (
    CancelPayout,
    ConfirmPayout,
    ExportPayouts,
    FailPayout,
    ListPayouts,
)
from contracts.affiliate.relationships import (
    ChangeCommission,
    CreateRelationship,
    EndRelationship,
)
from contracts.affiliate.statements import GetStatement

STATUSES = ("pending", "paid_out", "reversed")
STATES = ("held", "available", "on_hold", "reserved", "paid_out", "reversed", "rejected")
MONTH = Regexp(r"[12][0-9]{3}-(0[1-9]|1[0-2])\Z", error="Not a month such as 2026-11.")
PERCENT = Range(min=1, max=100)
MOST_PAYOUTS = 500  # in one file
PAYOUT_STATES = ("created", "approved", "confirmed", "failed", "cancelled")

RULES: Mapping[type[Any], Rules] = {
    CreateRelationship: {
        "commission_percent": PERCENT,
        "notes": lines(500),
    },
    ChangeCommission: {"commission_percent": PERCENT},
    EndRelationship: {"reason": text(500)},
    SetPayoutDetails: {
        "legal_name": text(200),
        "organization_number": ORGANIZATION_NUMBER,
        "account": ACCOUNT,
        "invoice_email": EMAIL,
    },
    ListEarnings: {"status": OneOf(STATUSES), "state": OneOf(STATES), "month": MONTH},
    HoldEarning: {"reason": text(500)},
    RejectEarning: {"reason": text(500)},
    Simulate: {"commission_percent": PERCENT},
    ConfirmPayout: {"reference": text(200), "supplier_invoice_number": text(100)},
    ExportPayouts: {"payout_ids": Size(MOST_PAYOUTS, least=1)},
    FailPayout: {"reason": lines(500)},
    CancelPayout: {"reason": lines(500)},
    GetStatement: {"month": MONTH},
    ListPayouts: {"state": OneOf(PAYOUT_STATES)},
}
