"""Erasures outlive a restore: they are written to a file outside the database, and repeated.

In auth's database (DATABASE_URL), on the host of auth; the file holds ids and times.
"""

import argparse
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from auth import erasing
from auth.app import SERVICE as AUTH
from auth.projections import erasures
from chassis import settings
from chassis.codec import plain
from chassis.database import installation, postgres
from chassis.errors import NotFound, Rejected
from chassis.settings import Misconfigured
from chassis.unit.handling import App
from suitectl import show
from suitectl.admin import Database
from suitectl.whole_file import write_whole


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    tasks = parser.add_subparsers(dest="task", required=True)
    for name, about in (
        ("export", "write all erasures, and keep the file away from the database"),
        ("apply", "forget again whom a restored auth knows; before its processes start"),
    ):
        task = tasks.add_parser(name, help=about)
        task.add_argument("file", type=Path)
        task.add_argument("--json", action="store_true", help="print JSON")


def run(chosen: argparse.Namespace) -> int:
    """Write the file, or repeat what it says; return the exit code: 1 where one was refused."""
    given = settings.load(Database)
    engine = postgres.engine(given.database_url, name="suitectl", connections=1)
    installation.guard(engine, AUTH.name, given.suite, as_app=True)
    app = App(service=AUTH, engine=engine)
    try:
        done = _export(app, chosen.file) if chosen.task == "export" else _apply(app, chosen.file)
    finally:
        engine.dispose()
    show.table(done, chosen.json)
    return int(any(each["outcome"] == REFUSED for each in done))


WRITTEN, FORGOTTEN, UNKNOWN, REFUSED = "written", "forgotten", "unknown here", "refused"


def _export(app: App, path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [plain(each) for each in app.query(erasures.all_of_them)]
    write_whole(path, json.dumps(rows, indent=1) + "\n")
    return [{**_named(each), "outcome": WRITTEN} for each in rows]


def _apply(app: App, path: Path) -> list[dict[str, Any]]:
    return [{**_named(each), **_applied(app, each)} for each in _read(path)]


def _applied(app: App, erased: dict[str, Any]) -> dict[str, Any]:
    """Forget one again. Who is erased already stays so; who signed up since then is not there."""
    try:
        erasing.again(app, UUID(erased["user_id"]), UUID(erased["erasure_id"]))
    except NotFound:
        return {"outcome": UNKNOWN, "code": ""}
    except Rejected as refusal:
        return {"outcome": REFUSED, "code": refusal.code}
    return {"outcome": FORGOTTEN, "code": ""}


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text("utf-8"))
        return [
            {name: str(UUID(each[name])) for name in ("erasure_id", "user_id")} for each in rows
        ]
    except (KeyError, TypeError, ValueError):
        raise Misconfigured(f"{path}: this is no file of erasures") from None


def _named(erased: dict[str, Any]) -> dict[str, Any]:
    return {name: erased[name] for name in ("erasure_id", "user_id")}
