"""A service is restored to before work was asked for, and its callers ask again.

media and video, by PostgreSQL's own tools; then each, while each other one is away.
"""

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
from contracts import SERVICES
from demo.main_job import Photo
from embedded.suite import Suite
from journeys.stages.histories import problems
from journeys.stages.quiet import Quiet, main_job
from journeys.stages.restorable import Restorable
from journeys.stages.restored_life import RestoredLife
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

        main_job(suite, photos, BeforeTheWork(back_up), by_card=False).run()
        suite.settle()
        lines, earned = suite.sql("billing", LINES), suite.sql("affiliate", EARNED)
    with Server(folder / "postgres", durable=False) as server:
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            admin.execute(f"drop database {restored} with (force)".encode())
            admin.execute(f"create database {restored} owner {restored}_owner".encode())
        tool(server, "pg_restore", "-d", url, dump)
    with Suite(folder, durable=False) as suite:
        until(lambda: suite.sql("billing", STOPPED) and suite.sql("auth", STOPPED))
        app, billing, auth = (suite.parts[each].app for each in (restored, "billing", "auth"))

        def told_at(event_ids: Sequence[UUID]) -> Mapping[UUID, int]:
            return app.query(partial(feed.told_at, event_ids=event_ids))

        lost = forks.resume(billing, "billing", restored, "kari", told_at)["lost"]
        assert [each["type"] for each in lost] == ["TargetCleared", "LineItemCreated"]
        assert len(billing.query(forgotten.unsettled)) == 2
        used = forks.resume(auth, "auth", restored, "kari", told_at)["lost"]
        assert {each["type"] for each in used} <= {"WorkspaceUsed"}  # by whoever was first
        main_job(suite, photos, by_card=False).run()
        suite.settle()
        # its clearance was asked for again; that it came out is told by whichever job was the last
        left = {each["type"] for each in billing.query(forgotten.unsettled)}
        assert left <= {"LineItemCreated"}
        if left:
            forgotten.settle(billing, "billing", restored, None, "kari")
        assert auth.query(forgotten.unsettled) == []  # it is begun again, by the same event
        assert problems(suite) == []
        assert suite.sql("billing", LINES) == lines
        assert suite.sql("affiliate", EARNED) == earned


@pytest.fixture(scope="module")
def life(run_folder: Path, photos: Sequence[Photo]) -> Iterator[RestoredLife]:
    with Restorable(run_folder / "restorable") as suite:
        life = RestoredLife(suite, photos)
        life.live()
        yield life


@pytest.mark.parametrize(
    ("restored", "away"), [(one, other) for one in SERVICES for other in SERVICES if one != other]
)
def test_all_is_billed_and_earned_whichever_is_restored_and_whoever_is_away(
    life: RestoredLife, restored: str, away: str
) -> None:
    suite = life.suite
    life.lose(restored, away)
    life.come_back()
    lacking = life.lacking(restored)
    assert suite.settle_all() == lacking
    assert problems(suite) == []
    assert suite.broken() == {}
    assert life.lines() == life.all_lines
    assert life.earned() == [
        # affiliate tells nobody who was referred since: what they paid before that is asked for
        # again is not earned on
        each
        for each in life.all_earned
        if (restored, each["invoice_id"]) != ("affiliate", life.newcomers.known["invoice"]["id"])
    ]
    now, before = life.numbered(), life.numbers
    assert now.keys() == before.keys() and len(set(now.values())) == len(now)
    taken = {id: number for id, number in before.items() if number in now.values()}
    assert taken.items() <= now.items()


def test_a_line_and_an_earning_that_are_deleted_by_hand_are_named(life: RestoredLife) -> None:
    target, invoice = life.newcomers.known["film"]["id"], life.newcomers.known["invoice"]["id"]
    life.reset()
    life.suite.alter("billing", f"delete from invoice_line_item where target_id = '{target}'")
    life.suite.alter("affiliate", f"delete from affiliate_earning where invoice_id = '{invoice}'")
    broken = life.suite.broken()
    assert broken.keys() == {"films_billed", "invoices_add_up", "paid_is_earned"}
    assert [each["target_id"] for each in broken["films_billed"]] == [target]
    assert [each["invoice_id"] for each in broken["paid_is_earned"]] == [invoice]


def tool(server: Server, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own."""
    path = find_place(server.data_dir).binaries / name
    done = subprocess.run([str(path), *arguments], capture_output=True, check=False, text=True)
    if done.returncode:
        raise Unavailable("tests.tool_failed", done.stderr)
