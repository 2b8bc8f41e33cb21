"""Invoice numbers: which was given last, as far as the databases know; say it after a restore."""

import argparse
from typing import Any

from sqlalchemy import text

from billing import numbering
from chassis.unit.handling import App
from suitectl import show, site
from suitectl.site import Site

RESTORED = "given before a restore"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    showing = tasks.add_parser("show", help="the last number here, and of which others heard")
    confirm = tasks.add_parser("confirm", help="let billing go on after the last number given")
    confirm.add_argument(
        "--last",
        type=int,
        required=True,
        help="of all documents that were given one, anywhere; 0 where none was",
    )
    confirm.add_argument(
        "--reason", default=RESTORED, help="why those between are missing here, for the books"
    )
    for each, do in ((showing, _show), (confirm, _confirm)):
        site.arguments(each, changes=each is confirm)
        each.set_defaults(do=do)


def run(chosen: argparse.Namespace) -> int:
    """Do the task; return the exit code."""
    suite = Site(chosen.inventory)
    with suite.app("billing") as app:
        chosen.do(suite, app, chosen)
    return 0


def _show(suite: Site, app: App, chosen: argparse.Namespace) -> None:
    shown = {
        "taken_here": numbering.taken(app),
        "heard_elsewhere": _heard(suite),
        "confirmed": numbering.is_confirmed(app),
    }
    show.record(shown, chosen.json)


def _confirm(suite: Site, app: App, chosen: argparse.Namespace) -> None:
    said = numbering.Confirmation(
        last=chosen.last, heard=_heard(suite), reason=chosen.reason, who=chosen.who
    )
    show.record(numbering.confirm(app, said), chosen.json)


def _heard(suite: Site) -> int:
    """Return the highest number of which those who hear billing have heard; 0 for none.

    What they did about it names it, and what they have parked.
    """
    highest = 0
    for service in suite.services():
        with suite.engine(service) as engine, engine.connect() as connection:
            found: Any = connection.execute(_HEARD).scalar_one()
        highest = max(highest, found)
    return highest


_HEARD = text(
    "select greatest("
    " (select max(greatest("
    "   (data->>'invoice_number')::bigint, (data->>'credit_note_number')::bigint)) from events"
    "  where meta->'heard'->>'source' = 'billing'),"
    " (select max(greatest((event->'data'->>'invoice_number')::bigint,"
    "   (event->'data'->>'credit_note_number')::bigint)) from parked"
    "  where source = 'billing'), 0)"
)
