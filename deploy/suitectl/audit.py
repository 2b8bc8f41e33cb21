"""Who did what in all services, the newest last; what auth counts of those it did not let in."""

import argparse
from datetime import datetime
from typing import Any
from uuid import UUID

from auth import trail
from contracts.auth.admins import Audit
from suitectl import show, site
from suitectl.site import Site

MOST = 50
SHOWN = (
    *("at", "service", "type", "code", "count", "actor", "as_user", "on_behalf_of"),
    *("impersonation", "workspace_id", "stream_id", "version"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="else all")
    parser.add_argument("--actor", type=UUID, help="what this person began")
    parser.add_argument("--user", type=UUID, help="what was done about, or as, this person")
    parser.add_argument("--workspace", type=UUID)
    parser.add_argument("--type", help="UserBanned; of a refusal, the method: sign_in")
    for name, about in (("--since", "from then on"), ("--until", "before then")):
        parser.add_argument(name, type=_moment, help=f"{about}: 2026-03-01T12:00:00+01:00")
    parser.add_argument("--limit", type=_most, default=MOST, help="of all services together")
    site.arguments(parser)


def run(chosen: argparse.Namespace) -> int:
    """Print what is asked for; return the exit code."""
    suite, rows = Site(chosen.inventory), list[dict[str, Any]]()
    asked = Audit(
        actor_id=chosen.actor,
        user_id=chosen.user,
        workspace_id=chosen.workspace,
        type=chosen.type,
        since=chosen.since,
        until=chosen.until,
        limit=chosen.limit,
    )
    for service in suite.services(chosen.services):
        look = trail.listed if service == "auth" else trail.recorded
        with suite.engine(service) as engine, engine.connect() as connection:
            rows += [{**each, "service": service} for each in look(connection, asked).items]
    rows = sorted(reversed(rows), key=lambda row: row["created_at"])
    show.table([_line(each) for each in rows[-chosen.limit :]], chosen.json)
    return 0


def _line(row: dict[str, Any]) -> dict[str, Any]:
    whole = {"at": row["created_at"], "code": None, "count": 1, **row}
    return {name: whole[name] for name in SHOWN}


def _most(written: str) -> int:
    """Return a number of lines."""
    most = int(written)
    if most < 1:
        raise argparse.ArgumentTypeError(f"{written}: at least 1")
    return most


def _moment(written: str) -> datetime:
    """Return a time with its zone."""
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{written}: of which zone? Z, or +01:00, say")
    return moment
