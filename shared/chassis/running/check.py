"""`check`: every setting and where it came from, and whether what they name can be reached."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from typing import Any

from chassis import settings
from chassis.broker.link import Link
from chassis.codec import plain
from chassis.database import installation, postgres, schema_rule
from chassis.errors import ServiceError
from chassis.running.process import ProcessSettings, Whose, broker_user
from chassis.settings import Misconfigured, Setting


def run(service: str, as_json: bool) -> int:
    """Print the settings, then what is wrong; return 1 if anything is."""
    logging.getLogger("chassis").addHandler(logging.NullHandler())  # a line says it, not a stack
    own = import_module(f"{service}.settings").Settings
    rows = [each for kind in (own, ProcessSettings) for each in settings.listed(kind)]
    found = chain(
        _faults(own, partial(_database, service)),
        _faults(ProcessSettings, partial(_broker, service)),
        _faults(own, partial(_own, service)),
    )
    faults = list(dict.fromkeys(found))  # both know the suite: a wrong one is said once
    if as_json:
        print(json.dumps({"settings": plain(rows), "faults": faults}, indent=1))
    else:
        _print(rows, faults)
    return 1 if faults else 0


def _print(rows: Sequence[Setting], faults: Sequence[str]) -> None:
    wide, long = max(len(row.variable) for row in rows), max(len(row.shown) for row in rows)
    for row in rows:
        print(f"{row.variable:{wide}}  {row.shown:{min(long, 60)}}  {row.origin}")
    print("\n".join(f"! {each}" for each in faults) or "ok: database, schema and broker answer")


def _faults(kind: type[Any], reach: Callable[[Any], Iterable[str] | None]) -> Iterator[str]:
    """Yield what cannot be among these settings, or why what they name is out of reach."""
    try:
        yield from reach(settings.load(kind, here=True)) or ()
    except Misconfigured as error:
        yield from error.args
    except ServiceError as error:
        yield f"{error}{_driver_said(error)}"


def _database(service: str, given: Any) -> None:
    engine = postgres.engine(given.database_url, name=f"{service} check")
    try:
        installation.guard(engine, service, settings.load(Whose).suite, as_app=True)
        schema_rule.require(engine, service)
    finally:
        engine.dispose()


def _own(service: str, given: Any) -> Iterable[str]:
    own = f"{service}.check_command"
    return import_module(own).faults(given) if find_spec(own) else ()


def _broker(service: str, given: ProcessSettings) -> None:
    broker_user(given, service)
    link = Link(given.amqp_uri, lambda channel: None)
    try:
        with link.channel():
            pass
    finally:
        link.close()


def _driver_said(error: ServiceError) -> str:
    # callers are not told where a database is; who checks has to know
    cause = getattr(error.__context__, "orig", None)
    return f": {str(cause).partition(chr(10))[0]}" if cause else ""
