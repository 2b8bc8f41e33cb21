"""Make the databases, roles, broker users, rights and keys of one inventory.

Whatever is there already and right is left alone. Passwords and keys are made once and kept in the
secrets file; none is printed. What is there under the same names and is not what this file knows
stays as it is, and so does everything else, unless it is adopted.
"""

import argparse
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

from suitectl import databases, environment, grants, inventory, keys, strangers
from suitectl.broker_admin import broker_admin
from suitectl.change import Change, made
from suitectl.databases import Wanted
from suitectl.definitions import definitions
from suitectl.in_broker import InBroker
from suitectl.inventory import Inventory
from suitectl.keys import Keys
from suitectl.whole_file import write_whole

ADVICE = "is it another suite's? then give the inventory a prefix; init --adopt takes it over"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("inventory", type=Path, help="a TOML file")
    parser.add_argument("--dry-run", action="store_true", help="say what would be made")
    parser.add_argument(
        "--files-only", action="store_true", help="for servers that are to start with these files"
    )
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="take over what is there under these names: it gets the passwords and the identity"
        " of this inventory's secrets",
    )


def run(chosen: argparse.Namespace) -> int:
    """Make what is missing and say what it was."""
    given = inventory.load(chosen.inventory)
    report(changes(given, chosen.files_only, chosen.adopt), chosen.dry_run)
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


def changes(given: Inventory, files_only: bool = False, adopt: bool = False) -> Iterator[Change]:
    """Yield all that is not as the inventory wants it, in the order to make it.

    Raises `Unavailable` without a server; `Conflict`, before anything is yielded, for what is
    there and is not ours, unless we `adopt` it.
    """
    known = keys.read(Path(given.secrets))
    whole = keys.completed(known, given.services, given.users)
    if files_only:
        yield from files(given, known, whole)
        return
    wanted, broker = in_postgres(given, whole), asked(given, whole)
    with databases.as_admin(given.postgres.admin(whole["superuser"])) as admin:
        strangers.refuse(strangers.misplaced(admin, wanted), "that is never taken over")
        if not adopt:
            there = [*strangers.roles(admin, wanted), *strangers.owned(admin, wanted)]
            there += broker.strangers() if broker else ()
            strangers.refuse(there, ADVICE)
        yield from files(given, known, whole)
        yield from databases.changes(admin, wanted)
    yield from grants.changes(given, whole)
    if broker:
        yield from broker.changes()


def files(given: Inventory, known: Keys, whole: Keys) -> Iterator[Change]:
    """Yield the writing of the secrets, of `known` that are to be `whole`, and what follows."""
    yield from keys.changes(Path(given.secrets), known, whole)
    for name in (*given.callers, *given.nameko_callers, *whole["consumers"]):
        uri = environment.broker_url(given, whole, name)
        yield from derived(uri_file(given, name), f"AMQP_URI='{uri}'\n")
    if given.env:
        yield from derived(Path(given.env), environment.dotenv(given, whole))
    if given.rabbitmq.definitions:
        text = json.dumps(definitions(given, whole), indent=1)
        yield from derived(Path(given.rabbitmq.definitions), f"{text}\n")


def uri_file(given: Inventory, name: str) -> Path:
    """Return where the AMQP URI of a caller or a consumer stands, for it alone to be given.

    It is called after the broker user: two suites' secrets may lie in one folder.
    """
    return Path(given.secrets).with_name(f"{given.named(name)}.amqp.env")


def derived(path: Path, text: str) -> Iterator[Change]:
    """Yield the writing of a file that is derived from the secrets, and so as secret."""
    if not path.exists() or path.read_text("utf-8") != text:
        yield Change(what=f"file {path}", make=partial(write_whole, path, text))
    elif path.stat().st_mode & 0o077:
        yield Change(what=f"file {path}: readable by others", make=partial(path.chmod, 0o600))


def in_postgres(given: Inventory, whole: Keys) -> Wanted:
    """Return what the suite has in PostgreSQL."""
    return Wanted(
        services=given.services,
        passwords=whole["roles"],
        suite=UUID(whole["suite"]),
        prefix=given.prefix,
        alone=given.postgres.generated,
    )


def outside_postgres(given: Inventory, known: Keys, whole: Keys) -> Iterator[Change]:
    """Yield the files and what the broker lacks.

    Raises `Conflict`, before anything is yielded, for what is there and is not ours.
    """
    broker = asked(given, whole)
    if broker:
        strangers.refuse(broker.strangers(), ADVICE)
    yield from files(given, known, whole)
    if broker:
        yield from broker.changes()


def asked(given: Inventory, whole: Keys) -> InBroker | None:
    """Return the broker beside what the inventory wants, if anybody administers it from here."""
    admin = broker_admin(given.rabbitmq)
    return None if admin is None else InBroker(admin, given, whole)
