"""Calls that nobody waits for any more: they are looked at until it is known what they cost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from asking import kept
from asking.invariants import CALLS_AWAITED
from chassis import settings
from integration.stages.paid_engine import ENHANCING, PaidEngine, paid_engine
from integration.stages.photographs import House
from media import app as media
from media.settings import Settings
from servers.postgres import Server


@pytest.fixture(scope="module")
def on_one_suite(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PaidEngine]:
    with paid_engine(postgres_server, tmp_path_factory.mktemp("paid")) as made:
        yield made


@pytest.fixture
def paid(on_one_suite: PaidEngine) -> Iterator[PaidEngine]:
    yield on_one_suite
    on_one_suite.fal.unset()
    on_one_suite.fal.hold(False)


def given_up(paid: PaidEngine) -> House:
    """Return a photograph whose call fal has taken, and still has after its deadline."""
    paid.fal.hold()
    made = paid.begun()
    paid.work()
    to_its_deadline(paid, made)
    return made


def to_its_deadline(paid: PaidEngine, made: House) -> None:
    while paid.calls(made)[0].state in kept.OPEN:
        paid.later(30)
        paid.work()
    assert paid.studio.rows(CALLS_AWAITED.query) == []


def cost(paid: PaidEngine, made: House) -> tuple[str, int, int | None, int]:
    """Return the status of a photograph, and what its row, its call and its project have cost."""
    (row,) = paid.studio.rows(ROW, id=made.image_ids[0])
    (call,) = paid.calls(made)
    spent = paid.studio.parts.app.query(lambda db: kept.spent(db, UUID(made.project_id)))
    return row.status, row.cost_micro_usd, call.cost_micro_usd, spent


ROW = "select status, cost_micro_usd from image_generation where id = :id"


def test_what_fal_did_after_the_deadline_is_noted_when_it_is_found(paid: PaidEngine) -> None:
    paid.fal.switch("unavailable", 1, "PUT")  # it is not left
    paid.fal.switch("webhook_lost", None)
    made = given_up(paid)
    assert cost(paid, made) == ("failed", 0, None, ENHANCING)
    assert paid.fresh(made).project()["status"] == "failed"

    paid.fal.finish()
    paid.to_the_end()

    (job,), (call,) = paid.jobs_of(made), paid.calls(made)
    assert job.billable and job.forgotten
    assert cost(paid, made) == ("failed", ENHANCING, ENHANCING, ENHANCING)
    assert (call.state, call.error_type, call.sent_url) == ("given_up", "deadline", None)
    assert not any(each.startswith("sent/") for each in made.files())


def test_what_was_left_at_the_deadline_costs_nothing(paid: PaidEngine) -> None:
    made = given_up(paid)

    paid.to_the_end()

    assert [each.billable for each in paid.jobs_of(made)] == [False]
    assert cost(paid, made) == ("failed", 0, 0, 0)


def test_what_nobody_can_tell_counts_as_done(paid: PaidEngine) -> None:
    for method in ("GET", "PUT"):
        paid.fal.switch("unavailable", None, method)
    made = given_up(paid)

    paid.to_the_end()

    assert cost(paid, made) == ("failed", *[ENHANCING] * 3)


def test_what_is_in_no_list_of_fals_was_not_taken(paid: PaidEngine) -> None:
    paid.fal.hold()
    paid.fal.switch("broken", None, "POST")
    made = paid.begun()
    paid.work()
    (job,) = paid.jobs_of(made)
    paid.fal.state.jobs.pop(job.request_id)  # a machine before fal's has answered

    paid.to_the_end()

    assert cost(paid, made) == ("failed", 0, 0, 0)


def test_a_photograph_that_was_deleted_meanwhile_has_cost_its_project_something(
    paid: PaidEngine,
) -> None:
    paid.fal.switch("unavailable", 1, "PUT")
    made = given_up(paid)
    gone = {"project_id": made.project_id, "image_generation_ids": made.image_ids}
    paid.asked(made, "delete_images", **gone, idempotency_key="gone")
    paid.fal.finish()

    paid.to_the_end()

    spent = paid.studio.parts.app.query(lambda db: kept.spent(db, UUID(made.project_id)))
    assert (spent, paid.calls(made)[0].cost_micro_usd) == (ENHANCING, ENHANCING)
    late = "select data from events where stream_id = :id and type = 'LateResultNoted'"
    assert len(paid.studio.rows(late, id=f"image-{made.image_ids[0]}")) == 1


@contextmanager
def by_another_engine(paid: PaidEngine, **variables: str | None) -> Iterator[PaidEngine]:
    """Yield the same media after its settings were changed; None: not set any more."""
    changed = {**paid.studio.variables, "ENGINE": "local", **variables}
    given = {name: each for name, each in changed.items() if each is not None}
    parts = media.build(settings.load(Settings, given), _nobody, paid.clock)
    try:
        yield PaidEngine(replace(paid.studio, parts=parts), paid.fal, paid.clock)
    finally:
        parts.close()


def _nobody(service: str) -> Any:
    raise AssertionError(f"media calls nobody, not {service} either")


def waits(paid: PaidEngine) -> None:
    """Nothing is done yet."""


def is_taken(paid: PaidEngine) -> None:
    paid.fal.hold()
    paid.work()


def is_lost(paid: PaidEngine) -> None:
    paid.fal.hold()
    paid.fal.switch("reply_lost", 1, "POST")
    paid.work()


@pytest.mark.parametrize("state", [waits, is_taken, is_lost])
def test_what_is_open_at_fal_ends_though_new_work_is_done_here(
    paid: PaidEngine, state: Callable[[PaidEngine], None]
) -> None:
    made = paid.begun()
    state(paid)

    with by_another_engine(paid) as here:
        paid.fal.finish()
        here.to_the_end()

    assert cost(paid, made) == ("completed", *[ENHANCING] * 3)
    assert paid.fresh(made).project()["status"] == "completed"


@pytest.mark.parametrize("state", [waits, is_taken, is_lost])
def test_what_is_open_at_fal_fails_where_its_key_has_gone(
    paid: PaidEngine, state: Callable[[PaidEngine], None]
) -> None:
    made = paid.begun()
    state(paid)

    with by_another_engine(paid, FAL_KEY=None) as here:
        here.to_the_end()
        (row,) = paid.studio.rows(ROW, id=made.image_ids[0])
        assert row.status == "failed"
        if state is not waits:
            assert cost(paid, made) == ("failed", *[ENHANCING] * 3)
        here.start(replace(made, studio=here.studio))
        waiting = "select kind from jobs where subject = :id and state = 'waiting'"
        assert paid.studio.rows(waiting, id=made.image_ids[0]) == [("enhance_image",)]
