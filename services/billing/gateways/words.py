"""The words of a sales document, in Norwegian and in English, and how each writes numbers."""

from collections.abc import Callable, Mapping
from datetime import date

from babel import Locale

from billing.gateways import english
from billing.gateways.document import HOME, Buyer, Kind
from chassis.domain import value
from gateways import norwegian


@value
class KindWords:
    """What differs between an invoice and a credit note."""

    title: str
    number: str
    issue_date: str
    buyer: str
    to_pay: str


@value
class Words:
    """One language; what stands in braces is filled in."""

    locale: str
    kinds: Mapping[Kind, KindWords]
    # facts
    organization_number: str
    due_date: str
    place: str
    electronic: str
    electronic_abroad: str
    reference: str
    corrected_invoice: str
    corrected_date: str
    # lines and sums
    description: str
    delivered: str
    quantity: str
    unit_price: str
    vat: str
    net: str
    vat_of: str
    total: str
    credit_used: str
    paid_by_card: str
    exempt: str
    # what is to be paid, or was
    payee: str
    account: str
    paid_on: str
    reason: str
    # about the paper
    page: str
    corrects: str  # all of it in a sentence, for the EHF
    paid_by_card_on: str
    # forms
    money: Callable[[int], str]
    percent: Callable[[int], str]
    day: Callable[[date], str]

    def country(self, code: str) -> str:
        """Return a country's name; of a code that is nobody's, the code."""
        return str(Locale(self.locale).territories.get(code, code))


_FAKTURA = KindWords(
    title="Faktura",
    number="Fakturanummer",
    issue_date="Fakturadato",
    buyer="Faktureres til",
    to_pay="Å betale",
)
_INVOICE = KindWords(
    title="Invoice",
    number="Invoice number",
    issue_date="Invoice date",
    buyer="Bill to",
    to_pay="To pay",
)
NORWEGIAN = Words(
    locale="nb",
    kinds={
        "invoice": _FAKTURA,
        "receipt": _FAKTURA,
        "credit_note": KindWords(
            title="Kreditnota",
            number="Kreditnotanummer",
            issue_date="Kreditnotadato",
            buyer="Krediteres",
            to_pay="Kreditert",
        ),
    },
    organization_number="Org.nr. {number}",
    due_date="Forfallsdato",
    place="Leveringssted",
    electronic="Elektronisk",
    electronic_abroad="Elektronisk, {country}",
    reference="Deres referanse",
    corrected_invoice="Gjelder faktura",
    corrected_date="Fakturaens dato",
    description="Beskrivelse",
    delivered="Leveringsdato",
    quantity="Antall",
    unit_price="Enhetspris",
    vat="MVA",
    net="Netto",
    vat_of="MVA {rate} av {net}",
    total="Sum inkl. MVA",
    credit_used="Betalt med tilgode",
    paid_by_card="Betalt med kort",
    exempt="Fritatt for merverdiavgift: fjernleverbar tjeneste til mottaker utenfor"
    " merverdiavgiftsområdet (merverdiavgiftsloven § 6-22).",
    payee="Mottaker",
    account="Kontonummer",
    paid_on="Betalingsdato",
    reason="Årsak",
    page="Side {page} av {pages}",
    corrects="Krediterer faktura {number} av {date}: {reason}",
    paid_by_card_on="Betalt med kort {date}",
    money=norwegian.money,
    percent=norwegian.percent,
    day=norwegian.day,
)
ENGLISH = Words(
    locale="en",
    kinds={
        "invoice": _INVOICE,
        "receipt": _INVOICE,
        "credit_note": KindWords(
            title="Credit note",
            number="Credit note number",
            issue_date="Credit note date",
            buyer="Credit to",
            to_pay="Credited",
        ),
    },
    organization_number="Org. no. {number}",
    due_date="Due date",
    place="Place of delivery",
    electronic="Electronic",
    electronic_abroad="Electronic, {country}",
    reference="Your reference",
    corrected_invoice="Corrects invoice",
    corrected_date="Date of invoice",
    description="Description",
    delivered="Delivered",
    quantity="Quantity",
    unit_price="Unit price",
    vat="VAT",
    net="Net",
    vat_of="VAT {rate} of {net}",
    total="Total incl. VAT",
    credit_used="Paid from credit",
    paid_by_card="Paid by card",
    exempt="VAT exempt: remote service to a recipient outside the Norwegian VAT area"
    " (Norwegian VAT Act, section 6-22).",
    payee="Payee",
    account="Account number",
    paid_on="Payment date",
    reason="Reason",
    page="Page {page} of {pages}",
    corrects="Credits invoice {number} of {date}: {reason}",
    paid_by_card_on="Paid by card {date}",
    money=english.money,
    percent=english.percent,
    day=english.day,
)


def words_for(buyer: Buyer) -> Words:
    """Return Norwegian for buyers in Norway, English for all others."""
    return NORWEGIAN if buyer.country == HOME else ENGLISH
