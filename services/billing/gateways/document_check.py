"""Before anything is made of it: a document that contradicts itself or the law is refused."""

from collections import Counter
from collections.abc import Iterable

from billing.gateways.document import EXEMPT, HIGH, Document, Line, sums_by_rate
from chassis.errors import Rejected


def check(document: Document) -> None:
    """Refuse what would contradict itself, or the law.

    Raises `Rejected` when the sums are not those of the lines, when something is missing or too
    much for its kind, when the seller is not VAT-registered, or when VAT is not in NOK.
    """
    if wrong := [*_wrong_sums(document), *_wrong_parts(document)]:
        raise Rejected("billing.document_mismatch", f"it contradicts itself: {', '.join(wrong)}")
    if not document.seller.vat_registered:
        raise Rejected("billing.seller_not_vat_registered", "VAT needs a VAT-registered seller")
    if document.currency != "NOK":
        raise Rejected("billing.vat_not_in_nok", "VAT on a sales document is stated in NOK")


def _wrong_sums(document: Document) -> Iterable[str]:
    lines = document.lines
    if not lines:
        yield "lines"
    for name in ("net_ore", "vat_ore", "gross_ore"):
        if sum(getattr(line, name) for line in lines) != getattr(document, name):
            yield name
    if any(line.net_ore < 0 or line.vat_ore < 0 for line in lines):
        yield "a sign"
    if any(line.net_ore + line.vat_ore != line.gross_ore for line in lines):
        yield "net_ore + vat_ore"
    if any(line.quantity * line.unit_price_ore != line.net_ore for line in lines):
        yield "quantity * unit_price_ore"
    if not all(_taxed(line) if line.vat_type == HIGH else _untaxed(line) for line in lines):
        yield "vat_type"
    if Counter(sums_by_rate(lines)) != Counter(document.by_rate):
        yield "by_rate"
    if not 0 <= document.prepaid_ore <= document.gross_ore:
        yield "credit_used_ore"


def _taxed(line: Line) -> bool:
    return line.vat_rate_bp > 0


def _untaxed(line: Line) -> bool:
    return line.vat_type == EXEMPT and line.vat_rate_bp == line.vat_ore == 0


def _wrong_parts(document: Document) -> Iterable[str]:
    credit_note = document.kind == "credit_note"
    if (document.corrects is not None) != credit_note:
        yield "corrects"
    if (document.paid_by_card_on is not None) != (document.kind == "receipt"):
        yield "paid_by_card_on"
    if (document.due_date is None) != credit_note:
        yield "due_date"
    if (document.kind == "invoice" and not document.kid) or (credit_note and document.kid):
        yield "kid"
    if document.credit_used_ore and document.kind != "invoice":
        yield "credit_used_ore"
