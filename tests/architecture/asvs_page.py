"""docs/asvs.md: the table that `python -m auth asvs` prints. `python -m architecture.asvs_page`."""

from architecture.source import ROOT
from auth import asvs

PAGE = ROOT / "docs" / "asvs.md"
BEGIN, END = "<!-- python -m auth asvs -->\n", "\n<!-- end -->"


def filled(text: str) -> str:
    """Return the page with the table as the tests' marks make it."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}{asvs.table()}{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
