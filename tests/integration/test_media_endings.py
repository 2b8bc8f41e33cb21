"""What is in a workspace goes when it was closed or erased; whose turn it is where many wait."""

import io
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from asking import kept
from chassis import codec, ids
from chassis.errors import Rejected, Unavailable
from chassis.jobs.control import Control
from chassis.jobs.jobs import Task, Worker
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from integration.stages.photographs import House, Studio, house, studio_on
from integration.stages.provider_calls import call_for
from media.domain import customer
from media.domain.customer import HearStatus
from media.forgetting import forget_person
from servers.postgres import Server
from waiting import until

MONTH = timedelta(days=30)
WORDS = "the neighbour's bicycle"
ROWS = (
    "select 'project' from project where workspace_id = :id"
    " union all select 'image' from image_generation where workspace_id = :id"
    " union all select 'call' from provider_call where workspace_id = :id"
    " union all select 'text' from personal where subject_id = :id"
)


@pytest.fixture(scope="module")
def studio(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio_on(postgres_server, tmp_path_factory.mktemp("media")) as made:
        yield made


def lived_in(studio: Studio) -> House:
    """Return a project with an edit, a mask, words, and a provider that was asked once."""
    made = house(studio, 2)
    studio.work()
    image = made.image_ids[0]
    edited = {"image_generation_id": image, "mask_id": made.mask(image), "prompt": WORDS}
    made.call("edit_image", **edited)
    studio.work()
    call = call_for(made, image)  # one that goes on is looked at until then
    studio.decide(lambda unit: unit.execute(kept.refused(call, ids.now(), "http_422")))
    return made


def held(made: House) -> set[str]:
    """Return what media has of a workspace: kinds of rows, and 'file'."""
    rows = made.studio.rows(ROWS, id=str(made.workspace_id))
    files = made.studio.parts.door.tools.blobs.listed(f"{made.workspace_id}/")
    return {each for (each,) in rows} | {"file" for _ in files}


def closes(made: House) -> None:
    closed = HearStatus(status="closed", purge_after=ids.now() + MONTH)
    made.studio.decide(lambda unit: unit.decide(customer.decider, made.workspace_id, closed))


def erased(made: House) -> tuple[UUID, UUID]:
    """Let media hear that the last member of a workspace is forgotten; return erasure and user."""
    event = auth.SubjectErased(
        erasure_id=ids.fresh(), user_id=uuid4(), workspace_id=made.workspace_id
    )
    heard = Heard(
        source="auth",
        position=1,
        previous=uuid4(),
        event_id=uuid4(),
        type="auth.subject_erased",
        stream_id=f"user-{event.user_id}",
        time=ids.now(),
        correlation_id="erased",
        workspace_id=None,
        data=codec.plain(event),
        event=event,
    )
    made.studio.decide(lambda unit: forget_person(unit, heard))
    return event.erasure_id, event.user_id


def test_of_a_closed_workspace_nothing_is_left_after_its_month_and_of_others_all_is(
    studio: Studio,
) -> None:
    gone, stays = lived_in(studio), lived_in(studio)
    all_of_it = {"project", "image", "call", "text", "file"}
    assert (held(gone), held(stays)) == (all_of_it, all_of_it)

    closes(gone)
    studio.work()
    assert held(gone) == all_of_it
    with pytest.raises(Rejected, match=r"media\.workspace_suspended"):
        gone.call("create_project", name="Storgata 9", style_template_id="modern")
    waits = "select run_at - now() from jobs where kind = 'purge_workspace' and subject = :id"
    ((left,),) = studio.rows(waits, id=str(gone.workspace_id))
    assert MONTH - timedelta(minutes=1) < left <= MONTH
    assert studio.due_now("purge_workspace") == 1
    studio.work()

    assert (held(gone), held(stays)) == (set(), all_of_it)
    removed = studio.told(f"project-{gone.project_id}")[-1]
    assert set(removed) == {"project_id", "project_kind", "workspace_id"}
    late = f"{gone.workspace_id}/{uuid4()}/original/late.jpg"  # of a project that went before
    studio.parts.door.tools.blobs.put(late, b"late")
    studio.due_now("forget_files")
    studio.work()
    assert held(gone) == set()


def test_an_erased_workspace_goes_at_once_and_nothing_of_it_is_kept(studio: Studio) -> None:
    gone = lived_in(studio)
    second = house(studio, 2)  # in the middle of its run; of somebody else
    erasure_id, user_id = erased(gone)
    assert studio.told(f"erasure-{erasure_id}") == []  # there is something left yet
    studio.work()
    assert held(gone) == set()
    told: Any = {"erasure_id": str(erasure_id), "user_id": str(user_id), "kept": []}
    assert studio.told(f"erasure-{erasure_id}") == [told]
    assert second.project()["status"] == "completed"


def test_what_came_out_of_a_run_is_owed_though_its_workspace_is_erased(studio: Studio) -> None:
    two = house(studio, 2)
    later = "update jobs set run_at = now() + interval '1 hour' where subject = :id"
    studio.decide(lambda unit: unit.execute(text(later), id=two.image_ids[1]))
    studio.work()
    erased(two)
    studio.work()
    completed, removed = studio.told(f"project-{two.project_id}")[-2:]
    assert completed["completed_count"] == 1
    assert set(removed) == {"project_id", "project_kind", "workspace_id"}
    assert held(two) == set()


def test_who_cannot_go_on_begins_where_it_stood(studio: Studio) -> None:
    gone = lived_in(studio)
    both = {gone.project_id, house(studio, of=gone).project_id}
    erasure_id, _ = erased(gone)
    (kind,) = [each for each in studio.parts.kinds if each.name == "purge_workspace"]

    def run(task: Task, control: Control) -> Any:
        checks = iter((None, Unavailable("chassis.unavailable", "it is away")))

        def check() -> None:
            if (error := next(checks)) is not None:
                raise error

        control.check = check  # type: ignore[method-assign]
        return kind.run(task, control)

    assert Worker(studio.parts.app, [replace(kind, run=run)]).work()
    there = {each.id for each in studio.rows("select id from project")} & both
    assert (len(there), studio.told(f"erasure-{erasure_id}")) == (1, [])

    studio.due_now("purge_workspace")
    studio.work()
    assert held(gone) == set()
    assert len(studio.told(f"erasure-{erasure_id}")) == 1


def photograph() -> bytes:
    """Return a small picture of a wall and a floor."""
    picture = Image.effect_noise((640, 480), 40).convert("RGB")
    picture.paste((120, 80, 40), (0, 320, 640, 480))
    with io.BytesIO() as file:
        picture.save(file, "JPEG")
        return file.getvalue()


def test_three_photographs_come_out_while_another_tenant_has_two_hundred(studio: Studio) -> None:
    """A length is what one photograph takes: both threads end theirs, then each claims its next."""
    (kind,) = [each for each in studio.parts.kinds if each.name == "enhance_image"]
    both, made, content = Barrier(2), list[UUID | None](), photograph()

    def run(task: Task, control: Control) -> Any:
        studio.parts.door.tools.blobs.put(task.args["original_key"], content)
        made.append(task.workspace_id)
        both.wait(60)
        return kind.run(task, control)

    workers = [Worker(studio.parts.app, [replace(kind, run=run)]) for _ in range(2)]
    first = house(studio, 10)
    for _ in range(19):
        house(studio, 10, of=first)
    with ThreadPoolExecutor(2) as threads:

        def a_length() -> list[Future[bool]]:
            """Let both begin one, the second when the first has: none ends with another."""
            begun = []
            for worker in workers:
                begun.append(threads.submit(worker.work))
                until(lambda: len(made) % 2 == len(begun) % 2)
            return begun

        at_work = a_length()
        few = house(studio, 3)  # they arrive while both are at work
        for _ in range(3):
            assert all(each.result() for each in at_work)
            at_work = a_length()
        assert all(each.result() for each in at_work)
    assert (len(made), made.count(few.workspace_id)) == (8, 3)
    assert few.project()["completed_count"] == 3
