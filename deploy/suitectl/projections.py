"""Rebuild projections from the events beside the live ones, and switch to them."""

import argparse
import sys
import time
from dataclasses import asdict
from typing import Any

from chassis.database import schema_rule
from chassis.unit import rebuilding
from suitectl import show, site
from suitectl.site import Site

EVERY_S = 1.0  # so often it is said how far a rebuild is


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    rebuild = tasks.add_parser("rebuild", help="while others read and write")
    rebuild.add_argument("service", metavar="SERVICE")
    rebuild.add_argument("tables", nargs="*", metavar="TABLE", help="else all of its projections")
    site.arguments(rebuild, changes=True)


def run(chosen: argparse.Namespace) -> int:
    """Rebuild; print the rows of each table and how long writers had to wait."""
    suite = Site(chosen.inventory)
    suite.services([chosen.service])
    service, tables = site.code(chosen.service), chosen.tables or None
    with suite.engine(chosen.service, "owner") as engine:
        schema_rule.require_same(engine, chosen.service)
        done = asdict(rebuilding.rebuild(engine, service, tables, _Progress()))
        site.audit(engine, chosen.who, "projections rebuild", done)
    if chosen.json:
        show.record(done, as_json=True)
    else:
        _print(done)
    return 0


def _print(done: dict[str, Any]) -> None:
    show.table([{"table": name, "rows": rows} for name, rows in done["rows"].items()], False)
    print(
        f"{done['events']} events in {done['seconds']:.1f} s; writers waited for"
        f" {1_000 * done['longest_pause_s']:.0f} ms at the longest, {done['tries']} times"
    )


class _Progress:
    """Says on standard error how far it is, now and then."""

    def __init__(self) -> None:
        self._due = time.monotonic() + EVERY_S

    def __call__(self, applied: int, of: int) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY_S
            print(f"{applied} of {of} events", file=sys.stderr, flush=True)
