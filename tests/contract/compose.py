"""docker-compose.yml as compose sees it: anchors merged, variables replaced."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+):(?P<how>[-?])(?P<text>[^}]*)\}")
GIVEN = {"SUITE_USER": "1000:1000"}  # what `make up` writes into .env


@cache
def document() -> dict[str, Any]:
    """Return the whole file, with no variable set but what `make up` sets."""
    text = VARIABLE.sub(_replaced, FILE.read_text("utf-8"))
    assert "${" not in text
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def services() -> dict[str, dict[str, Any]]:
    """Return every container by its name."""
    found: dict[str, dict[str, Any]] = document()["services"]
    return found


def secret_files(container: dict[str, Any]) -> dict[str, str]:
    """Return where each secret appears in a container, and the name of its file on the host."""
    listed = [
        {"source": each, "target": each} if isinstance(each, str) else each
        for each in container.get("secrets", ())
    ]
    return {
        str(Path("/run/secrets", each["target"])): Path(
            document()["secrets"][each["source"]]["file"]
        ).name
        for each in listed
    }


def _replaced(variable: re.Match[str]) -> str:
    return GIVEN[variable["name"]] if variable["how"] == "?" else variable["text"]
