"""The paid engine, from a start to a result, through fal's stand-in."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pyexiv2
import pytest
import requests
from prometheus_client import REGISTRY
from sqlalchemy import text

from chassis.jobs.jobs import Worker
from emptying import purging
from fal.webhooks import posted, signed
from integration.stages.paid_engine import INPAINTING, PaidEngine, paid_engine
from integration.stages.paid_stories import told
from media.domain import customer
from media.domain.customer import HearStatus
from servers.postgres import Server

WEBHOOKS: dict[str, Any] = {"told": None, "not told": "webhook_lost"}


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
    on_one_suite.fal.late(0)


@pytest.mark.parametrize("lost", WEBHOOKS.values(), ids=WEBHOOKS)
def test_a_photograph_is_made_by_one_call_and_costs_what_it_costs(
    paid: PaidEngine, lost: Any
) -> None:
    if lost:
        paid.fal.switch(lost, None)
    made = paid.begun()
    (image,) = made.image_ids
    begun_at = paid.clock()

    paid.to_the_end()

    row = paid.asked(made, "get_image", image_generation_id=image)
    (job,), (call,) = paid.jobs_of(made), paid.calls(made)
    assert (row["status"], row["cost_cents"], row["attempts"]) == ("completed", 4, 1)
    assert (row["metadata"]["engine"], row["metadata"]["model"]) == ("fal", job.endpoint)
    assert (call.state, call.request_id, call.sent_url) == ("answered", job.request_id, None)
    assert (call.answered_at - begun_at).total_seconds() < 7
    assert job.told == ([] if lost else [200])
    assert made.project()["status"] == "completed"
    assert not any("/sent/" in f"/{each}" for each in made.files())
    assert job.forgotten


def test_what_fal_is_sent_can_be_fetched_and_tells_nothing(paid: PaidEngine) -> None:
    paid.fal.hold()
    made = paid.begun()
    paid.work()
    (job,) = paid.jobs_of(made)

    link = job.input["image_urls"][0]
    with pyexiv2.ImageData(requests.get(link, timeout=5).content) as picture:
        assert (picture.get_mime_type(), picture.read_exif()) == ("image/jpeg", {})
    paid.fal.finish()
    paid.to_the_end()
    assert requests.get(link, timeout=5).status_code == 404


def test_a_workspace_that_is_purged_at_work_leaves_nothing(paid: PaidEngine) -> None:
    paid.fal.hold()
    made = paid.begun()
    paid.work()
    gone = purging.of_erased(made.workspace_id, uuid4(), uuid4())
    paid.studio.decide(lambda unit: unit.queue(gone, made.workspace_id))
    kinds = [each for each in paid.studio.parts.kinds if each.name == "purge_workspace"]
    (job,) = paid.jobs_of(made)

    assert Worker(paid.studio.parts.app, kinds).work()
    paid.to_the_end()

    assert (made.files(), paid.fal.billable.count(job), job.forgotten) == ([], 0, True)
    (call,) = paid.calls(made)
    assert (call.state, call.sent_url) == ("answered", None)


def test_a_marked_area_is_changed_by_one_call(paid: PaidEngine) -> None:
    made = paid.begun()
    paid.to_the_end()
    (image,) = made.image_ids
    wanted = {"image_generation_id": image, "mask_id": made.mask(image), "mode": "add"}
    edit = paid.asked(made, "edit_image", **wanted, prompt="a lamp")["image_generation_id"]

    paid.to_the_end()

    row = paid.asked(made, "get_image", image_generation_id=edit)
    job = paid.jobs_of(made)[-1]
    assert (row["status"], row["cost_cents"]) == ("completed", INPAINTING // 10_000)
    assert (job.input["prompt"], job.endpoint) == ("a lamp", "fal-ai/qwen-image-edit/inpaint")
    assert "/blobs/" in job.input["mask_url"]


def test_a_cancelled_call_is_left_and_a_retry_is_another_one(paid: PaidEngine) -> None:
    paid.fal.hold()
    made = paid.begun()
    (image,) = made.image_ids
    paid.work()
    shown = made.project()["images"][0]["progress"]
    assert shown == {"percent": 50, "step": "processing"}

    done = paid.asked(made, "cancel_image", image_generation_id=image)
    paid.fal.hold(False)
    paid.start(made)  # the photograph that has failed is tried once more
    paid.to_the_end()

    first, second = paid.jobs_of(made)
    assert (done["status"], first.billable, second.billable) == ("failed", False, True)
    row = paid.asked(made, "get_image", image_generation_id=image)
    assert (row["status"], row["cost_cents"]) == ("completed", 4)


def test_the_door_hears_fal_alone_about_calls_of_ours_and_keeps_nothing(paid: PaidEngine) -> None:
    paid.fal.switch("webhook_lost", None)
    paid.fal.switch("reply_lost", 1, "POST")
    paid.fal.late(1)
    made = paid.begun()
    paid.work()
    (job,), before = paid.jobs_of(made), paid.calls(made)
    before_jobs = paid.studio.rows(JOBS, id=str(made.workspace_id))
    assert (before[0].state, before[0].request_id) == ("unknown", None)

    statuses = {}
    for fault in ("webhook_unsigned", "webhook_old"):
        paid.fal.switch(fault)
        statuses[fault] = timed(lambda: paid.fal.tell(job))
    nobodys, unknown = replace(job, webhook=f"{job.webhook}"[:-36] + str(uuid4())), counted()
    statuses["nobody's"] = timed(lambda: paid.fal.tell(nobodys))
    statuses["no id"] = timed(lambda: paid.fal.tell(replace(job, webhook=f"{job.webhook}x")))
    assert counted() == unknown + 2
    body = b" " * 2_000_000
    headers = signed(paid.fal.state.signing, "r", int(paid.clock().timestamp()), body)
    statuses["2 MB"] = timed(lambda: posted(str(job.webhook), body, headers))

    assert statuses == {
        "webhook_unsigned": 401,
        "webhook_old": 401,
        "nobody's": 202,
        "no id": 202,
        "2 MB": 413,
    }
    assert paid.calls(made) == before
    assert paid.studio.rows(JOBS, id=str(made.workspace_id)) == before_jobs

    assert timed(lambda: paid.fal.tell(job)) == 200

    (call,) = paid.calls(made)
    assert (call.state, call.request_id) == ("unknown", job.request_id)
    other = replace(job, request_id=str(uuid4()))
    assert timed(lambda: paid.fal.tell(other)) == 202  # the call is known by another name
    assert paid.calls(made) == [call]
    asked_at = paid.clock()
    paid.fal.finish()
    paid.to_the_end()
    (call,) = paid.calls(made)
    assert (call.state, call.error_type) == ("answered", None)
    assert (call.answered_at - asked_at).total_seconds() < 60  # before it would be looked up


JOBS = "select id, kind, state, run_at from jobs where workspace_id = :id order by id"


def counted() -> float:
    return REGISTRY.get_sample_value("provider_webhooks_unknown_total") or 0


def timed(telling: Callable[[], int]) -> int:
    """Return what the door answers, in less than a second."""
    started = time.monotonic()
    status = telling()
    assert time.monotonic() - started < 1
    return status


def test_a_call_that_is_lost_is_found_after_a_minute_and_posted_once(paid: PaidEngine) -> None:
    paid.fal.switch("webhook_lost", None)
    paid.fal.switch("reply_lost", 1, "POST")
    made = paid.begun()
    began = paid.clock()

    paid.to_the_end()

    (job,), (call,) = paid.jobs_of(made), paid.calls(made)
    assert (call.state, call.request_id, call.status_url) == ("answered", job.request_id, None)
    assert 60 <= (call.answered_at - began).total_seconds() < 100
    assert made.project()["status"] == "completed"


@pytest.mark.parametrize("fault", ["rate_limited", "unavailable"])
def test_a_call_that_is_not_taken_is_asked_for_thrice(paid: PaidEngine, fault: Any) -> None:
    paid.fal.switch(fault, 3, "POST")
    made = paid.begun()

    paid.to_the_end()

    states = [(each.state, each.number) for each in paid.calls(made)]
    assert states == [("refused", 1), ("refused", 2), ("refused", 3)]
    row = paid.asked(made, "get_image", image_generation_id=made.image_ids[0])
    assert (row["status"], row["cost_cents"], row["attempts"]) == ("failed", 0, 3)


def test_who_is_killed_at_the_post_posts_no_second_time(paid: PaidEngine) -> None:
    made = paid.begun()
    moment = 1
    while not paid.jobs_of(made):  # killed earlier and earlier is told in the seeds
        moment += 1
        assert paid.killed(moment) and moment < 40
        claims_forgotten(paid)
    (call,) = paid.calls(made)
    assert call.state == "asked"

    paid.to_the_end()

    (job,), (call,) = paid.jobs_of(made), paid.calls(made)
    assert (call.state, call.request_id) == ("answered", job.request_id)
    assert made.project()["status"] == "completed"


def claims_forgotten(paid: PaidEngine) -> None:
    """Let no death count: the third would end the job."""
    alive = text("update jobs set deaths = 0 where kind = 'ask_provider'")
    paid.studio.decide(lambda unit: unit.execute(alive))


def test_while_fal_is_away_nothing_is_open_after_the_deadline(paid: PaidEngine) -> None:
    made = paid.begun()
    paid.worker.work()
    for method in ("GET", "PUT", "DELETE"):
        paid.fal.switch("unavailable", None, method)

    paid.to_the_end()

    (call,) = paid.calls(made)
    assert (call.state, call.error_type) == ("given_up", "deadline")
    assert (call.answered_at - call.deadline_at).total_seconds() < 60
    row = paid.asked(made, "get_image", image_generation_id=made.image_ids[0])
    assert (row["status"], row["error_message"] is not None) == ("failed", True)


def test_a_call_that_is_being_posted_is_not_taken_back(paid: PaidEngine) -> None:
    made = paid.begun()
    paid.fal.switch("webhook_lost", None)
    moment = 1
    while not paid.calls(made):
        moment += 1
        assert paid.killed(moment)
        claims_forgotten(paid)

    barring = HearStatus(status="suspended", purge_after=None)
    paid.studio.decide(lambda unit: unit.decide(customer.decider, made.workspace_id, barring))
    holding = [each for each in paid.studio.parts.kinds if each.name == "hold_work"]
    assert Worker(paid.studio.parts.app, holding).work()
    paid.to_the_end()

    assert [each.state for each in paid.calls(made)] in (["answered"], ["given_up"])
    (row,) = paid.studio.rows(STATUS, id=made.image_ids[0])
    assert row.status in ("completed", "failed")
    assert not any(each.startswith("sent/") for each in made.files())


STATUS = "select status from image_generation where id = :id"


def test_whenever_it_is_cancelled_no_call_is_forgotten_and_none_is_begun(
    paid: PaidEngine,
) -> None:
    posts = list[int]()
    while True:
        made, before = paid.begun(), paid.fal.posts
        (image,), known = made.image_ids, list[int]()
        asked = partial(paid.asked, made, "cancel_image", image_generation_id=image)
        with ThreadPoolExecutor(1) as other:

            def cancel() -> None:
                known.append(len(paid.calls(made)))  # noqa: B023 - it is called in this turn
                other.submit(asked).result()  # noqa: B023

            if not paid.struck(len(posts) + 1, cancel, ["begin"]):
                break
        paid.to_the_end()

        posts.append(paid.fal.posts - before)
        row = paid.asked(made, "get_image", image_generation_id=image)
        states, jobs = [each.state for each in paid.calls(made)], paid.jobs_of(made)
        assert (row["status"], [len(jobs)], posts[-1:]) == ("failed", known, known)
        assert (states, row["cost_cents"]) == (["answered"] * len(jobs), 4 * len(jobs))
        assert not any(each.startswith("sent/") for each in made.files())
    assert set(posts) == {0, 1} and len(posts) > 4
    paid.to_the_end()


def test_who_cancels_too_late_leaves_no_later_try(paid: PaidEngine) -> None:
    paid.fal.hold()
    made = paid.begun()
    (image,) = made.image_ids
    paid.work()
    paid.asked(made, "cancel_image", image_generation_id=image)
    late = text("update jobs set run_at = now() + interval '1 s' where kind = 'cancel_provider'")
    paid.studio.decide(lambda unit: unit.execute(late))
    paid.start(made)
    paid.work()
    paid.later(2)
    paid.work()
    first, second = paid.jobs_of(made)
    assert (first.ended_at is None, second.ended_at is None) == (False, True)

    paid.fal.finish()
    paid.to_the_end()

    assert made.project()["status"] == "completed"


def test_under_seeds_no_call_is_paid_twice_and_none_is_forgotten(paid: PaidEngine) -> None:
    bad = []
    for seed in range(20):
        happened, wrong = told(paid, seed)
        if wrong:
            bad.append(f"seed {seed}: {wrong} after {happened}")
    assert bad == []
