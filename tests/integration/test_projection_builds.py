"""A projection gets a column: rolled out, back and forward again, as the deploy page says.

`doctor` speaks from the first other code on until all rows are of the code that looks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chassis.database import migrations, postgres, schema_rule
from chassis.errors import Conflict, Unavailable
from chassis.running import readiness
from chassis.unit import rebuilding
from chassis.unit.digests import digests, note_at_work
from chassis.unit.handling import App
from integration.stages import boxes, tally_releases
from integration.stages.box_database import MINE, call, number_all
from integration.stages.rebuilds import DIFFERENT
from integration.stages.service_database import service_database
from servers.postgres import Server
from suitectl import doctor

SAME = "built by this code"
OTHER = "built by other code: rebuild"
UNKNOWN = "built by what is not known, or several: rebuild once"
NEWER = "the schema is newer than this version: ask the doctor of that one"


class Tally:
    """The database of `tally`, with one or another release at work on it."""

    def __init__(self, owner_url: str, folder: Path) -> None:
        self.owner_url, self.folder = owner_url, folder
        self.app_url = owner_url.replace("tally_owner:", "tally_app:")

    @contextmanager
    def release(self, number: int) -> Iterator[Any]:
        with tally_releases.installed(self.folder, number) as service:
            yield service

    def migrate(self, number: int) -> None:
        with self.release(number):
            migrations.upgrade("tally", self.owner_url)

    def work(self, number: int) -> UUID:
        """Let a process of that release start, and fill a box with 1 and 20 g."""
        with self.release(number) as service, self.engine(self.app_url) as engine:
            app = App(service=service, engine=engine)
            schema_rule.require(engine, "tally")
            note_at_work(engine, digests(service.projections))
            box_id = uuid4()
            opened = boxes.OpenBox(workspace_id=MINE, label=str(box_id))
            app.handle(boxes.box, box_id, opened, call())
            for weight_g in (1, 20):
                thing = boxes.PutIn(thing=str(weight_g), weight_g=weight_g)
                app.handle(boxes.box, box_id, thing, call())
        return box_id

    def probe(self, number: int) -> None:
        """Ask a process of that release that has been at work meanwhile whether it is ready."""
        with self.release(number) as service, self.engine(self.app_url) as engine:
            process: Any = SimpleNamespace(
                name="tally",
                given=SimpleNamespace(amqp_uri="amqp://"),
                parts=SimpleNamespace(app=App(service=service, engine=engine)),
                digests=digests(service.projections),
            )
            assert readiness.checks(process)["schema"]() is None

    def rebuild(self, number: int) -> None:
        """Do as `suitectl projections rebuild` of that release."""
        with self.release(number) as service, self.engine(self.owner_url) as engine:
            schema_rule.require_same(engine, "tally")
            rebuilding.rebuild(engine, service)

    def doctor(self, number: int) -> str:
        """Return what that release's doctor says of the projection."""
        with self.release(number), self.engine(self.owner_url) as engine:
            (finding,) = doctor.projections("tally", engine)
        assert finding.ok is (finding.found in (SAME, NEWER))
        return finding.found

    def differences(self, number: int) -> list[Any]:
        """Return in which rows that release's rebuild would differ from the live table."""
        with self.release(number) as service, self.engine(self.owner_url) as engine:
            app = App(service=service, engine=engine)
            number_all(app)
            with engine.begin() as connection:
                rebuilding.fill(connection, app.codec, service.projections)
        return self.sql(DIFFERENT.format("tally"))

    def weights(self) -> dict[UUID, int | None]:
        return {UUID(id): weight_g for id, weight_g in self.sql("select id, weight_g from tally")}

    def sql(self, query: str) -> list[Any]:
        with psycopg.connect(self.owner_url, autocommit=True) as owner:
            cursor = owner.execute(query.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def engine(self, url: str) -> Iterator[Any]:
        made = postgres.engine(url, name="tally", connections=2)
        try:
            yield made
        finally:
            made.dispose()


@pytest.fixture
def tally(postgres_server: Server, tmp_path: Path) -> Iterator[Tally]:
    tally_releases.write(tmp_path)
    with service_database(postgres_server, "tally") as owner_url:
        yield Tally(owner_url, tmp_path)


def test_a_new_column_rolled_out_back_and_forward_again_is_in_every_row(tally: Tally) -> None:
    tally.migrate(1)
    ids = [tally.work(1)]
    assert tally.doctor(1) == SAME

    tally.migrate(2)
    assert tally.doctor(2) == OTHER
    ids += [tally.work(1)]  # a process of before still works on
    assert tally.doctor(2) == OTHER
    ids += [tally.work(2)]
    assert tally.doctor(2) == UNKNOWN
    assert [tally.weights()[each] for each in ids] == [None, None, 21]
    tally.rebuild(2)
    assert (tally.doctor(2), tally.differences(2)) == (SAME, [])

    ids += [tally.work(1)]  # back
    assert (tally.doctor(1), tally.doctor(2)) == (NEWER, UNKNOWN)
    with pytest.raises(Conflict, match="chassis.code_too_old"):
        tally.rebuild(1)
    assert tally.weights()[ids[-1]] is None and tally.weights()[ids[0]] == 21

    ids += [tally.work(2)]  # forward again
    assert tally.doctor(2) == UNKNOWN and tally.differences(2) != []
    tally.rebuild(2)
    assert (tally.doctor(2), tally.differences(2)) == (SAME, [])
    assert tally.weights() == dict.fromkeys(ids, 21)
    ids += [tally.work(2)]
    assert (tally.doctor(2), tally.weights()) == (SAME, dict.fromkeys(ids, 21))


def test_a_rebuild_that_came_too_early_is_known_while_older_processes_are_at_work(
    tally: Tally,
) -> None:
    tally.migrate(1)
    tally.work(1)
    tally.migrate(2)
    tally.rebuild(2)
    tally.probe(2)
    assert tally.doctor(2) == SAME
    tally.probe(1)
    assert tally.doctor(2) == UNKNOWN
    tally.sql("update projection_builds set digest = 'of none of them'")
    tally.sql("alter database empty_tally set default_transaction_read_only = on")
    with pytest.raises(Unavailable):
        tally.probe(1)
    tally.sql("begin read write; update projection_builds set digest = null; commit")
    tally.probe(1)  # nothing to note: it may be read-only


def test_what_has_built_an_installation_of_before_is_not_known_until_a_rebuild(
    tally: Tally,
) -> None:
    tally.migrate(1)
    tally.work(1)
    tally.sql("delete from projection_builds")
    assert tally.doctor(1) == UNKNOWN
    tally.migrate(1)
    tally.work(1)
    assert tally.doctor(1) == UNKNOWN
    tally.rebuild(1)
    tally.migrate(1)
    assert tally.doctor(1) == SAME


def test_without_an_event_whatever_a_migration_finds_is_of_its_code(tally: Tally) -> None:
    tally.migrate(1)
    tally.migrate(2)
    tally.work(2)
    assert (tally.doctor(2), tally.differences(2)) == (SAME, [])
