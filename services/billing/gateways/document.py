"""What a sales document says: the values that its PDF and its EHF are both made from.

What must stand on it is said by bokføringsforskriften § 5-1-1 and § 5-1-2: number, dates, the
parties, the service, when and where it was delivered, price, due date, VAT in NOK; on a credit
note also the invoice that it corrects. Amounts are øre; a credit note's say what is credited,
without a sign.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal
from uuid import UUID

from chassis.domain import value

Kind = Literal["invoice", "receipt", "credit_note"]  # a receipt is the document of a card sale
HIGH, EXEMPT = "HIGH", "EXEMPT_IMPORT_EXPORT"  # what a line's VAT may be
HOME = "NO"
DEMO = "DEMO – IKKE GYLDIG SALGSDOKUMENT"


@value
class Seller:
    """Who sells: `organization_number` has 9 digits, `account` 11."""

    name: str
    organization_number: str
    vat_registered: bool
    in_foretaksregisteret: bool
    address: tuple[str, ...]
    account: str
    iban: str
    bic: str


@value
class Address:
    """Where a buyer is; `country` has two letters (ISO 3166-1)."""

    street: str
    postal_code: str
    city: str
    country: str


@value
class Buyer:
    """Who buys; `reference` is the buyer's own word for the purchase."""

    legal_name: str
    organization_number: str | None  # 9 digits
    address: Address | None
    reference: str | None

    @property
    def country(self) -> str:
        """The country of the address; a buyer without one is known by a Norwegian number."""
        return self.address.country if self.address else HOME


@value
class Line:
    """One service: `vat_rate_bp` is hundredths of a per cent (25 % is 2500)."""

    description: str
    quantity: int
    unit_price_ore: int
    net_ore: int
    vat_type: str  # HIGH | EXEMPT_IMPORT_EXPORT
    vat_rate_bp: int
    vat_ore: int
    gross_ore: int
    delivered_on: date


@value
class RateSum:
    """What the lines of one rate come to."""

    vat_type: str
    vat_rate_bp: int
    net_ore: int
    vat_ore: int


@value
class Corrected:
    """The invoice that a credit note corrects, and why."""

    number: int
    issue_date: date
    reason: str


@value
class Document:
    """An issued document; `currency` is ISO 4217's."""

    kind: Kind
    number: int
    kid: str | None  # an invoice's; a credit note has none
    issue_date: date
    due_date: date | None  # a credit note has none
    currency: str
    workspace_id: UUID  # the EHF's reference of a buyer who gives none
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    net_ore: int
    vat_ore: int
    gross_ore: int
    by_rate: tuple[RateSum, ...]
    credit_used_ore: int = 0  # paid at its issue from the workspace's credit
    paid_by_card_on: date | None = None  # a receipt's day
    corrects: Corrected | None = None  # a credit note's invoice
    demo: bool

    @property
    def prepaid_ore(self) -> int:
        """What was paid before it was issued, or with it."""
        return self.gross_ore if self.kind == "receipt" else self.credit_used_ore

    @property
    def to_pay_ore(self) -> int:
        """What is still to be paid; of a credit note, what it credits."""
        return self.gross_ore - self.prepaid_ore

    @property
    def exempt(self) -> bool:
        """Whether something on it is exempt from VAT, being sold abroad."""
        return any(rate.vat_type == EXEMPT for rate in self.by_rate)

    @property
    def has_ehf(self) -> bool:
        """Whether there is an EHF of it: the buyer has a Norwegian number, nothing is exempt."""
        return bool(self.buyer.organization_number) and not self.exempt


def sums_by_rate(lines: Iterable[Line]) -> tuple[RateSum, ...]:
    """Return the sums of lines of each rate, the highest first."""
    net: Counter[tuple[int, str]] = Counter()
    vat: Counter[tuple[int, str]] = Counter()
    for line in lines:
        rate = (line.vat_rate_bp, line.vat_type)
        net[rate] += line.net_ore
        vat[rate] += line.vat_ore
    return tuple(
        RateSum(vat_type=rate[1], vat_rate_bp=rate[0], net_ore=net[rate], vat_ore=vat[rate])
        for rate in sorted(net, reverse=True)
    )
