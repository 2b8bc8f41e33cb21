"""`python -m <service> …`: what an operator or a developer asks of one service.

Each command's modules are imported when it is asked for: `serve` has to patch before them.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module

Own = Mapping[str, Callable[[argparse.ArgumentParser], object]]


def run(service: str, arguments: Sequence[str] | None = None, own: Own | None = None) -> None:
    """Do what the command line says, and end with its exit code.

    `own`: what a service's own commands take; `journal` is done by `<service>.journal_command`.
    What `check` asks of one service alone is asked by its `check_command`, where it has one.
    """
    chosen = _parser(service, own or {}).parse_args(arguments)
    do: Callable[[str, argparse.Namespace], int] = chosen.do
    sys.exit(do(service, chosen))


def _serve(service: str, chosen: argparse.Namespace) -> int:
    return int(import_module("chassis.running.serve").run(service))


def _work(service: str, chosen: argparse.Namespace) -> int:
    return int(import_module("chassis.running.work").run(service))


def _regroup(service: str, chosen: argparse.Namespace) -> int:
    return int(import_module("chassis.running.regroup").run(service, chosen))


def _task(service: str, chosen: argparse.Namespace) -> int:
    return int(import_module("chassis.running.tasks").run(service, chosen))


def _own(name: str, service: str, chosen: argparse.Namespace) -> int:
    return int(import_module(f"{service}.{name}_command").run(service, chosen))


def _parser(service: str, own: Own) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service}")
    tasks = parser.add_subparsers(dest="task", required=True)
    serve = tasks.add_parser("serve", help="answer calls: RPC and HTTP")
    serve.set_defaults(do=_serve)
    work = tasks.add_parser("work", help="tell and hear events, do jobs")
    work.set_defaults(do=_work)
    regroup = tasks.add_parser("regroup", help="share what is heard among so many of `work`")
    regroup.add_argument("members", type=int)
    regroup.add_argument("--who", default="operator", help="who does it, for the table audit")
    regroup.set_defaults(do=_regroup)
    check = tasks.add_parser("check", help="print every setting and its origin; what is wrong")
    check.add_argument("--json", action="store_true", help="for machines")
    tasks.add_parser("migrate", help="bring the database of DATABASE_OWNER_URL to this version")
    decide = tasks.add_parser("decide", help="print a decision table")
    decide.add_argument("decider")
    migration = tasks.add_parser("migration", help="write a migration for what the tables changed")
    migration.add_argument("-m", "--message", required=True)
    tasks.add_parser("push", help="create missing tables without a migration (development only)")
    for each in ("check", "migrate", "decide", "migration", "push"):
        tasks.choices[each].set_defaults(do=_task)
    for name, takes in own.items():
        parser_of = tasks.add_parser(name)
        takes(parser_of)
        parser_of.set_defaults(do=partial(_own, name))
    return parser
