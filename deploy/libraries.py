"""Print the part of requirements.lock that some services need: what their images install.

pip resolves names within the lock's versions and runs nothing of what it looks at; what is
installed then is the lock's, by its hashes. Standard library only: it runs before anything is
installed.

    python deploy/libraries.py billing > billing.lock
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
LOOK = ("install", "--dry-run", "--ignore-installed", "--only-binary", ":all:", "--report", "-")


def main(extras: list[str]) -> None:
    """Print the entries; `extras`: of pyproject.toml, each service has its own."""
    lock = entries(Path("requirements.lock").read_text("utf-8"))
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    print("\n".join(lock[name] for name in sorted(resolved(wanted, lock))))


def entries(lock: str) -> dict[str, str]:
    """Return the lock's entries, each with its hashes, by normalized name."""
    found = re.findall(r"^[\w.-]+==.*(?:\n[ ]+--hash=.*)*", lock, re.MULTILINE)
    return {normalized(entry.partition("==")[0]): entry for entry in found}


def normalized(name: str) -> str:
    """Return a library's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolved(wanted: list[str], lock: dict[str, str]) -> set[str]:
    """Return the names of `wanted` and of all that they bring, in the lock's versions."""
    pins = (entry.splitlines()[0].rstrip("\\ ") for entry in lock.values())
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write("\n".join(pins))
        constraints.flush()
        asked = [*PIP, *LOOK, "--constraint", constraints.name, *wanted]
        report = subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout
    return {normalized(each["metadata"]["name"]) for each in json.loads(report)["install"]}


if __name__ == "__main__":
    main(sys.argv[1:])
