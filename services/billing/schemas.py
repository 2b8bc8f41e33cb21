"""What the door asks of billing's requests beyond their types."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError
from marshmallow.validate import Range, Regexp

from billing.domain.bank_payment import same_name
from billing.domain.invoice import MOST_LINES
from chassis.bounds import Size
from chassis.door.rules import fits, fits_lines, text
from chassis.marshalling import Each, Form, Rules
from contracts.billing.cards import ChargeSavedCard
from contracts.billing.corrections import CreditInvoice, LineToCredit, WriteOffInvoice
from contracts.billing.disputes import Reconcile
from contracts.billing.drafts import CreateInvoices, DiscardInvoice, PreviewInvoice
from contracts.billing.line_items import CancelLineItem
from contracts.billing.payments import RecordInvoicePayment, ReverseInvoicePayment
from contracts.billing.prices import PriceAt, SetPricing
from contracts.billing.refunds import ConfirmRefund, FailRefund, RefundCredit, RefundPayment
from contracts.billing.runs import RunInvoicing
from contracts.billing.transfers import (
    AllocateBankPayment,
    ImportBankPayments,
    ReturnBankPayment,
    Transfer,
)

PRICE = Range(min=0, max=100_000_000_000)  # øre; a thousand of them are summed up on an invoice
# øre; more than any invoice comes to, and thousands of them still add up in a bigint
MOST_ORE = 1_000_000_000_000_000
MONEY = Range(min=1, max=MOST_ORE)
LINES = Size(MOST_LINES, least=1)
MONTH = Regexp(r"[12][0-9]{3}-(0[1-9]|1[0-2])\Z", error="Not a month such as 2026-11.")
REASON = text(500)


def _credit_faults(line: LineToCredit) -> dict[str, list[str]]:
    return {} if line.net_ore > 0 else {"net_ore": ["Must be at least 1."]}


MOST_TRANSFERS = 1_000  # in one call
NAME, KID, WRITTEN = 200, 50, 500  # characters


def name(written: str) -> str:
    """Return the one form of a name that a bank or a person gave: to compare it, and to keep it."""
    known = same_name(written)
    if not fits(known, NAME):  # it may have become longer, or nothing
        raise ValidationError(f"1 to {NAME} characters, on one line.")
    return known


def transfer_faults(transfer: Transfer) -> dict[str, list[str]]:
    """Return what is wrong with what the bank is said to have told."""
    faults = {}
    if transfer.amount_ore > MOST_ORE:
        faults["amount_ore"] = [f"At most {MOST_ORE}."]
    if not (fits(transfer.external_id, NAME) and fits(same_name(transfer.external_id), NAME)):
        faults["external_id"] = [f"1 to {NAME} characters, on one line."]
    if not fits_lines(transfer.kid or "", KID):
        faults["kid"] = [f"At most {KID} characters."]
    if not fits_lines(transfer.text or "", WRITTEN):
        faults["text"] = [f"At most {WRITTEN} characters, none of them a control character."]
    return faults


# work is sold since; what is years from now has no price yet, and the last days no end in Oslo
SOLD = Range(min=datetime(2005, 1, 1, tzinfo=UTC), max=datetime(9000, 1, 1, tzinfo=UTC))
DAY = Range(min=date(2005, 1, 1), max=date(9000, 1, 1))
TRANSFER_NAME = (*text(NAME), Form(name))
RULES: Mapping[type[Any], Rules] = {
    PriceAt: {"at": SOLD},
    SetPricing: {"image_project_price_ore": PRICE, "video_project_price_ore": PRICE},
    CancelLineItem: {"reason": text(500)},
    CreateInvoices: {"line_item_ids": LINES},
    PreviewInvoice: {"line_item_ids": LINES},
    DiscardInvoice: {"reason": text(500)},
    RunInvoicing: {"month": MONTH},
    RecordInvoicePayment: {
        "amount_ore": MONEY,
        "external_id": TRANSFER_NAME,
    },
    ReverseInvoicePayment: {"external_id": TRANSFER_NAME},
    ImportBankPayments: {"payments": (Size(MOST_TRANSFERS, least=1), Each(transfer_faults))},
    AllocateBankPayment: {"amount_ore": MONEY},
    ReturnBankPayment: {"reference": TRANSFER_NAME},
    CreditInvoice: {"reason": REASON, "lines": (Size(MOST_LINES, least=1), Each(_credit_faults))},
    WriteOffInvoice: {"reason": REASON, "reference": text(200)},
    RefundCredit: {"amount_ore": MONEY, "reason": REASON},
    RefundPayment: {"net_ore": MONEY, "reason": REASON},
    ConfirmRefund: {"reference": TRANSFER_NAME},
    FailRefund: {"reason": REASON},
    Reconcile: {"date_from": DAY, "date_to": DAY},
    ChargeSavedCard: {"payment_method_id": Size(200, least=1)},
}
