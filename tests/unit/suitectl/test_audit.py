"""`make check` asks for advisories: what is known fails it, a service out of reach does not."""

import json
import re
from pathlib import Path
from typing import Any

from audit import AWAY, judged

WEAK = {"id": "PYSEC-2026-1", "fix_versions": ["1.2.4"], "aliases": [], "description": ""}
SAFE: dict[str, Any] = {"name": "amqp", "version": "5.4.2", "vulns": []}
UNHEARD = {"name": "path", "skip_reason": "Dependency not found on PyPI"}


def answered(*libraries: dict[str, Any]) -> tuple[int, list[str]]:
    return judged(json.dumps({"dependencies": libraries, "fixes": []}), "")


def test_a_known_weakness_fails_and_is_named_with_its_cure() -> None:
    weak = {"name": "kombu", "version": "1.2.3", "vulns": [WEAK]}
    assert answered(SAFE, weak) == (1, ["kombu 1.2.3: PYSEC-2026-1, mended in 1.2.4"])


def test_nothing_known_passes_and_what_nobody_has_heard_of_is_said() -> None:
    assert answered(SAFE) == (0, [])
    assert answered(SAFE, UNHEARD) == (0, ["nothing is known of path"])


def test_a_service_out_of_reach_passes_and_is_said() -> None:
    assert judged("", "requests.exceptions.ProxyError: Unable to connect") == (0, [AWAY])
    assert judged("", "pip_audit._service.interface.ConnectionError: timed out") == (0, [AWAY])
    assert answered(UNHEARD, UNHEARD) == (0, [AWAY]), "a mirror that has no advisories"


def test_any_other_failure_fails() -> None:
    assert judged("", "error: no such file") == (1, ["error: no such file"])


def test_make_check_asks() -> None:
    recipes = (Path(__file__).parents[3] / "Makefile").read_text("utf-8")
    assert re.search(r"^check: .*(?:\n\t.*)*\baudit$", recipes, re.MULTILINE)
    assert re.search(r"^audit: .*(?:\n\t.*)*deploy/audit\.py", recipes, re.MULTILINE)
