"""`docs/guarantees.md`: its queries and mutants are written into it from the code.

`python -m mutants.page` (with the source roots and `tests` in PYTHONPATH) writes them anew.
"""

import re
from collections.abc import Iterator
from importlib import import_module

from chassis.unit.service import Agreement, Invariant, Service
from embedded.keys import SERVICES
from mutants.mutant import ROOT, all_mutants
from suitectl.invariants import CURSOR_KNOWN, FRAME

PAGE = ROOT / "docs" / "guarantees.md"
BLOCK = re.compile(
    r"<!-- (?P<kind>query|mutants): (?P<names>[\w ]+) -->\n.*?<!-- end -->", re.DOTALL
)


def invariants() -> Iterator[Invariant | Agreement]:
    """Yield the frame's and those of each service, with what it has made of what it heard."""
    shared = set[str]()  # by several services, each asked of its own tables
    yield from (*FRAME, CURSOR_KNOWN)
    for service in SERVICES:
        own: Service = import_module(f"{service}.app").SERVICE
        yield from (each for each in own.invariants if each.name not in shared)
        yield from own.agreements
        shared |= {each.name for each in own.invariants}


def filled(text: str) -> str:
    """Return the page with every block as the code has it. Raises `KeyError` for what it lacks."""
    parts = {
        "query": {each.name: f"{each.holds}\n```sql{each.query}\n```" for each in invariants()},
        "mutants": {
            each.name: f"- [`{each.name}`](../tests/mutants/{each.name}.toml): {each.breaks};\n"
            f"  noticed by `{each.test}`"
            for each in all_mutants()
        },
    }

    def fill(block: re.Match[str]) -> str:
        opening, _, _ = block[0].partition("\n")
        told = [parts[block["kind"]][name] for name in block["names"].split()]
        return "\n".join([opening, *told, "<!-- end -->"])

    return BLOCK.sub(fill, text)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
