"""By what payouts are confirmed: the bank's reference, the affiliate's invoice; each one once.

Whoever paid VAT on an invoice of an affiliate does not pay it again, however the number is written.
"""

from collections.abc import Iterable
from unicodedata import category, normalize
from uuid import UUID

from affiliate.domain.customer_messages import NamePayout, PayoutNamed

Payouts = Iterable[PayoutNamed]
MINUS = "\u2212"


def is_named(payouts: Payouts, payout_id: UUID) -> bool:
    """Return whether that payout has been confirmed."""
    return any(each.payout_id == payout_id for each in payouts)


def has_reference(payouts: Payouts, command: NamePayout) -> bool:
    """Return whether a payout was confirmed by that reference."""
    return alike(command.reference) in {alike(each.reference) for each in payouts}


def has_invoice(payouts: Payouts, command: NamePayout) -> bool:
    """Return whether a payout was paid on that invoice of the affiliate's."""
    number = command.supplier_invoice_number
    paid_on = (each.supplier_invoice_number for each in payouts)
    return number is not None and alike(number) in {alike(each) for each in paid_on if each}


def alike(text: str) -> str:
    """Return what two references or invoice numbers have in common that are the same one.

    Whoever copies one out of a document gets its dashes, its blanks and what shows nothing, too.
    """
    shown = (each for each in normalize("NFKC", text) if category(each) != "Cf")
    dashed = ("-" if category(each) == "Pd" or each == MINUS else each for each in shown)
    return normalize("NFKC", " ".join("".join(dashed).split()).casefold())


def named(command: NamePayout) -> PayoutNamed:
    """Name a payout that was sent."""
    return PayoutNamed(
        payout_id=command.payout_id,
        reference=command.reference,
        supplier_invoice_number=command.supplier_invoice_number,
    )
