"""Who is at work has a job, from the start to whatever end: asked after each job, as `verify` asks.

Engines stand in at the rim: what a job does outside is a word here, what is recorded of it is the
services' own. Of films the same is asked where they are told (`test_video_runs.py`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis import codec, ids
from chassis.database import migrations
from chassis.errors import Invalid
from chassis.identity import service_actor
from chassis.jobs.jobs import Kind, Worker
from chassis.running.parts import Parts, Port
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts import SERVICES
from embedded import assembly
from embedded.keys import keys
from integration.stages.service_database import service_database
from media import starting
from media.domain import customer, image, project
from media.domain import project_messages as messages
from media.domain.image_events import Original, Result
from media.domain.image_messages import AddImage
from media.domain.project_events import Upload
from servers.postgres import Server

Outside = Mapping[str, Any]  # by kind: what its work comes to, or the error it ends in

T = TypeVar("T")
INSIDE = object()  # the work is the service's own

DAMAGED = Invalid("engine.damaged", "this cannot be read")
SHA256 = "a" * 64
WORKSPACE, USER = UUID(int=1), UUID(int=2)
MOST = messages.Most(images=10, announced=100, masks=50)


@dataclass
class Studio:
    """One service on its own database."""

    parts: Parts

    def decide(self, work: Callable[[Unit], T]) -> T:
        app = self.parts.app
        actor = service_actor(app.service.name)
        call = Call(id=ids.fresh(), at=app.clock(), actor=actor, correlation_id="c")
        return app.attempt(call, work)

    def forgotten(self) -> list[Any]:
        """Return what the service's own invariants find."""
        queries = [each.query for each in self.parts.app.service.invariants]
        return [row for query in queries for row in self.rows(query)]

    def rows(self, query: str) -> list[Any]:
        return self.parts.app.query(lambda db: list(db.execute(text(query)).all()))

    def work(self, outside: Outside) -> int:
        """Do all jobs of these kinds, and forget nobody; return how many there were."""
        kinds = [each for each in self.parts.kinds if each.name in outside]
        worker, count = Worker(self.parts.app, [_come(each, outside) for each in kinds]), 0
        assert self.forgotten() == []
        while worker.work():
            count += 1
            assert self.forgotten() == []
        return count

    def lose_jobs(self) -> None:
        """Let no job wait any more, and nobody have heard of its end."""
        self.decide(lambda unit: unit.execute(text("update jobs set state = 'dead'")))


def _come(kind: Kind, outside: Outside) -> Kind:
    if outside[kind.name] is INSIDE:
        return kind

    def run(*_: Any) -> Any:
        if isinstance(outside[kind.name], Exception):
            raise outside[kind.name]
        comes_to = outside[kind.name]
        return codec.plain(comes_to() if callable(comes_to) else comes_to)

    return replace(kind, run=run)


@contextmanager
def studio(server: Server, service: str, folder: Path) -> Iterator[Studio]:
    def nobody(called: str) -> Port:
        raise AssertionError(f"{called} is not called here")

    with service_database(server, service) as owner_url:
        migrations.upgrade(service, owner_url)
        urls = dict.fromkeys(SERVICES, "https://suite.example")
        url = owner_url.replace(f"{service}_owner:", f"{service}_app:")
        variables = assembly.environment(service, folder, keys(folder), urls)
        variables |= {"DATABASE_URL": url}
        parts = assembly.build(service, variables, nobody, ids.now, lambda: None)
        yield Studio(parts)
        parts.app.engine.dispose()


@pytest.fixture(scope="module")
def media(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio(postgres_server, "media", tmp_path_factory.mktemp("media")) as made:
        yield made


def start_project(
    unit: Unit, workspace_id: UUID = WORKSPACE, photographs: int = 1, *, is_barred: bool = False
) -> UUID:
    """Start a project, which is cleared; return its id."""
    project_id, by = uuid4(), messages.By(user_id=USER, any_project=True)
    image_ids = [uuid4() for _ in range(photographs)]
    uploads = tuple(
        Upload(image_id=each, content_type="image/jpeg", size=1, sha256=SHA256)
        for each in image_ids
    )
    original = Original(
        key="o", content_type="image/jpeg", size=1, sha256=SHA256, width=1, height=1
    )
    opened: dict[str, Any] = {"workspace_id": workspace_id, "user_id": USER}
    opened |= {"style_template_id": "modern", "room_type": "kitchen"}
    unit.decide(project.decider, project_id, messages.CreateProject(title="t", **opened))
    announcing = messages.RequestUploads(by=by, uploads=uploads, most=MOST)
    unit.decide(project.decider, project_id, announcing)
    for image_id in image_ids:
        added = AddImage(image_id=image_id, project_id=project_id, original=original, **opened)
        unit.decide(image.decider, image_id, added)
        joining = messages.NoteImageAdded(image_id=image_id, original_key="o", most=MOST.images)
        unit.decide(project.decider, project_id, joining)
    unit.decide(project.decider, project_id, start_of(by))
    cleared = messages.NoteCleared(
        workspace_id=workspace_id, run=1, unplaced=frozenset(), is_barred=is_barred
    )
    starting.queue(unit, unit.decide(project.decider, project_id, cleared).state)
    return project_id


def start_of(by: messages.By) -> messages.Start:
    return messages.Start(by=by, max_price_ore=None, unplaced=frozenset(), is_barred=False)


ENHANCED = Result(
    key="r",
    size=1,
    sha256=SHA256,
    width=1,
    height=1,
    model="m",
    engine="local",
    alteration="none",
    params_hash="p",
)


@pytest.mark.parametrize(("comes_to", "status"), [(ENHANCED, "completed"), (DAMAGED, "failed")])
def test_an_image_has_a_job_until_it_has_ended(media: Studio, comes_to: Any, status: str) -> None:
    media.decide(start_project)
    assert media.work({"enhance_image": comes_to}) == 1
    newest = "select status from image_generation order by created_at desc limit 1"
    assert media.rows(newest) == [(status,)]


def test_an_image_whose_job_was_lost_is_found(media: Studio) -> None:
    media.decide(start_project)
    media.lose_jobs()
    (row,) = media.forgotten()
    assert media.rows("select id from image_generation where status = 'processing'") == [(row.id,)]
    media.decide(lambda unit: unit.execute(text("update image_generation set status = 'failed'")))


def tell(workspace_id: UUID, status: str) -> Callable[[Unit], object]:
    """Return the work of hearing what becomes of a workspace."""

    def work(unit: Unit) -> None:
        met = customer.NoteWorkspace(workspace_id=workspace_id)
        unit.decide(customer.decider, workspace_id, met)
        unit.decide(customer.decider, workspace_id, customer.HearStatus(status=status))

    return work


def statuses(media: Studio, project_id: UUID) -> Mapping[str, int]:
    query = f"select status from image_generation where project_id = '{project_id}'"
    return Counter(status for (status,) in media.rows(query))


def status_of(media: Studio, project_id: UUID) -> str:
    ((status,),) = media.rows(f"select status from project where id = '{project_id}'")
    return str(status)


TAKING_BACK = {"hold_work": INSIDE, "enhance_image": ENHANCED}


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_what_waits_of_a_workspace_that_may_begin_nothing_is_taken_back_before_it_is_done(
    media: Studio, status: str
) -> None:
    workspace = uuid4()
    one, other = (
        media.decide(partial(start_project, workspace_id=each, photographs=3))
        for each in (workspace, uuid4())
    )
    media.decide(tell(workspace, status))
    assert media.work(TAKING_BACK) == 1 + 3  # one thread: first what takes back
    assert statuses(media, one) == {"pending": 3}
    assert statuses(media, other) == {"completed": 3}
    assert (status_of(media, one), status_of(media, other)) == ("pending", "completed")


def test_what_runs_finishes_and_the_next_start_takes_the_rest(media: Studio) -> None:
    workspace = uuid4()
    started = media.decide(partial(start_project, workspace_id=workspace, photographs=10))

    def suspended_meanwhile() -> Result:
        if statuses(media, started) == {"processing": 10}:
            media.decide(tell(workspace, "suspended"))
            assert media.work({"hold_work": INSIDE}) == 1
            assert statuses(media, started) == {"processing": 1, "pending": 9}
        return ENHANCED

    assert media.work({"enhance_image": suspended_meanwhile}) == 1
    assert statuses(media, started) == {"completed": 1, "pending": 9}
    media.decide(tell(workspace, "active"))
    assert media.work(TAKING_BACK) == 0  # nothing resumes by itself
    by = messages.By(user_id=USER, any_project=True)

    def start(unit: Unit) -> None:
        starting.queue(unit, unit.decide(project.decider, started, start_of(by)).state)

    media.decide(start)
    assert media.work(TAKING_BACK) == 9
    assert statuses(media, started) == {"completed": 10}
    assert status_of(media, started) == "completed"


def test_who_had_looked_just_before_a_suspension_begins_something_for_a_minute(
    media: Studio,
) -> None:
    workspace = uuid4()
    media.decide(tell(workspace, "suspended"))
    assert media.work(TAKING_BACK) == 1
    begun = media.decide(partial(start_project, workspace_id=workspace, photographs=2))
    again = "update jobs set run_at = now() - interval '1 hour' where kind = 'hold_work'"
    query = f"{again} and workspace_id = '{workspace}' and state = 'waiting' and run_at > now()"
    hurried = media.decide(lambda unit: unit.execute(text(query)).rowcount)
    assert (hurried, media.work(TAKING_BACK)) == (1, 1)
    assert statuses(media, begun) == {"pending": 2}
    assert media.decide(lambda unit: unit.execute(text(query)).rowcount) == 0  # no third look


def test_what_was_reinstated_meanwhile_is_left_alone(media: Studio) -> None:
    workspace = uuid4()
    started = media.decide(partial(start_project, workspace_id=workspace, photographs=2))
    for status in ("suspended", "trial"):
        media.decide(tell(workspace, status))
    assert media.work(TAKING_BACK) == 1 + 2
    assert statuses(media, started) == {"completed": 2}
