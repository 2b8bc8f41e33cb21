"""Events as they are stored: one, a stream, the last ones. They hold no personal data."""

import argparse
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.errors import NotFound
from chassis.settings import Misconfigured
from suitectl import show, site
from suitectl.site import Site

LAST = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    showing = tasks.add_parser("show", help="all of one event")
    showing.add_argument("service", metavar="SERVICE")
    showing.add_argument("event", metavar="POSITION|EVENT_ID")
    stream = tasks.add_parser("stream", help="the events of one stream, by version")
    stream.add_argument("service", metavar="SERVICE")
    stream.add_argument("stream", metavar="STREAM_ID", help="invoice-<uuid>")
    tail = tasks.add_parser("tail", help="the last events; the newest is the last line")
    tail.add_argument("service", metavar="SERVICE")
    tail.add_argument("--limit", type=int, default=LAST)
    for each, do in ((showing, _show), (stream, _stream), (tail, _tail)):
        site.arguments(each)
        each.set_defaults(do=do)


def run(chosen: argparse.Namespace) -> int:
    """Do the task; return the exit code."""
    code: int = chosen.do(Site(chosen.inventory), chosen)
    return code


def _show(suite: Site, chosen: argparse.Namespace) -> int:
    rows = _rows(suite, chosen.service, _ONE, **_named(chosen.event))
    if not rows:
        raise NotFound("suitectl.no_such_event", f"{chosen.service} has no event {chosen.event}")
    show.record(rows[0], chosen.json)
    return 0


def _stream(suite: Site, chosen: argparse.Namespace) -> int:
    rows = _rows(suite, chosen.service, _STREAM, stream_id=chosen.stream)
    if not rows:
        message = f"{chosen.service} has no stream {chosen.stream}"
        raise NotFound("suitectl.no_such_stream", message)
    show.table(rows, chosen.json)
    return 0


def _tail(suite: Site, chosen: argparse.Namespace) -> int:
    rows = _rows(suite, chosen.service, _TAIL, most=chosen.limit)
    show.table(rows[::-1], chosen.json)
    return 0


def _named(given: str) -> dict[str, Any]:
    """Return what names the event. Raises `Misconfigured` for neither a position nor an id."""
    if given.isascii() and given.isdigit():
        return {"position": int(given), "event_id": None}
    try:
        return {"position": None, "event_id": UUID(given)}
    except ValueError:
        raise Misconfigured(f"{given!r}: neither a position nor an event's id") from None


def _rows(suite: Site, service: str, query: Any, **wanted: Any) -> list[dict[str, Any]]:
    with suite.engine(service) as engine, engine.connect() as connection:
        return [dict(row) for row in connection.execute(query, wanted).mappings()]


_FROM = "from events e left join positions p using (seq)"
_LINE = (
    "select p.position, e.stream_id, e.version, e.type, e.outbox->>'type' as told, e.event_id,"
    " e.recorded_at, e.meta->>'correlation' as correlation, e.meta->>'actor' as actor,"
    f" e.meta->>'on_behalf_of' as on_behalf_of {_FROM}"
)
_ONE = text(
    "select p.position, p.previous, e.event_id, e.stream_id, e.version, e.type, e.schema_version,"  # noqa: S608
    f" e.recorded_at, e.data, e.meta, e.outbox {_FROM}"
    " where p.position = cast(:position as bigint) or e.event_id = cast(:event_id as uuid)"
)
_STREAM = text(f"{_LINE} where e.stream_id = :stream_id order by e.version")
_TAIL = text(f"{_LINE} order by e.seq desc limit :most")
