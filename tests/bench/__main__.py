"""`make bench`, `make bench-growth`: the suite and its peers side by side, in one run.

Contestants take turns, a round each; medians count. The table goes to the screen, the figures to
bench-out/results.json: flat, by name. Names that end in _vs_… are ratios, above 1 where ours is
the faster one; but `latency_vs_nameko` and those of photographs and films are what ours costs,
divided by the other's.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import contests
from bench.stage import stage

RESULTS = Path("bench-out") / "results.json"


def main() -> None:
    """Measure what is asked for, all but growth without a name; write and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*contests.ALL, contests.GROWTH, []])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="that a timed round takes")
    chosen = parser.parse_args()
    console = Console()
    figures: dict[str, float] = {}
    with stage() as servers:
        size = contests.Size(rounds=chosen.rounds, seconds=chosen.seconds, note=console.log)
        for name in chosen.names or contests.ALL:
            console.log(f"{name} …")
            found = contests.run(name, servers, size)
            found["skipped_events"] = figures.get("skipped_events", 0) + found.get(
                "skipped_events", 0
            )
            figures |= found
            console.print(_table(found))
    RESULTS.parent.mkdir(exist_ok=True)
    earlier = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() and chosen.names else {}
    RESULTS.write_text(json.dumps(earlier | figures, indent=2) + "\n", encoding="utf-8")
    console.print(_table(figures))
    console.print(f"written to {RESULTS}")


def _table(figures: Mapping[str, float]) -> Table:
    table = Table("what", "figure")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,.2f}" if figure < 100 else f"{figure:,.0f}")
    return table


if __name__ == "__main__":
    main()
