"""A sales document as EHF 3.0 (Peppol BIS Billing 3), which is UBL 2.1: the order binds.

Invoices and card sales documents are invoices (380), credit notes are credit notes (381).
"""

from billing.gateways.document import DEMO, Document, Line
from billing.gateways.document_check import check
from billing.gateways.ehf_parties import buyer, seller
from billing.gateways.ubl import Part, amount, document, group, held, leaf
from billing.gateways.words import words_for
from chassis.errors import Rejected

PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing"
CUSTOMIZATION = f"urn:cen.eu:en16931:2017#compliant#{PROFILE}:3.0"
INVOICE, CREDIT_NOTE = "380", "381"  # UNCL1001
TRANSFER, CARD = "30", "48"  # UNCL4461
STANDARD_RATE = "S"  # UNCL5305
PIECE = "C62"  # UN/ECE's "one"


def ehf(given: Document) -> bytes:
    """Return the document as an XML file.

    Raises `Rejected("billing.no_ehf")` where it has none, and `Rejected` where `check` does.
    """
    check(given)
    if not given.has_ehf:
        raise Rejected("billing.no_ehf", "an EHF is for Norwegian buyers with a number")
    return document(
        "CreditNote" if given.corrects else "Invoice",
        *_head(given),
        _corrected(given),
        group("AccountingSupplierParty", seller(given.seller)),
        group("AccountingCustomerParty", buyer(given.buyer)),
        group(
            "Delivery", leaf("ActualDeliveryDate", max(each.delivered_on for each in given.lines))
        ),
        _payment_means(given),
        _taxes(given),
        _totals(given),
        *(_line(given, number, line) for number, line in enumerate(given.lines, 1)),
    )


def _head(given: Document) -> tuple[Part, ...]:
    reference = held(given.buyer.reference or "") or given.workspace_id
    type_code = (
        leaf("CreditNoteTypeCode", CREDIT_NOTE)
        if given.corrects
        else leaf("InvoiceTypeCode", INVOICE)
    )
    return (
        leaf("CustomizationID", CUSTOMIZATION),
        leaf("ProfileID", f"{PROFILE}:01:1.0"),
        leaf("ID", given.number),
        leaf("IssueDate", given.issue_date),
        leaf("DueDate", given.due_date) if given.due_date else None,
        type_code,
        leaf("Note", _note(given)),
        leaf("DocumentCurrencyCode", given.currency),
        leaf("BuyerReference", reference),
    )


def _note(given: Document) -> str:
    """Return what UBL has no element for: one note is all that a document may have."""
    words = words_for(given.buyer)
    parts = [DEMO] if given.demo else []
    if given.corrects:
        date = words.day(given.corrects.issue_date)
        number, reason = given.corrects.number, given.corrects.reason
        parts.append(words.corrects.format(number=number, date=date, reason=reason))
    if given.paid_by_card_on:
        date = words.day(given.paid_by_card_on)
        parts.append(words.paid_by_card_on.format(date=date))
    parts.append(f"{words.place}: {words.electronic}")
    return ". ".join(parts)


def _corrected(given: Document) -> Part:
    if given.corrects is None:
        return None
    reference = group(
        "InvoiceDocumentReference",
        leaf("ID", given.corrects.number),
        leaf("IssueDate", given.corrects.issue_date),
    )
    return group("BillingReference", reference)


def _payment_means(given: Document) -> Part:
    if given.corrects:
        return None  # nothing is to be paid
    if given.paid_by_card_on:
        return group("PaymentMeans", leaf("PaymentMeansCode", CARD))
    account = group(
        "PayeeFinancialAccount",
        leaf("ID", given.seller.iban),
        leaf("Name", given.seller.name),
        group("FinancialInstitutionBranch", leaf("ID", given.seller.bic)),
    )
    code = leaf("PaymentMeansCode", TRANSFER)
    return group("PaymentMeans", code, leaf("PaymentID", given.kid), account)


def _taxes(given: Document) -> Part:
    sums = (
        group(
            "TaxSubtotal",
            amount("TaxableAmount", rate.net_ore, given.currency),
            amount("TaxAmount", rate.vat_ore, given.currency),
            _category("TaxCategory", rate.vat_rate_bp),
        )
        for rate in given.by_rate
    )
    return group("TaxTotal", amount("TaxAmount", given.vat_ore, given.currency), *sums)


def _category(name: str, rate_bp: int) -> Part:
    percent = leaf("Percent", f"{rate_bp // 100}.{rate_bp % 100:02}")
    scheme = group("TaxScheme", leaf("ID", "VAT"))
    return group(name, leaf("ID", STANDARD_RATE), percent, scheme)


def _totals(given: Document) -> Part:
    prepaid_ore = given.prepaid_ore
    return group(
        "LegalMonetaryTotal",
        amount("LineExtensionAmount", given.net_ore, given.currency),
        amount("TaxExclusiveAmount", given.net_ore, given.currency),
        amount("TaxInclusiveAmount", given.gross_ore, given.currency),
        amount("PrepaidAmount", prepaid_ore, given.currency) if prepaid_ore else None,
        amount("PayableAmount", given.to_pay_ore, given.currency),
    )


def _line(given: Document, number: int, line: Line) -> Part:
    name, quantity = ("CreditNote", "Credited") if given.corrects else ("Invoice", "Invoiced")
    delivered = (leaf("StartDate", line.delivered_on), leaf("EndDate", line.delivered_on))
    category = _category("ClassifiedTaxCategory", line.vat_rate_bp)
    return group(
        f"{name}Line",
        leaf("ID", number),
        leaf(f"{quantity}Quantity", line.quantity, unitCode=PIECE),
        amount("LineExtensionAmount", line.net_ore, given.currency),
        group("InvoicePeriod", *delivered),
        group("Item", leaf("Name", line.description), category),
        group("Price", amount("PriceAmount", line.unit_price_ore, given.currency)),
    )
