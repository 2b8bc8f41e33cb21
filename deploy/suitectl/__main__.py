"""`suitectl …`: what operators do to the suite."""

import argparse
import logging
import sys
from collections.abc import Sequence
from importlib import import_module

import psycopg

from chassis.errors import ServiceError
from chassis.settings import Misconfigured

# Each is a module of this package with `arguments(parser)` and `run(chosen) -> exit code`; it is
# imported when it is asked for, as not every host has every service.
COMMANDS = {
    "init": "databases, roles, broker users, rights and keys from one inventory",
    "keys": "rotate what signs access tokens, and what encrypts second factors",
    "files": "the keys, and a file of each secret for the container that may know it",
    "consumer": "other teams' services: a broker user that hears some types of events",
    "admin": "system admins (auth)",
    "migrate": "bring databases to this version's schema",
    "doctor": "look at everything and say what is wrong",
    "verify": "ask every database whether what is promised holds",
    "lag": "how far each consumer has heard each source",
    "parked": "events that could not be taken: look, try again, drop",
    "jobs": "jobs: look, again at once, not at all",
    "events": "events as they are stored: one, a stream, the last ones",
    "audit": "who did what in all services, and whom auth did not let in",
    "erasures": "people who were forgotten: keep the list, repeat it after a restore",
    "fork": "a source that was restored: what was lost; go on",
    "billing": "money: take in the bank's OCR files",
    "numbers": "billing's invoice numbers: which was the last, after a restore",
    "projections": "rebuild them from the events",
}

CALLED = {"keys": "rotation"}  # a module that is not called as its command


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code: 2 for what it cannot say, 1 else."""
    logging.basicConfig(level=logging.ERROR)  # what is refused is said below, in one line
    given = list(sys.argv[1:] if arguments is None else arguments)
    name = _parser().parse_args(given[:1]).command
    command = import_module(f"suitectl.{CALLED.get(name, name)}")
    parser = argparse.ArgumentParser(prog=f"suitectl {name}", description=command.__doc__)
    command.arguments(parser)
    try:
        code: int = command.run(parser.parse_args(given[1:]))
    except argparse.ArgumentTypeError as error:
        print(f"suitectl: {error}", file=sys.stderr)
        return 2
    except (ServiceError, Misconfigured, OSError, psycopg.Error) as error:
        print(f"suitectl: {_explained(error)}", file=sys.stderr)
        return 1
    return code


def _explained(error: Exception) -> str:
    """Return one line, of however many the disk or a server has said."""
    details = getattr(error, "details", {})
    return " ".join(f"{error} {details or ''}".split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="suitectl",
        description=__doc__,
        epilog="\n".join(f"  {name:13}{about}" for name, about in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
