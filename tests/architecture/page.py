"""`docs/architecture.md`: its tables and its map are written into it from the code.

`python -m architecture.page` (with the source roots and `tests` in PYTHONPATH) writes them anew.
"""

import re
from collections.abc import Collection, Sequence

from architecture import context_map
from architecture.frame import ASKING, BOOKS, EMPTYING, GATEWAYS, ROOMS
from architecture.source import ROOT, sources
from architecture.test_imports import VALUES, judge

PAGE = ROOT / "docs" / "architecture.md"
BLOCK = re.compile(r"<!-- from the code: (?P<part>[\w ]+) -->\n.*?<!-- end -->", re.DOTALL)
SHOWN = "billing"  # the service whose rooms are linked to

OF_A_SERVICE = {  # its rooms, and what each is for
    "service": "the table of its methods, a line each",
    "permissions": "who may call what, a line a method",
    "schemas": "`RULES`: what an argument must be beyond its type",
    "acts": "what each method does, a file a subject as in the contracts",
    "domain": "the rules: a file a decider; `x_messages.py` has a long one's commands and events",
    "projections": "read models: a table, how events fill it, its queries",
    "kept": "tables that no event could fill anew: secrets, hashes, whom a document names",
    "outbound": "what others hear of its events; pure",
    "inbound": "what it does about the events of others",
    "jobs": "what is done outside a transaction, and what its result changes",
    "gateways": "the world outside, a file each: a vendor, an engine, a document, mail",
    "app": "the service put together: lists everything, hides nothing",
}
SHARED = {
    "contracts": "what services say to each other: events, requests, replies",
    "clients": "a typed client a service, a line a method",
    "gateways": GATEWAYS.what,
    "books": BOOKS.what,
    "asking": ASKING.what,
    "emptying": EMPTYING.what,
}
BESIDES = {  # by one module of each kind
    "contracts": "contracts.auth",
    "clients": "clients.auth",
    "books": "books.acts",
    "books' domain": "books.domain.entry",
    "`asking.kept`": "asking.kept",
    "asking": "asking.posting",
    "emptying": "emptying.files",
    "`gateways.port`": "gateways.port",
    "shared gateways": "gateways.fetch",
    "SQLAlchemy": "sqlalchemy",
    "marshmallow": "marshmallow",
    "vendors": "stripe",
    "nameko": "nameko",
}


def frame() -> str:
    """Return the table of the frame's rooms: the law's own."""
    rows = ["| room | what it is for | may use | lines of code |", "|---|---|---|---|"]
    for room in ROOMS:
        place = "" if room.name == "ground" else f"{room.name}/"
        link = f"[`{place or 'ground'}`](../shared/chassis/{place})"
        uses = ", ".join(room.may_use) or "–"
        rows.append(f"| {link} | {room.what} | {uses} | {room.code_lines} at most |")
    return "\n".join(rows)


def service() -> str:
    """Return the table of a service's rooms, each with what the law lets it import."""
    rows = [
        "| room | what it is for | of its own service | of the frame | besides |",
        "|---|---|---|---|---|",
    ]
    for room, what in OF_A_SERVICE.items():
        cells = (_link(room), what, *may_import(f"{SHOWN}.{room}.any", SHOWN))
        rows.append(f"| {' | '.join(cells)} |")
    for package in SHARED:
        link = f"[`{package}/`](../shared/{package}/)"
        cells = (link, SHARED[package], *may_import(f"{package}.any", package))
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def may_import(module: str, package: str) -> tuple[str, str, str]:
    """Ask the law what a module may import: of its own service, of the frame, besides."""
    law, modules = judge(module), frame_modules()
    own = [each for each in OF_A_SERVICE if law(package, f"{package}.{each}")]
    besides = [name for name, each in BESIDES.items() if law(package, each)]
    return (
        _chosen(own, list(OF_A_SERVICE)) if package == SHOWN else "–",
        _of_frame([each for each in modules if law(package, f"chassis.{each}")], modules),
        ", ".join(besides) or "–",
    )


def frame_modules() -> list[str]:
    """Return the modules of the frame, without `chassis.` before their names."""
    found = [each for each in sources("shared") if each.package == "chassis"]
    names = [each.name.partition(".")[2] for each in found if each.path.stem != "__init__"]
    return [each for each in names if not each.startswith("testing.")]


def _chosen(some: Sequence[str], all_of_them: Sequence[str]) -> str:
    """Name those that are in, or if that is shorter those that are not."""
    left = [each for each in all_of_them if each not in some]
    if len(left) < len(some):
        return f"all but {_named(left)}" if left else "all"
    return _named(some) if some else "–"


def _of_frame(some: Collection[str], modules: Sequence[str]) -> str:
    values = [each for each in modules if f"chassis.{each}" in VALUES]
    more = [each for each in some if each not in values]
    less = [each for each in values if each not in some]
    if len(more) + len(less) > len(values) / 2:
        return _chosen(list(some), modules)
    return (
        "values"
        + (f" and {_named(more)}" if more else "")
        + (f", but not {_named(less)}" if less else "")
    )


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)


def _link(room: str) -> str:
    place = f"{room}.py" if (ROOT / f"services/{SHOWN}/{room}.py").is_file() else f"{room}/"
    return f"[`{place}`](../services/{SHOWN}/{place})"


PARTS = {
    "rooms of the frame": frame,
    "rooms of a service": service,
    "map": context_map.drawing,
    "told and heard": context_map.heard,
    "asked": context_map.asked,
}


def filled(text: str) -> str:
    """Return the page with every block as the code has it. Raises `KeyError` for what it lacks."""

    def fill(block: re.Match[str]) -> str:
        opening, _, _ = block[0].partition("\n")
        return "\n".join([opening, PARTS[block["part"]](), "<!-- end -->"])

    return BLOCK.sub(fill, text)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
