"""The settlement note of a payout as a PDF: A4, Norwegian, the same bytes for the same values.

It is no sales document: what is paid is the affiliate's sale to us, and the buyer may not write the
seller's document. Amounts are øre.
"""

from datetime import UTC, date, datetime, time
from uuid import UUID

from chassis.domain import value
from gateways.norwegian import BLANK, day, grouped, money, percent
from gateways.paper import GREY, LEFT, RIGHT, WIDTH, Column, Paper
from gateways.paper_box import FIRST, SECOND, Box, Cell

TITLE = "Avregning"
NO_SALES_DOCUMENT = "Dette er ikke et salgsdokument; send faktura"
DEMO = "DEMO – INGENTING BLIR UTBETALT"
COLUMN_GAP = 3  # mm
SUMS = 105.0  # mm: where the sums begin
BELOW = 84.0  # mm: the sums, the box and what is between them
VAT_BP = 2500  # hundredths of a per cent


@value
class Payer:
    """Who pays: `organization_number` has nine digits."""

    name: str
    organization_number: str
    address: tuple[str, ...]


@value
class Payee:
    """Who is paid; of the account its last four digits."""

    legal_name: str
    organization_number: str
    vat_registered: bool
    account: str


@value
class Line:
    """One entry of the payout; a correction has no percentage of its own, and may be negative."""

    invoice_number: int
    is_correction: bool
    available_on: date
    base_ore: int
    percent: int
    amount_ore: int


@value
class Note:
    """What is paid to whom, for what; `payout_id` names it to both."""

    payout_id: UUID
    approved_on: date
    period: tuple[date, date]
    payer: Payer
    payee: Payee
    lines: tuple[Line, ...]
    net_ore: int
    vat_ore: int
    demo: bool

    @property
    def gross_ore(self) -> int:
        """What is sent by bank."""
        return self.net_ore + self.vat_ore


def pdf(note: Note) -> bytes:
    """Return the note as a PDF file."""
    paper = _drawn(note, pages=1)
    pages = paper.pdf.page  # a footer that says "av 3" needs the count first: drawn again with it
    return (paper if pages == 1 else _drawn(note, pages)).bytes()


def _drawn(note: Note, pages: int) -> Paper:
    payer = note.payer
    paper = Paper(
        title=f"{TITLE} {day(note.approved_on)}",
        author=payer.name,
        legal_line=f"{payer.name} · {_number(payer.organization_number)}",
        legal_address=" · ".join(payer.address),
        notice=DEMO if note.demo else None,
        created=datetime.combine(note.approved_on, time(), UTC),
        language="nb",
        page_of="Side {page} av {pages}",
        pages=pages,
    )
    _table(paper, note, max(_parties(paper, note), _facts(paper, note)) + 12)
    paper.make_room(BELOW)
    _sums(paper, note)
    box = Box(cells=_cells(note))
    paper.y += 10
    box.draw(paper, paper.y)
    below = paper.y + box.height(paper) + 7
    paper.put(LEFT, below, WIDTH, f"{NO_SALES_DOCUMENT}.", size=10.5, bold=True)
    paper.put(LEFT, below + 6, WIDTH, _asked(note), color=GREY)
    return paper


def _parties(paper: Paper, note: Note) -> float:
    payer, payee = note.payer, note.payee
    y = paper.put(LEFT, 22, 100, payer.name, size=13, bold=True)
    y = paper.put_all(LEFT, y + 1, 100, payer.address, color=GREY)
    y = paper.put(LEFT, max(y + 10, 54), 85, "Utbetales til", size=7.5, color=GREY)
    y = paper.put(LEFT, y + 0.5, 85, payee.legal_name, size=10.5, bold=True)
    return paper.put(LEFT, y + 0.5, 85, _number(payee.organization_number, payee.vat_registered))


def _number(digits: str, vat_registered: bool = False) -> str:
    return f"Org.nr. {grouped(digits, 3, 3, 3)}{' MVA' if vat_registered else ''}"


def _facts(paper: Paper, note: Note) -> float:
    first, last = note.period
    facts = [("Dato", day(note.approved_on)), ("Periode", f"{day(first)} – {day(last)}")]
    paper.put(SUMS, 19.5, RIGHT - SUMS, TITLE, size=27, bold=True, align="R")
    y = 54.0
    for name, text in facts:
        paper.put(118, y, 32, name, color=GREY)
        y = paper.put(138, y, RIGHT - 138, text, align="R") + 0.9
    return y


def _table(paper: Paper, note: Note, y: float) -> None:
    """Draw the entries; the last is not parted from the sums, so that none stand alone."""
    paper.start_table(_columns(), y)
    for number, line in enumerate(note.lines, 1):
        basis = [money(line.base_ore), percent(line.percent * 100)]
        cells = [
            _description(line),
            day(line.available_on),
            *(["", ""] if line.is_correction else basis),
            money(line.amount_ore),
        ]
        paper.table_row(cells, below=BELOW + 2 if number == len(note.lines) else 0)
    paper.end_table()


def _description(line: Line) -> str:
    named = f"faktura {line.invoice_number}"
    return f"Korreksjon, {named}" if line.is_correction else f"Provisjon, {named}"


def _columns() -> list[Column]:
    numbers: list[Column] = [
        ("Tilgjengelig", 24.0, "L"),
        ("Grunnlag", 28.0, "R"),
        ("Sats", 14.0, "R"),
        ("Provisjon (NOK)", 30.0, "R"),
    ]
    free = WIDTH - sum(width + COLUMN_GAP for _, width, _ in numbers)
    return [("Beskrivelse", free, "L"), *numbers]


def _sums(paper: Paper, note: Note) -> None:
    net = money(note.net_ore)
    vat = f"MVA {percent(VAT_BP)} av {net}" if note.payee.vat_registered else "MVA"
    y = paper.y + 5
    for name, amount_ore in (("Netto", note.net_ore), (vat, note.vat_ore)):
        paper.put(SUMS, y, 52, name, color=GREY)
        y = paper.put(157, y, RIGHT - 157, money(amount_ore), align="R") + 1.6
    paper.rule(SUMS, y + 0.6)
    paper.put(SUMS, y + 3, 42, "Brutto (NOK)", size=11, bold=True)
    gross = money(note.gross_ore)
    paper.y = paper.put(147, y + 3, RIGHT - 147, gross, size=11, bold=True, align="R")


def _cells(note: Note) -> tuple[Cell, ...]:
    wide = RIGHT - SECOND - 6
    return (
        Cell(x=FIRST, row=0, name="Å utbetale", text=f"NOK{BLANK}{money(note.gross_ore)}", size=15),
        Cell(x=SECOND, row=0, name="Til konto", text=f"som slutter på {note.payee.account}"),
        Cell(x=SECOND, row=1, name="Utbetaling", text=str(note.payout_id), width=wide, bold=False),
    )


def _asked(note: Note) -> str:
    if not note.payee.vat_registered:
        return "Mottakeren er ikke registrert i Merverdiavgiftsregisteret; beløpet er uten MVA."
    return (
        "Beløpet betales mot en faktura fra dere på netto og MVA som over. Oppgi utbetalingens"
        " nummer på fakturaen."
    )
