"""Who buys by card, and what they pay: known before anything is taken.

A sale by card is documented at its delivery, when nobody is asked any more. So whatever that
document would lack is refused first (bokføringsforskriften § 5-1-1, § 5-1-2).
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from billing.domain import oslo, vat
from billing.domain.amounts import amounts
from billing.domain.pricing import Price
from billing.domain.target import NAMES
from chassis import codec
from chassis.domain import value
from chassis.door import rules
from chassis.errors import Rejected
from clients.auth import Auth
from contracts.auth.workspaces import BillingProfile


@value
class Quote:
    """What a buyer is asked for, in øre, and who that is, by the columns of `kept.buyer`."""

    price: Price
    vat_rate_bp: int
    amount_ore: int  # VAT included
    locale: Literal["nb", "en"]
    buyer: Mapping[str, Any] = field(repr=False)

    def description(self, target_kind: str) -> str:
        """Return what is paid for, as the buyer reads it."""
        return NAMES[self.locale][target_kind]


def facts_of(peers: Any, workspace_id: UUID) -> BillingProfile:
    """Return what auth knows of a buyer today."""
    return Auth(peers("auth")).billing_profile(workspace_id=workspace_id)


def quote(price: Price, facts: BillingProfile, at: datetime) -> Quote:
    """Return what a workspace would pay for work at that price.

    Raises `Rejected("billing.not_issuable")` naming all that a sales document would lack.
    """
    if missing := lacking(facts):
        message = f"the document would lack {', '.join(missing)}"
        raise Rejected("billing.not_issuable", message, details={"missing": list(missing)})
    number, address = _number(facts), facts.billing_address
    rate_bp = vat.card_rate_bp(address.country if address else None, number, oslo.day(at))
    return Quote(
        price=price,
        vat_rate_bp=rate_bp,
        amount_ore=amounts(price.price_ore, 1, rate_bp).gross_ore,
        locale="nb" if rate_bp else "en",
        buyer={
            "workspace_id": str(facts.workspace_id),
            "legal_name": facts.legal_name,
            "organization_number": number,
            "billing_address": codec.dump(address) if address else None,
            "invoice_email": facts.invoice_email,
            "invoice_reference": facts.invoice_reference,
        },
    )


def lacking(facts: BillingProfile) -> tuple[str, ...]:
    """Return all that a sales document by card would lack.

    A Norwegian number stands for an address, and says the country too.
    """
    number, address = _number(facts), facts.billing_address
    there = {
        "legal_name": bool((facts.legal_name or "").strip()),
        "country": bool(number or (address and address.country.strip())),
        "address": bool(number or (address and address.street.strip() and address.city.strip())),
    }
    return tuple(name for name, is_there in there.items() if not is_there)


def _number(facts: BillingProfile) -> str | None:
    written = facts.organization_number or ""
    return rules.organization_number(written) if rules.is_organization_number(written) else None
