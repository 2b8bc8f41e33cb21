"""What is paid to an affiliate, for its papers and mails."""

from datetime import date
from typing import Any
from uuid import UUID

from affiliate.gateways.note import Line, Note, Payee, Payer

PAYOUT = UUID("0198f3a2-7c1e-7d3a-9f0b-5b6c7d8e9f01")
PAYER = Payer(
    name="Fjordlys Studio AS",
    organization_number="923609016",
    address=("Bryggegata 7", "0250 Oslo"),
)
PAYEE = Payee(
    legal_name="Nordmann Henvisning AS",
    organization_number="974760673",
    vat_registered=True,
    account="8903",
)
EARNED = Line(
    invoice_number=10_001,
    is_correction=False,
    available_on=date(2026, 3, 2),
    base_ore=15_000_050,
    percent=20,
    amount_ore=3_000_010,
)
CORRECTED = Line(
    invoice_number=9_998,
    is_correction=True,
    available_on=date(2026, 2, 27),
    base_ore=4_000_000,
    percent=25,
    amount_ore=-1_000_000,
)


def note(*lines: Line, **others: Any) -> Note:
    """Return the note of a payout of these entries."""
    net_ore = sum(each.amount_ore for each in lines)
    payee: Payee = others.get("payee", PAYEE)
    about = {
        "payout_id": PAYOUT,
        "approved_on": date(2026, 4, 15),
        "period": (date(2026, 2, 27), date(2026, 4, 14)),
        "payer": PAYER,
        "payee": payee,
        "lines": lines,
        "net_ore": net_ore,
        "vat_ore": (net_ore + 2) // 4 if payee.vat_registered else 0,
        "demo": False,
    }
    return Note(**{**about, **others})
