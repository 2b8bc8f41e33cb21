"""What the tests of rebuilding share."""

from typing import Any

from chassis.unit import rebuilding
from chassis.unit.handling import App
from chassis.unit.rebuilding import Report
from integration.stages.box_database import Database, number_all, open_box

DEADLINE_S = 60.0
DIFFERENT = """
(select '{0}', 'live', l.* from public.{0} l
 except all select '{0}', 'live', r.* from rebuilt.{0} r)
union all
(select '{0}', 'rebuilt', r.* from rebuilt.{0} r
 except all select '{0}', 'rebuilt', l.* from public.{0} l)
"""


def rebuild(own: Database, app: App, *names: str, **options: Any) -> Report:
    with own.owner() as engine:
        return rebuilding.rebuild(engine, app.service, names or None, **options)


def differences(own: Database, app: App) -> list[Any]:
    """Return what a fresh rebuild would make otherwise."""
    number_all(app)
    with own.owner() as engine, engine.begin() as connection:
        rebuilding.fill(connection, app.codec, app.service.projections)
    return [row for table in ("box", "shelf") for row in own.rows(DIFFERENT.format(table))]


def oid(own: Database, table: str) -> int:
    return int(own.one(f"select 'public.{table}'::regclass::oid::int"))


def holds(own: Database, mode: str, relation: str) -> bool:
    """Return whether somebody holds, or waits for, a lock."""
    query = "select 1 from pg_locks where mode = %(mode)s and relation = %(of)s::regclass"
    return bool(own.rows(query, mode=mode, of=relation))


def many_boxes(app: App) -> None:
    for number in range(rebuilding.REST + 1):
        open_box(app, str(number))
