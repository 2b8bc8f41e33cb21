"""What callers rely on: no method, and no argument of one, goes away or becomes another.

`rpc_surface.json` says by service and method which arguments it takes; `?` stands behind those that
may be left out. What is new is free, as long as older calls stay right.
"""

import json
from pathlib import Path

from chassis.asked import OPTIONS
from chassis.door.edge import Method
from unit.clients.signatures import PAIRS, served

FROZEN = json.loads((Path(__file__).parent / "rpc_surface.json").read_text("utf-8"))


def takes(method: Method) -> dict[str, bool]:
    """Return by argument whether it may be left out."""
    own = {name: not each.required for name, each in method.request.fields.items()}
    if not method.writes:
        return own
    key, version = OPTIONS
    return {**own, key: not method.key_required, version: True}


def test_no_method_and_no_argument_is_gone_or_has_become_another() -> None:
    wrong = {}
    for service, methods in FROZEN.items():
        now = served(PAIRS[service][0])
        for name, words in methods.items():
            promised = {each.removesuffix("?"): each.endswith("?") for each in words.split()}
            found = takes(now[name]) if name in now else {}
            new_and_needed = {each for each, free in found.items() if not free} - set(promised)
            if not promised.items() <= found.items() or name not in now or new_and_needed:
                wrong[f"{service}.{name}"] = found

    assert wrong == {}


def test_every_service_is_frozen() -> None:
    assert set(FROZEN) == set(PAIRS)
    assert sum(len(methods) for methods in FROZEN.values()) == 68
