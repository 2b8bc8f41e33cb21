"""The invoice as a PDF: A4, Norwegian bokmål, the same bytes for the same facts.

What must stand on it is said by bokføringsforskriften § 5-1-1 and § 5-1-2: number, dates, the
parties, the service, when and where it was delivered, price, due date, VAT in NOK.
"""

from collections import Counter
from datetime import UTC, date, datetime, time

from billing.gateways.norwegian import BLANK, day, grouped, money, percent
from billing.gateways.paper import GREY, LEFT, RIGHT, TINT, WIDTH, Column, Paper
from chassis.domain import value
from chassis.errors import Rejected

COLUMN_GAP = 3  # mm


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
class Buyer:
    """Who pays; `reference` is the buyer's own word for the purchase."""

    legal_name: str
    organization_number: str | None
    address: tuple[str, ...]
    reference: str | None


@value
class Line:
    """One service: amounts in øre, `vat_rate_bp` in hundredths of a per cent (25 % is 2500)."""

    description: str
    quantity: int
    unit_price_ore: int
    net_ore: int
    vat_rate_bp: int
    vat_ore: int
    gross_ore: int
    delivered_on: date


@value
class Document:
    """An issued invoice as it is printed; totals in minor units of `currency` (ISO 4217)."""

    number: int
    kid: str
    issue_date: date
    due_date: date
    currency: str
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    net_ore: int
    vat_ore: int
    gross_ore: int
    demo: bool


def invoice_pdf(document: Document) -> bytes:
    """Return the invoice as a PDF file.

    Raises `Rejected` when the totals are not the sums of the lines, when a seller who is not
    VAT-registered charges VAT, or when VAT is not in NOK.
    """
    _check(document)
    pages = _drawn(document, pages=0).pdf.page  # a footer that says "av 3" needs the count first
    return _drawn(document, pages).bytes()


def _check(document: Document) -> None:
    sums = {
        "net_ore": sum(line.net_ore for line in document.lines),
        "vat_ore": sum(line.vat_ore for line in document.lines),
        "gross_ore": sum(line.gross_ore for line in document.lines),
    }
    wrong = [name for name, total in sums.items() if total != getattr(document, name)]
    if any(line.net_ore + line.vat_ore != line.gross_ore for line in document.lines):
        wrong.append("net_ore + vat_ore")
    if wrong:
        raise Rejected("billing.document_mismatch", f"totals are not the lines' sums: {wrong}")
    charges_vat = any(line.vat_ore for line in document.lines)
    if charges_vat and not document.seller.vat_registered:
        raise Rejected("billing.seller_not_vat_registered", "VAT needs a VAT-registered seller")
    if charges_vat and document.currency != "NOK":
        raise Rejected("billing.vat_not_in_nok", "VAT on a sales document is stated in NOK")


def _drawn(document: Document, pages: int) -> Paper:
    paper = Paper(
        title=f"Faktura {document.number}",
        author=document.seller.name,
        legal_line=legal_line(document.seller),
        legal_address=" · ".join(document.seller.address),
        notice="DEMO – IKKE GYLDIG SALGSDOKUMENT" if document.demo else None,
        created=datetime.combine(document.issue_date, time(), UTC),
        pages=pages,
    )
    below_parties = max(_parties(paper, document), _facts(paper, document))
    _table(paper, document, below_parties + 12)
    box_height = _payment_height(paper, document)
    paper.make_room(_totals_height(document) + 10 + box_height)
    _totals(paper, document)
    _payment(paper, document, box_height)
    return paper


def legal_line(seller: Seller) -> str:
    """Return name and organisation number as § 5-1-2 wants them: MVA only when registered."""
    number = f"Org.nr. {grouped(seller.organization_number, 3, 3, 3)}"
    parts = [seller.name, f"{number} MVA" if seller.vat_registered else number]
    return " · ".join([*parts, "Foretaksregisteret"] if seller.in_foretaksregisteret else parts)


def _parties(paper: Paper, document: Document) -> float:
    seller, buyer = document.seller, document.buyer
    y = paper.put(LEFT, 22, 100, seller.name, size=13, bold=True)
    y = paper.put_all(LEFT, y + 1, 100, seller.address, color=GREY)
    y = paper.put(LEFT, max(y + 10, 54), 85, "Faktureres til", size=7.5, color=GREY)
    y = paper.put(LEFT, y + 0.5, 85, buyer.legal_name, size=10.5, bold=True)
    y = paper.put_all(LEFT, y + 0.5, 85, buyer.address)
    if buyer.organization_number:
        number = grouped(buyer.organization_number, 3, 3, 3)
        y = paper.put(LEFT, y, 85, f"Org.nr. {number}")
    return y


def _facts(paper: Paper, document: Document) -> float:
    facts = [
        ("Fakturanummer", str(document.number)),
        ("Fakturadato", day(document.issue_date)),
        ("Forfallsdato", day(document.due_date)),
        ("Leveringssted", "Elektronisk"),
    ]
    if document.buyer.reference:
        facts.append(("Deres referanse", document.buyer.reference))
    paper.put(122, 19.5, RIGHT - 122, "Faktura", size=27, bold=True, align="R")
    y = 54.0
    for name, text in facts:
        paper.put(122, y, 28, name, color=GREY)
        y = paper.put(150, y, RIGHT - 150, text, align="R") + 0.9
    return y


def _table(paper: Paper, document: Document, y: float) -> None:
    vat_registered = document.seller.vat_registered
    paper.start_table(_columns(document), y)
    for line in document.lines:
        delivered, unit_price = day(line.delivered_on), money(line.unit_price_ore)
        vat = [percent(line.vat_rate_bp)] if vat_registered else []
        numbers = [delivered, str(line.quantity), unit_price, *vat, money(line.net_ore)]
        paper.table_row([line.description, *numbers])
    paper.end_table()


def _columns(document: Document) -> list[Column]:
    vat = [("MVA", 12.0, "R")] if document.seller.vat_registered else []
    numbers = [("Leveringsdato", 19.0, "L"), ("Antall", 11.0, "R"), ("Enhetspris", 23.0, "R")]
    numbers = [*numbers, *vat, (f"Netto ({document.currency})", 25.0, "R")]
    free = WIDTH - sum(width + COLUMN_GAP for _, width, _ in numbers)
    return [("Beskrivelse", free, "L"), *numbers]


def _totals_height(document: Document) -> float:
    return 6 * (2 + len(_vat_by_rate(document))) + 16


def _totals(paper: Paper, document: Document) -> None:
    rows = [("Netto", document.net_ore)]
    for rate_bp, (net_ore, vat_ore) in _vat_by_rate(document).items():
        rows.append((f"MVA {percent(rate_bp)} av {money(net_ore)}", vat_ore))
    y = paper.y + 5
    for name, amount_ore in rows:
        paper.put(105, y, 52, name, color=GREY)
        y = paper.put(157, y, RIGHT - 157, money(amount_ore), align="R") + 1.6
    paper.rule(105, y + 0.6)
    paper.put(105, y + 3, 42, f"Å betale ({document.currency})", size=11, bold=True)
    y = paper.put(147, y + 3, RIGHT - 147, money(document.gross_ore), size=11, bold=True, align="R")
    paper.y = y


def _vat_by_rate(document: Document) -> dict[int, tuple[int, int]]:
    if not document.seller.vat_registered:
        return {}
    net: Counter[int] = Counter()
    vat: Counter[int] = Counter()
    for line in document.lines:
        net[line.vat_rate_bp] += line.net_ore
        vat[line.vat_rate_bp] += line.vat_ore
    return {rate_bp: (net[rate_bp], vat[rate_bp]) for rate_bp in sorted(net, reverse=True)}


def _payment_height(paper: Paper, document: Document) -> float:
    return max(43, 24 + paper.height(document.seller.name, 58, size=10) + 6)


def _payment(paper: Paper, document: Document, height: float) -> None:
    seller, top = document.seller, paper.y + 10
    amount = f"{document.currency}{BLANK}{money(document.gross_ore)}"
    paper.box(top, height, TINT)
    for x, row, name, text, size in (
        (LEFT + 6, 0, "Å betale", amount, 15.0),
        (LEFT + 6, 1.33, "Mottaker", seller.name, 10.0),
        (LEFT + 70, 0, "Forfallsdato", day(document.due_date), 10.0),
        (LEFT + 70, 1, "KID", document.kid, 10.0),
        (LEFT + 70, 2, "Kontonummer", grouped(seller.account, 4, 2, 5), 10.0),
        (LEFT + 124, 0, "IBAN", grouped(seller.iban, *[4] * 9), 10.0),
        (LEFT + 124, 1, "BIC", seller.bic, 10.0),
    ):
        y = paper.put(x, top + 5.5 + 12 * row, 58, name, size=7.5, color=GREY)
        bold = name != "Mottaker"
        paper.put(x, y + 0.3, 58, text, size=size, bold=bold)
