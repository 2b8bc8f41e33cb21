"""Ask every database whether what is promised holds, beside work going on; a snapshot each."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, RowMapping

from chassis.database import schema_rule
from chassis.domain import value
from chassis.errors import Unavailable
from chassis.unit.service import Agreement, Invariant
from suitectl import invariants, ledgers, show, site
from suitectl.ledgers import Books
from suitectl.site import Site

SHOWN = 5  # of the rows that break one
BATCH = 1_000  # told events that a hearer is asked about at once


@value
class Checked:
    """One invariant in one database: how many rows break it, and the first of these."""

    service: str
    invariant: Invariant | Agreement
    violations: int
    rows: tuple[Mapping[str, Any], ...]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="else all of the inventory")
    site.arguments(parser)


def run(chosen: argparse.Namespace) -> int:
    """Print what holds; return 1 if something does not, or a database could not be asked."""
    suite, checked, away = Site(chosen.inventory), list[Checked](), False
    books = dict[str, Books]()
    for service in suite.services(chosen.services):
        try:
            checked += _verified(suite, service)
            checked.append(_cursors(suite, service))
            checked += _agreed(suite, service)
            books |= _books(suite, service)
        except Unavailable as error:
            print(f"suitectl: {error}", file=sys.stderr)
            away = True
    if len(books) > 1:
        checked.append(_checked("suite", ledgers.BALANCED, ledgers.unbalanced(books)))
    broken = [each for each in checked if each.violations]
    if chosen.json:
        show.table([{**_line(each), "rows": each.rows} for each in checked], as_json=True)
    else:
        show.table([_line(each) for each in checked], as_json=False)
        for each in broken:
            print(f"\n{each.service}, {each.invariant.name}:")
            show.table(each.rows, as_json=False)
        if len(books) > 1:
            print("\nThe books of the suite, in øre:")
            accounts = ledgers.of_the_suite(books).items()
            show.table([{"account": word, "balance": ore} for word, ore in accounts], as_json=False)
    return 1 if broken or away else 0


def _verified(suite: Site, service: str) -> Iterator[Checked]:
    """Yield what one database says by itself, of one moment."""
    own = site.code(service).invariants
    with suite.engine(service) as engine:
        schema_rule.require(engine, service)
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection:
            for each in (*invariants.FRAME, *own):
                yield _checked(service, each, _broken(connection, each))


def _cursors(suite: Site, service: str) -> Checked:
    """Return what the sources say of a service's cursors: a source only adds to what it knows."""
    with suite.engine(service) as engine, engine.connect() as connection:
        cursors = [dict(row) for row in connection.exec_driver_sql(_CURSORS).mappings()]
    unknown = list[Mapping[str, Any]]()
    for each in cursors:
        with suite.engine(each["source"]) as engine, engine.connect() as connection:
            for _ in _broken(connection, invariants.CURSOR_KNOWN, each):
                unknown.append(each)
    return _checked(service, invariants.CURSOR_KNOWN, unknown)


def _agreed(suite: Site, service: str) -> Iterator[Checked]:
    """Yield what a service has made of what it has heard; what is parked is not heard yet."""
    with suite.engine(service) as engine, engine.connect() as opened:
        # what it has made is asked for after what it has heard
        here = opened.execution_options(isolation_level="AUTOCOMMIT")
        for each in site.code(service).agreements:
            heard = here.exec_driver_sql(_HEARD, {"source": each.source}).scalar_one()
            parked = {row.id for row in here.exec_driver_sql(_PARKED, {"source": each.source})}
            lacking = list[Mapping[str, Any]]()
            for batch in _told(suite, each, heard):
                told = Jsonb([dict(row) for row in batch if row["id"] not in parked])
                found = here.exec_driver_sql(each.query, {"told": told}).mappings()
                lacking += [dict(row) for row in found]
            yield _checked(service, each, lacking)


def _books(suite: Site, service: str) -> Mapping[str, Books]:
    """Return what a service has on its accounts, by its name; nothing of one without any."""
    if not ledgers.keeps(site.code(service)):
        return {}
    with suite.engine(service) as engine, engine.connect() as connection:
        return {service: ledgers.books(connection)}


def _told(suite: Site, agreement: Agreement, position: int) -> Iterator[Sequence[RowMapping]]:
    """Yield what the source has told up to there, in batches."""
    if position == 0:
        return
    with suite.engine(agreement.source) as engine, engine.connect() as connection:
        streamed = connection.execution_options(stream_results=True)
        given = {"position": position, "type": agreement.type}
        yield from streamed.exec_driver_sql(_TOLD, given).mappings().partitions(BATCH)


def _broken(
    connection: Connection, invariant: Invariant, given: Mapping[str, Any] | None = None
) -> Iterator[Mapping[str, Any]]:
    streamed = connection.execution_options(stream_results=True)
    for row in streamed.exec_driver_sql(invariant.query, given).mappings():
        yield dict(row)


def _checked(
    service: str, invariant: Invariant | Agreement, broken: Iterable[Mapping[str, Any]]
) -> Checked:
    count, rows = 0, list[Mapping[str, Any]]()
    for row in broken:
        count += 1
        if count <= SHOWN:
            rows.append(row)
    return Checked(service=service, invariant=invariant, violations=count, rows=tuple(rows))


def _line(checked: Checked) -> dict[str, Any]:
    return {
        "service": checked.service,
        "invariant": checked.invariant.name,
        "holds": not checked.violations,
        "violations": checked.violations,
        "promise": checked.invariant.holds,
    }


_CURSORS = "select consumer, source, position, event_id from cursors order by consumer, source"
_HEARD = "select coalesce(min(position), 0) from cursors where source = %(source)s"
_PARKED = "select event->>'id' as id from parked where source = %(source)s"
_TOLD = """
select e.event_id::text as id, e.recorded_at::text as time, e.outbox->'data' as data
from positions p join events e using (seq)
where p.position <= %(position)s and e.outbox->>'type' = %(type)s
order by p.position"""
