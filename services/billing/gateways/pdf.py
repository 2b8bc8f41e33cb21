"""A sales document as a PDF: A4, in the buyer's language, the same bytes for the same values."""

from datetime import UTC, datetime, time

from billing.gateways.document import DEMO, HOME, Document, Seller
from billing.gateways.document_check import check
from billing.gateways.pdf_box import box_cells
from billing.gateways.words import Words, words_for
from chassis.domain import value
from gateways.norwegian import grouped
from gateways.paper import GREY, LEFT, RIGHT, WIDTH, Column, Paper
from gateways.paper_box import Box

COLUMN_GAP = 3  # mm
SUMS = 105.0  # mm: where the sums begin


def pdf(document: Document) -> bytes:
    """Return the document as a PDF file; raises `Rejected` where `check` does."""
    check(document)
    sheet = Sheet(document=document, words=words_for(document.buyer))
    paper = sheet.drawn(pages=1)
    pages = paper.pdf.page  # a footer that says "av 3" needs the count first: drawn again with it
    return (paper if pages == 1 else sheet.drawn(pages)).bytes()


def legal_line(seller: Seller, organization_number: str) -> str:
    """Return name and organisation number as § 5-1-2 wants them."""
    number = organization_number.format(number=grouped(seller.organization_number, 3, 3, 3))
    parts = [seller.name, f"{number} MVA"]
    return " · ".join([*parts, "Foretaksregisteret"] if seller.in_foretaksregisteret else parts)


@value
class Sheet:
    """One document in one language, drawn from top to bottom."""

    document: Document
    words: Words

    def drawn(self, pages: int) -> Paper:
        """Return the paper with everything on it; it has `pages` pages."""
        document, words = self.document, self.words
        paper = Paper(
            title=f"{words.kinds[document.kind].title} {document.number}",
            author=document.seller.name,
            legal_line=legal_line(document.seller, words.organization_number),
            legal_address=" · ".join(document.seller.address),
            notice=DEMO if document.demo else None,
            created=datetime.combine(document.issue_date, time(), UTC),
            language=words.locale,
            page_of=words.page,
            pages=pages,
        )
        below_parties = max(self._parties(paper), self._facts(paper))
        box = Box(cells=box_cells(document, words))
        rest = self._sums_height() + 10 + box.height(paper)
        self._table(paper, below_parties + 12, rest)
        paper.make_room(rest)
        self._sums(paper)
        box.draw(paper, paper.y + 10)
        return paper

    def _parties(self, paper: Paper) -> float:
        seller, buyer = self.document.seller, self.document.buyer
        y = paper.put(LEFT, 22, 100, seller.name, size=13, bold=True)
        y = paper.put_all(LEFT, y + 1, 100, seller.address, color=GREY)
        above = self.words.kinds[self.document.kind].buyer
        y = paper.put(LEFT, max(y + 10, 54), 85, above, size=7.5, color=GREY)
        y = paper.put(LEFT, y + 0.5, 85, buyer.legal_name, size=10.5, bold=True)
        y = paper.put_all(LEFT, y + 0.5, 85, self._address())
        if buyer.organization_number:
            number = grouped(buyer.organization_number, 3, 3, 3)
            named = self.words.organization_number.format(number=number)
            y = paper.put(LEFT, y, 85, named)
        return y

    def _address(self) -> tuple[str, ...]:
        buyer = self.document.buyer
        if buyer.address is None:
            return ()
        town = f"{buyer.address.postal_code} {buyer.address.city}"
        abroad = () if buyer.country == HOME else (self.words.country(buyer.country),)
        return (buyer.address.street, town, *abroad)

    def _facts(self, paper: Paper) -> float:
        document, words = self.document, self.words
        kind = words.kinds[document.kind]
        facts = [
            (kind.number, str(document.number)),
            (kind.issue_date, words.day(document.issue_date)),
        ]
        if document.corrects:
            facts.append((words.corrected_invoice, str(document.corrects.number)))
            facts.append((words.corrected_date, words.day(document.corrects.issue_date)))
        if document.due_date:
            facts.append((words.due_date, words.day(document.due_date)))
        facts.append((words.place, self._place()))
        if document.buyer.reference:
            facts.append((words.reference, document.buyer.reference))
        y = paper.put(SUMS, 19.5, RIGHT - SUMS, kind.title, size=27, bold=True, align="R")
        if document.kind == "receipt":  # nobody is to pay it again
            paper.put(SUMS, y + 1, RIGHT - SUMS, words.paid_by_card, size=10, align="R")
        y = 54.0
        for name, text in facts:
            paper.put(118, y, 32, name, color=GREY)
            y = paper.put(150, y, RIGHT - 150, text, align="R") + 0.9
        return y

    def _place(self) -> str:
        if not self.document.exempt:
            return self.words.electronic
        country = self.words.country(self.document.buyer.country)
        return self.words.electronic_abroad.format(country=country)

    def _table(self, paper: Paper, y: float, rest: float) -> None:
        """Draw the lines; the last is not parted from the sums, so that none stand alone."""
        words, lines = self.words, self.document.lines
        paper.start_table(self._columns(), y)
        for number, line in enumerate(lines, 1):
            cells = [
                line.description,
                words.day(line.delivered_on),
                str(line.quantity),
                words.money(line.unit_price_ore),
                words.percent(line.vat_rate_bp),
                words.money(line.net_ore),
            ]
            paper.table_row(cells, below=rest + 2 if number == len(lines) else 0)
        paper.end_table()

    def _columns(self) -> list[Column]:
        words = self.words
        numbers: list[Column] = [
            (words.delivered, 19.0, "L"),
            (words.quantity, 11.0, "R"),
            (words.unit_price, 23.0, "R"),
            (words.vat, 12.0, "R"),
            (f"{words.net} ({self.document.currency})", 25.0, "R"),
        ]
        free = WIDTH - sum(width + COLUMN_GAP for _, width, _ in numbers)
        return [(words.description, free, "L"), *numbers]

    def _sum_rows(self) -> list[tuple[str, int]]:
        document, words = self.document, self.words
        rows = [(words.net, document.net_ore)]
        for rate in document.by_rate:
            percent, net = words.percent(rate.vat_rate_bp), words.money(rate.net_ore)
            rows.append((words.vat_of.format(rate=percent, net=net), rate.vat_ore))
        if document.prepaid_ore:
            paid = words.paid_by_card if document.kind == "receipt" else words.credit_used
            rows += [(words.total, document.gross_ore), (paid, -document.prepaid_ore)]
        return rows

    def _sums_height(self) -> float:
        return 6 * len(self._sum_rows()) + 22

    def _sums(self, paper: Paper) -> None:
        document, money = self.document, self.words.money
        y = paper.y + 5
        if document.exempt:
            paper.put(LEFT, y, SUMS - LEFT - 10, self.words.exempt, size=8, color=GREY)
        for name, amount_ore in self._sum_rows():
            paper.put(SUMS, y, 52, name, color=GREY)
            y = paper.put(157, y, RIGHT - 157, money(amount_ore), align="R") + 1.6
        paper.rule(SUMS, y + 0.6)
        last = f"{self.words.kinds[document.kind].to_pay} ({document.currency})"
        paper.put(SUMS, y + 3, 42, last, size=11, bold=True)
        to_pay = money(document.to_pay_ore)
        paper.y = paper.put(147, y + 3, RIGHT - 147, to_pay, size=11, bold=True, align="R")
