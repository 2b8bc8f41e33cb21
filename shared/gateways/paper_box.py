"""A box on the paper: texts below their names, on a tinted ground."""

from collections.abc import Sequence

from chassis.domain import value
from gateways.paper import GREY, LEADING, LEFT, TINT, Paper

MARGIN, ROW = 5.5, 12.0  # mm
NAME = 7.5  # points
FIRST, SECOND, THIRD = LEFT + 6, LEFT + 70, LEFT + 124  # mm: its columns


@value
class Cell:
    """A text below its name."""

    x: float  # mm
    row: float
    name: str
    text: str
    width: float = 58.0  # mm
    size: float = 10.0  # points
    bold: bool = True


@value
class Box:
    """Cells on a tinted ground, as high as they need."""

    cells: Sequence[Cell]

    def height(self, paper: Paper) -> float:
        """Return its height in mm."""
        name = NAME * LEADING + 0.3
        return MARGIN + max(
            MARGIN + cell.row * ROW + name + paper.height(cell.text, cell.width, size=cell.size)
            for cell in self.cells
        )

    def draw(self, paper: Paper, top: float) -> None:
        """Draw it from `top` (mm) on."""
        paper.box(top, self.height(paper), TINT)
        for cell in self.cells:
            y = top + MARGIN + cell.row * ROW
            y = paper.put(cell.x, y, cell.width, cell.name, size=NAME, color=GREY)
            paper.put(cell.x, y + 0.3, cell.width, cell.text, size=cell.size, bold=cell.bold)
