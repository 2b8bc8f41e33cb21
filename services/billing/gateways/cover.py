"""The mail that a sales document goes with: what it is, what is to be paid, and how."""

from collections.abc import Iterator, Mapping

from billing.gateways.document import DEMO, HOME, Document, Kind
from billing.gateways.words import Words, words_for
from chassis.domain import value
from gateways.norwegian import BLANK, grouped


@value
class _Letter:
    """One language's sentences; what stands in braces is filled in."""

    subject: str
    greeting: str
    opening: Mapping[Kind, str]
    nothing_to_pay: str
    with_ehf: str
    farewell: str


_NORWEGIAN = _Letter(
    subject="{title} {number} fra {seller}",
    greeting="Hei,",
    opening={
        "invoice": "Vedlagt er faktura {number} til {buyer}.",
        "receipt": "Vedlagt er faktura {number} til {buyer}. Den er betalt med kort.",
        "credit_note": "Vedlagt er kreditnota {number} til {buyer}."
        " Den krediterer faktura {corrected} av {corrected_on}.",
    },
    nothing_to_pay="Det er ingenting å betale.",
    with_ehf="Dokumentet ligger også ved som EHF-fil.",
    farewell="Vennlig hilsen",
)
_ENGLISH = _Letter(
    subject="{title} {number} from {seller}",
    greeting="Hello,",
    opening={
        "invoice": "Attached is invoice {number} to {buyer}.",
        "receipt": "Attached is invoice {number} to {buyer}. It has been paid by card.",
        "credit_note": "Attached is credit note {number} to {buyer}."
        " It credits invoice {corrected} of {corrected_on}.",
    },
    nothing_to_pay="There is nothing to pay.",
    with_ehf="The document is attached as an EHF file, too.",
    farewell="Kind regards",
)


def subject(document: Document) -> str:
    """Return the subject of the mail."""
    written = _letter(document).subject.format(
        title=words_for(document.buyer).kinds[document.kind].title,
        number=document.number,
        seller=document.seller.name,
    )
    return f"DEMO: {written}" if document.demo else written


def text(document: Document) -> str:
    """Return the mail."""
    letter, words = _letter(document), words_for(document.buyer)
    corrects = document.corrects
    opening = letter.opening[document.kind].format(
        number=document.number,
        buyer=document.buyer.legal_name,
        corrected=corrects.number if corrects else "",
        corrected_on=words.day(corrects.issue_date) if corrects else "",
    )
    rows = [(name, shown.replace(BLANK, " ")) for name, shown in _rows(document, words)]
    width = max(len(name) for name, _ in rows)
    parts = [
        *([f"{DEMO}."] if document.demo else []),
        letter.greeting,
        opening,
        "\n".join(f"{name + ':':{width + 1}} {shown}" for name, shown in rows),
        *([] if document.to_pay_ore else [letter.nothing_to_pay]),
        *([letter.with_ehf] if document.has_ehf else []),
        f"{letter.farewell}\n{document.seller.name}",
    ]
    return "\n\n".join(parts) + "\n"


def _letter(document: Document) -> _Letter:
    return _NORWEGIAN if document.buyer.country == HOME else _ENGLISH


def _rows(document: Document, words: Words) -> Iterator[tuple[str, str]]:
    """Yield what a payer needs, by its name on the paper."""
    kind, seller = words.kinds[document.kind], document.seller
    if document.prepaid_ore:
        paid = words.paid_by_card if document.kind == "receipt" else words.credit_used
        yield words.total, _amount(document, words, document.gross_ore)
        yield paid, _amount(document, words, document.prepaid_ore)
    yield kind.to_pay, _amount(document, words, document.to_pay_ore)
    if document.kind != "invoice" or not document.to_pay_ore:
        return
    if document.due_date:
        yield words.due_date, words.day(document.due_date)
    yield "KID", document.kid or ""
    yield words.account, grouped(seller.account, 4, 2, 5)
    if document.buyer.country != HOME:
        yield "IBAN", grouped(seller.iban, *[4] * 9)
        yield "BIC", seller.bic


def _amount(document: Document, words: Words, amount_ore: int) -> str:
    return f"{document.currency} {words.money(amount_ore)}"
