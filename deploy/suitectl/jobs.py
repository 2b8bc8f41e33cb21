"""Jobs: what waits, runs or has died; one of them again at once, or not at all."""

import argparse
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, text

from chassis.errors import NotFound, Rejected
from chassis.hearing.parking import REDRIVE
from chassis.jobs.jobs import MOST_DEATHS
from suitectl import show, site
from suitectl.site import Site

STATES = ("waiting", "claimed", "done", "cancelled", "dead")
MOST = 50


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    listing = tasks.add_parser("list", help="the next or last ones")
    listing.add_argument("services", nargs="*", metavar="SERVICE", help="else all")
    listing.add_argument("--state", choices=STATES, action="append", dest="states")
    listing.add_argument("--kind")
    listing.add_argument("--limit", type=int, default=MOST, help="of each service")
    showing = tasks.add_parser("show", help="all of one, with its arguments and its error")
    retry = tasks.add_parser("retry", help="at once: one that waits or is dead")
    cancel = tasks.add_parser("cancel", help="not at all: one that waits or runs")
    for each in (showing, retry, cancel):
        each.add_argument("service", metavar="SERVICE")
        each.add_argument("id", type=UUID, metavar="ID")
    for each, do in ((listing, _list), (showing, _show), (retry, _retry), (cancel, _cancel)):
        site.arguments(each, changes=each in (retry, cancel))
        each.set_defaults(do=do)


def run(chosen: argparse.Namespace) -> int:
    """Do the task; return the exit code."""
    code: int = chosen.do(Site(chosen.inventory), chosen)
    return code


def _list(suite: Site, chosen: argparse.Namespace) -> int:
    rows: list[dict[str, Any]] = []
    states = chosen.states or ["waiting", "claimed", "dead"]
    wanted = {"states": states, "kind": chosen.kind, "most": chosen.limit}
    for service in suite.services(chosen.services):
        with suite.engine(service) as engine, engine.connect() as connection:
            found = connection.execute(_LISTED, wanted).mappings()
            rows += [{"service": service, **each} for each in found]
    show.table(rows, chosen.json)
    return 0


def _show(suite: Site, chosen: argparse.Namespace) -> int:
    with suite.engine(chosen.service) as engine, engine.connect() as connection:
        row = connection.execute(_ONE, {"id": chosen.id}).mappings().one_or_none()
    if row is None:
        raise _unknown(chosen)
    show.record(dict(row), chosen.json)
    return 0


def _retry(suite: Site, chosen: argparse.Namespace) -> int:
    return _change(suite, chosen, _RETRY, "jobs retry", "neither waits nor is dead")


def _cancel(suite: Site, chosen: argparse.Namespace) -> int:
    return _change(suite, chosen, _CANCEL, "jobs cancel", "neither waits nor runs")


def _change(suite: Site, chosen: argparse.Namespace, statement: Any, did: str, refusal: str) -> int:
    with suite.engine(chosen.service, "app") as engine:
        row = _written(engine, chosen, statement, did)
        if row is None:
            with engine.connect() as connection:
                known = connection.execute(_ONE, {"id": chosen.id}).one_or_none()
            if known is None:
                raise _unknown(chosen)
            message = f"this job is {known.state}: it {refusal}"
            raise Rejected("suitectl.job_not_so", message)
    show.record({"did": did, "id": row.id, "kind": row.kind, "state": row.state}, chosen.json)
    return 0


def _written(
    engine: Engine, chosen: argparse.Namespace, statement: Any, did: str
) -> Row[Any] | None:
    """Change the job and write that down, in one transaction; None if there is none to change."""
    given = {"id": chosen.id, "deaths": MOST_DEATHS}
    with engine.begin() as connection:
        row = connection.execute(statement, given).one_or_none()
        if row is None:
            return None
        if did == "jobs cancel" and _is_the_frames(row.kind):
            message = f"{row.kind} comes round by itself, and would not any more"
            raise Rejected("suitectl.job_needed", message)  # undoes it
        details = {"id": str(row.id), "kind": row.kind, "subject": row.subject}
        site.write_audit(connection, chosen.who, did, details)
    return row


def _is_the_frames(kind: str) -> bool:
    return kind == REDRIVE or kind.startswith("schedule:")


def _unknown(chosen: argparse.Namespace) -> NotFound:
    return NotFound("suitectl.no_such_job", f"{chosen.service} has no job {chosen.id}")


_LISTED = text(
    "select id, kind, state, subject, run_at, claims, failures, deaths, error from jobs"
    " where state = any(:states) and kind = coalesce(:kind, kind) order by run_at desc limit :most"
)
_ONE = text("select * from jobs where id = :id")
# As if it had never failed; but for what its processes died of, of which the last try is left.
_RETRY = text(
    "update jobs set state = 'waiting', run_at = now(), error = null,"
    " failures = 0, deaths = least(deaths, :deaths - 1)"
    " where id = :id and state in ('waiting', 'dead') returning id, kind, state, subject"
)
_CANCEL = text(
    "update jobs set state = 'cancelled' where id = :id and state in ('waiting', 'claimed')"
    " returning id, kind, state, subject"
)
