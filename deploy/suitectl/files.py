"""Make the keys that are missing, and a file of each secret for the container that may know it.

Compose mounts the files and `<VARIABLE>_FILE` names them. A mounted file keeps the owner that it
has on the host, and no container runs as that user: so everybody may read a file, and nobody but
its owner may look into the folder, of which no container sees anything.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from suitectl import environment, init, inventory, keys
from suitectl.change import Change
from suitectl.definitions import definitions
from suitectl.inventory import Inventory
from suitectl.whole_file import write_whole


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("inventory", type=Path, help="a TOML file")
    parser.add_argument("folder", type=Path, help="where the files go")


def run(chosen: argparse.Namespace) -> int:
    """Make what is missing and say what it was."""
    given = inventory.load(chosen.inventory)
    wanted = chain(init.changes(given, files_only=True), changes(given, chosen.folder))
    init.report(wanted, rehearsal=False)
    return 0


def changes(given: Inventory, folder: Path) -> Iterator[Change]:
    """Yield the making of the folder (0700) and of each file (0444) that is not as it should be."""
    if not folder.is_dir() or folder.stat().st_mode & 0o077:
        yield Change(what=f"folder {folder}", make=partial(_private, folder))
    for name, text in texts(given, keys.read(Path(given.secrets))).items():
        path = folder / name
        known = path.exists() and path.stat().st_mode & 0o777 == 0o444
        if not known or path.read_text("utf-8") != text:
            yield Change(what=f"file {path}", make=partial(_write, path, text))


def texts(given: Inventory, made: Mapping[str, Any]) -> dict[str, str]:
    """Return what stands in each file, by its name: `billing_database_url`."""
    services = {
        f"{name}_{variable}".lower(): written
        for name in given.services
        for variable, written in (
            *environment.service(given, made, name).items(),
            ("database_owner_url", environment.owner_url(given, made, name)),
        )
    }
    callers = {
        f"{name}_amqp_uri": environment.broker_url(given, made, name) for name in given.calling
    }
    document = json.dumps(definitions(given, made), indent=1)
    servers = {"postgres_password": made["superuser"], "rabbitmq_definitions": document}
    return services | callers | servers


def _private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _write(path: Path, text: str) -> None:
    write_whole(path, text)
    path.chmod(0o444)
