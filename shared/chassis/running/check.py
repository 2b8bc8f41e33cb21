"""`check`: every setting and where it came from, and whether what they name can be reached."""

import logging
from importlib import import_module
from typing import Any

from chassis import settings
from chassis.broker.link import Link
from chassis.database import postgres, schema_rule
from chassis.errors import ServiceError
from chassis.running.process import ProcessSettings
from chassis.settings import Misconfigured


def run(service: str) -> int:
    """Print the settings, then what is wrong; return 1 if anything is."""
    logging.getLogger("chassis").addHandler(logging.NullHandler())  # a line says it, not a stack
    kinds = (import_module(f"{service}.settings").Settings, ProcessSettings)
    rows = [each for kind in kinds for each in settings.listed(kind)]
    wide, long = max(len(row.variable) for row in rows), max(len(row.shown) for row in rows)
    for row in rows:
        print(f"{row.variable:{wide}}  {row.shown:{min(long, 60)}}  {row.origin}")
    wrong = [reason for kind in kinds for reason in _faults(kind)] or _reached(service, *kinds)
    print("\n".join(f"! {reason}" for reason in wrong) or "ok: database, schema and broker answer")
    return 1 if wrong else 0


def _faults(kind: type[Any]) -> list[str]:
    try:
        settings.load(kind)
    except Misconfigured as error:
        return str(error).split("; ")
    return []


def _reached(service: str, own: type[Any], process: type[ProcessSettings]) -> list[str]:
    wrong = []
    try:
        engine = postgres.engine(settings.load(own).database_url, name=f"{service} check")
        schema_rule.require(engine, service)
        engine.dispose()
    except ServiceError as error:
        wrong.append(f"{error}{_driver_said(error)}")
    link = Link(settings.load(process).amqp_uri, lambda channel: None)
    try:
        with link.channel():
            pass
    except ServiceError as error:
        wrong.append(str(error))
    link.close()
    return wrong


def _driver_said(error: ServiceError) -> str:
    # callers are not told where a database is; who checks has to know
    cause = getattr(error.__context__, "orig", None)
    return f": {str(cause).partition(chr(10))[0]}" if cause else ""
