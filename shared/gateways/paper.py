"""A4 paper with a quiet hand: text, hairlines and a table that goes on over pages.

The font is Helvetica, which every PDF reader has; `letters.py` says what is written for signs
that it lacks, and the log says which they were.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from gateways.letters import printable, replaced

if TYPE_CHECKING:
    from fpdf import FPDF

log = logging.getLogger(__name__)

LEFT, RIGHT, WIDTH = 20.0, 190.0, 170.0  # mm
FIRST_TOP, NEXT_TOP, FOOT = 22.0, 32.0, 287.0  # mm
INK, GREY, HAIRLINE, TINT = (29, 37, 44), (108, 118, 127), (214, 220, 225), (243, 246, 247)
ALARM, WHITE = (176, 58, 46), (255, 255, 255)
LINES_TOGETHER = 12  # a longer description may be parted by a page's end
LEADING = 0.48  # mm of line height for each point of type

Colour = tuple[int, int, int]
Column = tuple[str, float, str]


class Paper:
    """Pages with the same head and foot. Lengths are mm, type sizes points.

    `page_of` is 'Side {page} av {pages}', `language` a tag such as 'nb'.
    """

    def __init__(
        self,
        *,
        title: str,
        author: str,
        legal_line: str,
        legal_address: str,
        notice: str | None,
        created: datetime,
        language: str,
        page_of: str,
        pages: int,
    ) -> None:
        self.pdf = _empty(title, author, created, language)
        self.title = title
        self.heading = f"{title} · {author}"
        self.legal_line, self.legal_address = legal_line, legal_address
        self.notice, self.page_of, self.pages = notice, page_of, pages
        self.columns: Sequence[Column] = ()
        self.replaced: set[str] = set()
        legal = sum(self.height(text, 140, size=7.5) for text in (legal_line, legal_address))
        self.foot = FOOT - legal
        self.y = FIRST_TOP
        self._head_and_foot()

    def bytes(self) -> bytes:
        """Return the finished file; log once what its font lacked, by code points alone."""
        if self.replaced:
            points = " ".join(f"U+{ord(sign):04X}" for sign in sorted(self.replaced))
            log.warning("the font of %r lacks %s: replaced or left out", self.title, points)
        return bytes(self.pdf.output())

    def start_table(self, columns: Sequence[Column], y: float) -> None:
        """Draw the head of a table (title, width, 'L' or 'R'); new pages repeat it."""
        self.columns = columns
        y = self._cells([title for title, _, _ in columns], y, size=7.5, color=GREY)
        self.rule(LEFT, y + 1.5)
        self.y = y + 4

    def table_row(self, cells: Sequence[str], below: float = 0) -> None:
        """Draw one row; the first cell wraps, and what is longer than a page goes on.

        It stays on the page of what comes `below` it, in mm.
        """
        first, *rest = cells
        lines = self._lines(first, self.columns[0][1])
        self.make_room(min(len(lines), LINES_TOGETHER) * 9 * LEADING + below)
        for line in lines:
            self.make_room(9 * LEADING)
            self.y = self._cells([line, *rest], self.y)
            rest = [""] * len(rest)
        self.y += 2

    def end_table(self) -> None:
        """Close the table, so that new pages no longer repeat its head."""
        self.columns = ()
        self.rule(LEFT, self.y)

    def make_room(self, height: float) -> None:
        """Go to a new page when `height` mm no longer fit on this one."""
        if self.y + height <= self.foot - 6:
            return
        self.pdf.add_page()
        self._head_and_foot()
        below = self.put(LEFT, 20, WIDTH, self.heading, size=8, color=GREY)
        self.y = max(below + 6, NEXT_TOP)
        if self.columns:
            self.start_table(self.columns, self.y)

    def _head_and_foot(self) -> None:
        if self.notice:
            self.box(0, 10, ALARM, x=0, width=210)
            self.put(LEFT, 2.7, WIDTH, self.notice, size=10, bold=True, color=WHITE, align="C")
        self.rule(LEFT, self.foot - 2.5)
        y = self.put(LEFT, self.foot, 140, self.legal_line, size=7.5)
        self.put(LEFT, y, 140, self.legal_address, size=7.5, color=GREY)
        number = self.page_of.format(page=self.pdf.page, pages=self.pages)
        self.put(165, self.foot, RIGHT - 165, number, size=7.5, color=GREY, align="R")

    def _cells(
        self, cells: Sequence[str], y: float, *, size: float = 9, color: Colour = INK
    ) -> float:
        gap = (WIDTH - sum(width for _, width, _ in self.columns)) / (len(self.columns) - 1)
        x, bottoms = LEFT, [y]
        for text, (_, width, align) in zip(cells, self.columns, strict=True):
            bottoms.append(self.put(x, y, width, text, size=size, color=color, align=align))
            x += width + gap
        return max(bottoms)

    def put_all(
        self, x: float, y: float, width: float, texts: Sequence[str], *, color: Colour = INK
    ) -> float:
        """Write one text below the other; return the y below the last."""
        for text in texts:
            y = self.put(x, y, width, text, color=color)
        return y

    def put(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float = 9,
        bold: bool = False,
        color: Colour = INK,
        align: str = "L",
    ) -> float:
        """Write `text` at (x, y), wrapped to `width`; return the y below it."""
        self.pdf.set_font("helvetica", "B" if bold else "", size)
        self.pdf.set_text_color(*color)
        self.pdf.set_xy(x, y)
        self.pdf.multi_cell(
            width,
            size * LEADING,
            self._shown(text),
            align=align,
            new_x="LMARGIN",
            new_y="NEXT",
        )
        return float(self.pdf.get_y())

    def height(self, text: str, width: float, *, size: float = 9) -> float:
        """Return how high `text` stands when wrapped to `width`."""
        return len(self._lines(text, width, size)) * size * LEADING

    def _lines(self, text: str, width: float, size: float = 9) -> list[str]:
        self.pdf.set_font("helvetica", "", size)
        lines = self.pdf.multi_cell(
            width, text=self._shown(text), align="L", dry_run=True, output="LINES"
        )
        # fpdf gives them back as the bytes of its font's encoding.
        return [line.encode("latin-1").decode("cp1252") for line in cast(list[str], lines)]

    def _shown(self, text: str) -> str:
        self.replaced |= replaced(text)
        return printable(text)

    def rule(self, x: float, y: float) -> None:
        """Draw a hairline from `x` to the right margin."""
        self.pdf.set_draw_color(*HAIRLINE)
        self.pdf.line(x, y, RIGHT, y)

    def box(
        self, y: float, height: float, color: Colour, *, x: float = LEFT, width: float = WIDTH
    ) -> None:
        """Fill a rectangle."""
        self.pdf.set_fill_color(*color)
        self.pdf.rect(x, y, width, height, style="F")


def _empty(title: str, author: str, created: datetime, language: str) -> "FPDF":
    from fpdf import FPDF  # here: it takes most of a second, and most processes draw no page

    pdf = FPDF(unit="mm", format="A4")
    pdf.core_fonts_encoding = "cp1252"  # latin-1 lacks the dash and the euro
    pdf.c_margin = 0.0
    pdf.set_margins(LEFT, FIRST_TOP, 210 - RIGHT)
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(created)
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_lang(language)
    pdf.set_line_width(0.2)
    pdf.add_page()  # fpdf measures text only on a page
    return pdf
