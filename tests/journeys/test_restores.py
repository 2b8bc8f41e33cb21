"""media or video is restored to before the work was asked for, and its caller asks again."""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from chassis.errors import Unavailable
from chassis.hearing import forgotten, forks
from chassis.unit import feed
from demo.main_job import Photo
from embedded.suite import Suite
from journeys.stages.histories import problems
from journeys.stages.quiet import Quiet, main_job
from servers.postgres import Server
from servers.postgres_place import find_place
from waiting import until

pytestmark = pytest.mark.long

STOPPED = "select source, consumer from cursors where stopped is not null"
LINES = "select id, target_id, status from invoice_line_item order by id"
EARNED = "select id, invoice_id, earning_amount_ore from affiliate_earning order by id"


class BeforeTheWork(Quiet):
    """A display that does something once, before the first work is shown."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.acts = [act]

    @contextmanager
    def work(self, title: str) -> Iterator[Callable[[float], None]]:
        while self.acts:
            self.acts.pop()()
        yield lambda percent: None


@pytest.mark.parametrize("restored", ["media", "video"])
def test_what_was_asked_of_a_restored_service_is_asked_again_and_ends_right(
    restored: str, run_folder: Path, photos: Sequence[Photo], tmp_path: Path
) -> None:
    folder, dump = run_folder / f"restored-{restored}", str(tmp_path / "dump")
    with Suite(folder, durable=False) as suite:
        url = suite.owner_url(restored)

        def back_up() -> None:
            suite.settle()
            tool(suite.server, "pg_dump", "-Fc", "-f", dump, url)

        main_job(suite, photos, BeforeTheWork(back_up)).run()
        suite.settle()
        lines, earned = suite.sql("billing", LINES), suite.sql("affiliate", EARNED)
    with Server(folder / "postgres", durable=False) as server:
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            admin.execute(f"drop database {restored} with (force)".encode())
            admin.execute(f"create database {restored} owner {restored}_owner".encode())
        tool(server, "pg_restore", "-d", url, dump)
    with Suite(folder, durable=False) as suite:
        until(lambda: suite.sql("billing", STOPPED))
        app, billing = suite.parts[restored].app, suite.parts["billing"].app

        def told_at(event_ids: Sequence[UUID]) -> Mapping[UUID, int]:
            return app.query(partial(feed.told_at, event_ids=event_ids))

        lost = forks.resume(billing, "billing", restored, "kari", told_at)["lost"]
        assert [each["type"] for each in lost] == ["TargetCleared", "LineItemCreated"]
        assert len(billing.query(forgotten.unsettled)) == 2
        main_job(suite, photos).run()
        suite.settle()
        # its clearance was asked for again; that it came out is told by whichever job was the last
        left = {each["type"] for each in billing.query(forgotten.unsettled)}
        assert left <= {"LineItemCreated"}
        if left:
            forgotten.settle(billing, "billing", restored, None, "kari")
        assert problems(suite) == []
        assert suite.sql("billing", LINES) == lines
        assert suite.sql("affiliate", EARNED) == earned


def tool(server: Server, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own."""
    path = find_place(server.data_dir).binaries / name
    done = subprocess.run([str(path), *arguments], capture_output=True, check=False, text=True)
    if done.returncode:
        raise Unavailable("tests.tool_failed", done.stderr)
