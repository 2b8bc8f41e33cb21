"""Films whose pieces kling makes: asked for once, paid for once, there for the next start."""

import io
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import requests
from PIL import Image
from sqlalchemy import event, text

from chassis.errors import Rejected
from emptying import purging
from fal import films as answers
from integration.stages.films_at_work import Tour
from integration.stages.paid_film_stories import told
from integration.stages.paid_films import A_PIECE, PaidFilms, paid_films
from servers.postgres import Server
from video.domain.engines import KLING
from video.domain.rooms import motion_prompt
from video.gateways.fal import NEGATIVE, PASSAGE
from video.gateways.index import read
from waiting import until

ALIVE = text("update jobs set deaths = 0 where kind = 'ask_provider'")  # the third ends a job
BROKEN = answers.painting(answers.FORMS["broken"])


@pytest.fixture(scope="module")
def on_one_suite(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PaidFilms]:
    folder = tmp_path_factory.mktemp("paid")
    with paid_films(postgres_server, folder, VIDEO_BUDGET_CENTS="105") as made:
        yield made


@pytest.fixture
def paid(on_one_suite: PaidFilms) -> Iterator[PaidFilms]:
    yield on_one_suite
    on_one_suite.fal.unset()
    on_one_suite.fal.hold(False)
    on_one_suite.fal.late(0)
    on_one_suite.fal.state.paint = answers.painting()
    assert on_one_suite.films.forgotten() == []


def pieces(paid: PaidFilms, film: Tour) -> list[str]:
    """Return what lies there of pieces, and of what was sent."""
    listed = paid.blobs.listed(f"{film.workspace_id}/")
    keys = [each.key.split("/", 1)[1] for each in listed]
    return sorted(each for each in keys if each.startswith(("pieces/", "sent/")))


def test_each_piece_is_made_by_one_call_of_pictures_in_the_films_ratio(paid: PaidFilms) -> None:
    paid.fal.hold()
    film = paid.begun(aspect_ratio="9:16")
    paid.work()
    clip, passage = (
        next(each for each in paid.jobs_of(film) if ("end_image_url" in each.input) is is_passage)
        for is_passage in (False, True)
    )
    sent = Image.open(io.BytesIO(requests.get(clip.input["start_image_url"], timeout=5).content))
    assert (sent.format, round(sent.width / sent.height, 2)) == ("JPEG", 0.56)
    assert requests.get(passage.input["end_image_url"], timeout=5).status_code == 200
    said = [
        {key: job.input[key] for key in job.input if "url" not in key} for job in (clip, passage)
    ]
    told = {"negative_prompt": NEGATIVE, "duration": "5", "generate_audio": False}
    prompts = {motion_prompt(room) for room in ("hallway", "kitchen")}
    assert said[0].pop("prompt") in prompts
    assert said == [told, {**told, "prompt": PASSAGE}]

    paid.fal.finish()
    paid.to_the_end()

    assert paid.fresh(film).status == "completed"
    assert paid.spent(film) == 3 * A_PIECE
    jobs, calls = paid.jobs_of(film), paid.calls(film)
    assert [(each.endpoint, each.billable, each.forgotten) for each in jobs] == [
        (KLING, True, True)
    ] * 3
    assert {(each.state, each.cost_micro_usd, each.sent_url) for each in calls} == {
        ("answered", A_PIECE, None)
    }
    stored = pieces(paid, film)
    assert [each.partition("/")[0] for each in stored] == ["pieces"] * 3
    with paid.blobs.local(f"{film.workspace_id}/{stored[0]}") as path:
        pictures = read(path).pictures
        assert pictures is not None
        assert (pictures.size, pictures.duration_ms, pictures.steady) == ((1080, 1920), 5_000, True)


def test_a_broken_film_is_paid_for_and_what_a_retry_needs_is_asked_for_within_the_budget_alone(
    paid: PaidFilms,
) -> None:
    paid.fal.hold()
    film = paid.begun()
    paid.work()
    clip = next(each for each in paid.jobs_of(film) if "end_image_url" not in each.input)
    good = paid.fal.state.paint
    paid.fal.state.paint = lambda job: (BROKEN if job is clip else good)(job)
    paid.fal.hold(False)
    paid.fal.finish()
    paid.to_the_end()
    shown = paid.fresh(film).shown()
    (broken,) = [each for each in shown["clips"] if each["status"] == "failed"]
    assert (shown["status"], paid.spent(film)) == ("failed", 3 * A_PIECE)
    assert "bad_output" in str(broken)

    with pytest.raises(Rejected, match=r"video\.over_budget") as refused:
        paid.fresh(film).call("retry_failed")
    assert refused.value.details == {"spent": 105, "needed": 35, "cap": 105}
    paid.raise_cap(film, 140)
    retried = paid.fresh(film).call("retry_failed")

    assert retried["pieces"] == 1
    film.answer(2)
    paid.to_the_end()
    assert paid.fresh(film).status == "completed"
    assert (len(paid.jobs_of(film)), paid.spent(film)) == (4, 4 * A_PIECE)


def test_what_was_asked_for_is_there_for_the_next_start_and_paid_for_once(paid: PaidFilms) -> None:
    paid.fal.hold()
    film = paid.begun()
    paid.work()
    paid.fresh(film).call("cancel_video")
    assert paid.fresh(film).status == "draft"
    paid.fal.finish()
    paid.to_the_end()
    assert (paid.spent(film), len(pieces(paid, film))) == (3 * A_PIECE, 3)

    paid.fal.hold(False)
    started = paid.fresh(film).start()
    paid.to_the_end()

    assert started["clearance"] == "cleared"
    assert paid.fresh(film).status == "completed"
    assert (len(paid.jobs_of(film)), paid.spent(film)) == (3, 3 * A_PIECE)


def test_what_is_asked_for_is_waited_for_again_by_the_next_start(paid: PaidFilms) -> None:
    paid.fal.hold()
    film = paid.begun()
    paid.work()
    paid.fresh(film).call("cancel_video")
    paid.fresh(film).start()
    paid.work()
    assert paid.fresh(film).status == "generating"

    paid.fal.finish()
    paid.to_the_end()

    assert paid.fresh(film).status == "completed"
    assert (len(paid.jobs_of(film)), paid.spent(film)) == (3, 3 * A_PIECE)


def test_whenever_it_is_cancelled_what_was_asked_for_is_there_and_nothing_else_is_asked_for(
    paid: PaidFilms,
) -> None:
    posts = list[int]()
    while True:
        film, known = paid.begun(), list[int]()
        paid.worker.work()  # its pictures
        canceller = paid.fresh(film)
        with ThreadPoolExecutor(1) as other:

            def cancel() -> None:
                known.append(len(paid.calls(film)))  # noqa: B023 - it is called in this turn
                other.submit(canceller.call, "cancel_video").result()  # noqa: B023

            if not paid.struck(len(posts) + 1, cancel, ["begin"]):
                break
        paid.to_the_end()

        posts.append(len(paid.jobs_of(film)))
        assert (posts[-1:], len(pieces(paid, film))) == (known, posts[-1])
        assert paid.spent(film) == posts[-1] * A_PIECE
        assert paid.fresh(film).status == "draft"
    assert set(posts) == {0, 1} and len(posts) > 4
    paid.to_the_end()


def test_who_cancels_while_a_call_is_being_kept_waits_and_finds_it(paid: PaidFilms) -> None:
    film, called = paid.begun(), list[Future[Any]]()
    canceller = paid.fresh(film)
    paid.worker.work()  # its pictures
    with ThreadPoolExecutor(1) as other:

        def cancel() -> None:
            called.append(other.submit(canceller.call, "cancel_video"))
            until(lambda: called[0].done() or paid.films.rows(BLOCKED) != [])

        def when_it_is_kept(connection: Any) -> None:
            kept = connection.execute(KEPT, {"id": str(film.workspace_id)}).first()
            if not called and kept is not None:
                cancel()

        event.listen(paid.app.engine, "commit", when_it_is_kept)
        try:
            paid.worker.work()
        finally:
            event.remove(paid.app.engine, "commit", when_it_is_kept)
        called[0].result()
    paid.to_the_end()

    assert (len(paid.jobs_of(film)), len(pieces(paid, film))) == (1, 1)
    assert (paid.fresh(film).status, paid.spent(film)) == ("draft", A_PIECE)


KEPT = text("select 1 from provider_call where workspace_id = :id")
BLOCKED = "select 1 from pg_locks where locktype = 'advisory' and not granted"


def test_under_seeds_no_piece_is_paid_twice_and_no_film_is_stuck(paid: PaidFilms) -> None:
    bad = []
    for seed in range(12):
        happened, wrong = told(paid, seed)
        if wrong:
            bad.append(f"seed {seed}: {wrong} after {happened}")
    assert bad == []


def test_who_is_killed_at_the_post_posts_no_second_time(paid: PaidFilms) -> None:
    film = paid.begun()
    paid.worker.work()
    moment = 1
    while not paid.jobs_of(film):
        moment += 1
        assert paid.killed(moment) and moment < 40
        paid.films.decide(lambda unit: unit.execute(ALIVE))
    assert [each.state for each in paid.calls(film)] == ["asked"]

    paid.to_the_end()

    assert paid.fresh(film).status == "completed"
    assert (len(paid.jobs_of(film)), paid.spent(film)) == (3, 3 * A_PIECE)


def test_who_dies_thrice_after_the_post_leaves_the_call_to_who_looks_at_it(
    paid: PaidFilms,
) -> None:
    paid.fal.hold()
    film = paid.begun()
    paid.worker.work()
    moment = 1
    while not paid.jobs_of(film):
        moment += 1
        assert paid.killed(moment)
        paid.films.decide(lambda unit: unit.execute(ALIVE))
    dying = text("update jobs set deaths = 3 where kind = 'ask_provider' and subject = :id")
    (call,) = paid.calls(film)
    paid.films.decide(lambda unit: unit.execute(dying, id=call.subject))
    paid.work()
    assert paid.fresh(film).status == "generating"

    paid.fal.finish()
    paid.to_the_end()

    assert paid.fresh(film).status == "completed"
    assert (len(paid.jobs_of(film)), paid.spent(film)) == (3, 3 * A_PIECE)


def test_a_call_that_comes_to_nothing_by_its_deadline_fails_its_clip_and_its_cost_is_noted(
    paid: PaidFilms,
) -> None:
    paid.fal.hold()
    paid.fal.switch("unavailable", None, "PUT")  # none is left
    paid.fal.switch("webhook_lost", None)
    film = paid.begun()
    paid.work()
    while paid.fresh(film).status == "generating":
        paid.later(60)
        paid.work()
    assert (paid.fresh(film).status, paid.spent(film)) == ("failed", 0)
    (begun, *_), now = paid.calls(film), paid.clock()
    assert 1_200 <= (now - begun.asked_at).total_seconds() < 1_300

    paid.fal.finish()
    paid.to_the_end()

    assert paid.spent(film) == 3 * A_PIECE
    assert paid.fresh(film).status == "failed"
    assert pieces(paid, film) == []


@pytest.mark.parametrize("is_left", [True, False])
def test_a_workspace_that_is_emptied_while_fal_is_at_work_keeps_nothing_of_it(
    paid: PaidFilms, is_left: bool
) -> None:
    paid.fal.hold()
    if not is_left:
        paid.fal.switch("unavailable", None, "PUT")
    film = paid.begun()
    paid.work()
    gone = purging.of_erased(film.workspace_id, uuid4(), uuid4())
    paid.films.decide(lambda unit: unit.queue(gone, film.workspace_id))
    jobs = paid.jobs_of(film)
    paid.films.work("purge_workspace")
    paid.work()
    paid.fal.finish()
    paid.to_the_end()

    assert [each.billable for each in jobs] == [not is_left] * 3
    assert all(each.forgotten for each in jobs)
    assert list(paid.blobs.listed(f"{film.workspace_id}/")) == []
    state = "select type from events where type = 'PieceCompleted' and meta ->> 'workspace' = :id"
    assert paid.films.rows(state, id=str(film.workspace_id)) == []


def test_a_piece_whose_words_were_forgotten_is_not_asked_for(paid: PaidFilms) -> None:
    film = paid.begun()
    paid.worker.work()
    words = text("delete from personal where field = 'prompt'")
    paid.films.decide(lambda unit: unit.execute(words))

    paid.to_the_end()

    assert [each.input["prompt"] for each in paid.jobs_of(film)] == [PASSAGE]
    assert paid.fresh(film).status == "failed"
