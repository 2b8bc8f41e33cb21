"""`python -m photographs table|sheet`: what photographs must reach, and how they look.

The table goes to the screen, the sheet to demo-data/media.jpg.
"""

import argparse
from pathlib import Path

from media.gateways.grade import GRADES
from photographs import made
from photographs.develop import developed
from photographs.removals import removals
from photographs.sheet import described, marked, sheet
from photographs.table import REAL, rows

SHEET = Path("demo-data") / "media.jpg"


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m photographs", description=__doc__)
    parser.add_argument("what", choices=["table", "sheet"])
    if parser.parse_args().what == "table":
        table()
        return
    SHEET.parent.mkdir(exist_ok=True)
    SHEET.write_bytes(contact_sheet())
    print(f"written to {SHEET}")


def table() -> None:
    """Print a row a figure, as docs/photographs.md has it."""
    for row in rows():
        reached = "yes" if row.reached else "no"
        print(f"| {row.name} | {row.what} | {row.promised} | {row.found} | {reached} |", flush=True)


def contact_sheet() -> bytes:
    """Return twelve photographs by each template, and six things taken out.

    None of them shows a sky, so `twilight-exterior` refuses each.
    """
    photos = {name: made.photo(name, 960) for name in REAL}
    by_template = (
        [
            described(f"{name}, before", before),
            *(described(template, developed(before, template)) for template in GRADES),
        ]
        for name, before in photos.items()
    )
    return sheet([*by_template, *map(marked, removals())])


if __name__ == "__main__":
    main()
