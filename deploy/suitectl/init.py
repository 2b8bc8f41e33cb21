"""Make the databases, roles, broker users, rights and keys of one inventory.

Whatever is there already and right is left alone. Passwords and keys are made once and kept in the
secrets file; none is printed.
"""

import argparse
import json
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from suitectl import databases, environment, grants, inventory, keys, listeners
from suitectl.broker_admin import broker_admin
from suitectl.change import Change, made
from suitectl.definitions import definitions, differing, parts
from suitectl.inventory import Inventory
from suitectl.keys import Keys
from suitectl.whole_file import write_whole


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("inventory", type=Path, help="a TOML file")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made")
    parser.add_argument(
        "--files-only", action="store_true", help="for servers that are to start with these files"
    )


def run(chosen: argparse.Namespace) -> int:
    """Make what is missing and say what it was."""
    given = inventory.load(chosen.inventory)
    report(changes(given, chosen.files_only), chosen.dry_run)
    if not chosen.files_only:
        say_what_waits(given)
    return 0


def report(wanted: Iterator[Change], rehearsal: bool) -> None:
    """Make the changes, unless this is a rehearsal, and print them."""
    nothing = True
    for what in made(wanted, rehearsal):
        print("would make" if rehearsal else "made", what, flush=True)
        nothing = False
    if nothing:
        print("nothing to change")


def say_what_waits(given: Inventory) -> None:
    """Print what cannot be made before `suitectl migrate`."""
    held = keys.read(Path(given.secrets))
    for line in grants.waiting(given, held) if held else ():
        print(line, flush=True)


def changes(given: Inventory, files_only: bool = False) -> Iterator[Change]:
    """Yield all that is not as the inventory wants it, in the order to make it."""
    known = keys.read(Path(given.secrets))
    whole = keys.completed(known, given.services, given.users)
    yield from files(given, known, whole)
    if not files_only:
        admin_url = given.postgres.admin(whole["superuser"])
        yield from databases.changes(
            admin_url, given.services, whole["roles"], alone=given.postgres.generated
        )
        yield from grants.changes(given, whole)
        yield from in_broker(given, whole)


def files(given: Inventory, known: Keys, whole: Keys) -> Iterator[Change]:
    """Yield the writing of the secrets, of `known` that are to be `whole`, and what follows."""
    yield from keys.changes(Path(given.secrets), known, whole)
    for name in (*given.callers, *given.nameko_callers, *whole["consumers"]):
        uri = given.rabbitmq.url(name, whole["broker"][name])
        yield from derived(uri_file(given, name), f"AMQP_URI='{uri}'\n")
    if given.env:
        yield from derived(Path(given.env), environment.dotenv(given, whole))
    if given.rabbitmq.definitions:
        text = json.dumps(definitions(given, whole), indent=1)
        yield from derived(Path(given.rabbitmq.definitions), f"{text}\n")


def uri_file(given: Inventory, name: str) -> Path:
    """Return where the AMQP URI of a caller or a consumer stands, for it alone to be given."""
    return Path(given.secrets).with_name(f"{name}.amqp.env")


def derived(path: Path, text: str) -> Iterator[Change]:
    """Yield the writing of a file that is derived from the secrets, and so as secret."""
    if not path.exists() or path.read_text("utf-8") != text:
        yield Change(what=f"file {path}", make=partial(write_whole, path, text))
    elif path.stat().st_mode & 0o077:
        yield Change(what=f"file {path}: readable by others", make=partial(path.chmod, 0o600))


def in_broker(given: Inventory, whole: Keys, outdated: Collection[str] = ()) -> Iterator[Change]:
    """Yield the import of the definitions, if the broker has not all of them as they are.

    Then the end of the connections of `outdated`, users whose password or rights were others; then
    of what consumers have bound and may not hear any more.
    """
    broker, vhost = broker_admin(given.rabbitmq), given.rabbitmq.vhost
    if broker is None:
        return
    document = definitions(given, whole)
    found = broker.exported()
    differ = differing(parts(document, vhost), parts(found, vhost))
    if differ:
        what = "\n  ".join((f"in the broker, {vhost}:", *differ))
        yield Change(what=what, make=partial(broker.import_, document))
    for name in outdated:
        yield Change(what=f"{name}: disconnected", make=partial(broker.disconnect, name))
    if whole["consumers"]:
        # what was bound until then
        found = broker.exported() if differ or outdated else found
        yield from listeners.narrowed(given, whole, broker, found)
