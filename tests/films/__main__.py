"""`python -m films table|sheet [16:9|9:16|1:1]`: what a film must reach, and how it looks.

The table goes to the screen, the sheet to demo-data/film.jpg.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from films import made
from films.sheet import sheet
from films.table import pace, rows
from video.gateways.engine import SIZES

SHEET = Path("demo-data") / "film.jpg"


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m films", description=__doc__)
    parser.add_argument("what", choices=["table", "sheet"])
    parser.add_argument("ratio", nargs="?", choices=list(SIZES), default="16:9")
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        parts = made.film(Path(name), asked.ratio)
        if asked.what == "table":
            for row in rows(parts, asked.ratio, Path(name)):
                reached = "yes" if row.reached else "no"
                line = f"| {row.name} | {row.what} | {row.promised} | {row.found} | {reached} |"
                print(line, flush=True)
            return
        SHEET.parent.mkdir(exist_ok=True)
        SHEET.write_bytes(sheet(parts, asked.ratio, pace(parts, asked.ratio)))
        print(f"written to {SHEET}")


if __name__ == "__main__":
    main()
