"""Films on PostgreSQL: made once, made again, broken off, held, deleted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Rejected
from emptying import purging
from integration.stages.films_at_work import (
    COMPILE,
    FETCH,
    RENDER,
    Films,
    Tour,
    films_on,
    tour,
)
from integration.stages.strokes import beside
from servers.postgres import Server

DAMAGED = Invalid("engine.damaged", "this cannot be read")
GONE = NotFound("media.image_not_found", "no such image")


@pytest.fixture(scope="module")
def films(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Films]:
    with films_on(postgres_server, tmp_path_factory.mktemp("video")) as made:
        yield made


@pytest.fixture(autouse=True)
def as_before(films: Films) -> Iterator[None]:
    yield
    assert not any(films.outside.values()), "something was to go wrong, and was not done"


def clip_states(film: Tour) -> list[tuple[str, bool, bool]]:
    """Return of each clip its status, whether it is there, and whether what follows it is."""
    return [
        (each["status"], each["clip_url"] is not None, each["transition_clip_url"] is not None)
        for each in film.shown()["clips"]
    ]


def test_a_film_of_three_clips_is_fetched_once_made_of_five_pieces_and_joined_once(
    films: Films,
) -> None:
    film = tour(films).begin()
    assert film.status == "generating"
    assert films.work() == 1 + 5 + 1
    shown = film.shown()
    assert (shown["status"], shown["clearance"], shown["revision"]) == ("completed", "cleared", 1)
    assert shown["duration_seconds"] == 25
    assert shown["final_video_url"] == shown["film"]["ref"]
    assert clip_states(film) == [
        ("completed", True, True),
        ("completed", True, True),
        ("completed", True, False),
    ]
    assert films.told(f"video_project-{film.id}") == [
        "video_created",
        "project_start_requested",
        "project_completed",
    ]


def test_two_films_of_the_same_share_their_pieces(films: Films) -> None:
    film = tour(films).begin()
    films.work(FETCH)
    other = tour(films, of=film).begin()
    films.work(FETCH)
    assert films.work(RENDER) == 5
    assert films.work(COMPILE) == 2
    third = tour(films, of=film).begin()
    assert films.work() == 1 + 1  # all its pieces are there
    assert {film.status, other.status, third.status} == {"completed"}


def test_one_clip_changed_is_one_clip_and_two_transitions_made_anew(films: Films) -> None:
    film = tour(films, rooms=("hallway", "kitchen", "bathroom", "garden")).begin()
    films.work()
    assert film.call("new_revision")["revision"] == 2
    middle = film.shown()["clips"][1]["id"]
    film.call("update_clip", clip_id=middle, image_generation_id=str(uuid4()))
    estimate = film.call("estimate")
    film.start()
    assert films.work() == 1 + 3 + 1
    kinds = [each.args["spec"]["kind"] for each in film.jobs(RENDER)[-3:]]
    assert sorted(kinds) == ["clip", "transition", "transition"]
    assert sum(not each["reused"] for each in estimate["items"]) == 3 + 1  # and not known yet
    assert films.told(f"video_project-{film.id}").count("project_start_requested") == 1
    assert film.call("get_video", revision=1)["film"]["ref"] != film.shown()["film"]["ref"]


def test_a_failed_clip_fails_the_film_once_all_others_have_ended_and_is_made_again(
    films: Films,
) -> None:
    film = tour(films).begin()
    films.outside[f"{RENDER}:clip"] = [DAMAGED]
    assert films.work() == 1 + 5
    shown = film.shown()
    assert (shown["status"], shown["clearance"]) == ("failed", "none")
    assert sorted(each[0] for each in clip_states(film)) == ["completed", "completed", "failed"]
    retried = film.call("retry_failed")
    assert (retried["clearance"], retried["pieces"]) == ("requested", 1)
    film.answer(1)  # the clearance of the run that failed is void
    assert film.status == "failed"
    film.answer(2)
    assert films.work() == 1 + 1 + 1
    assert film.status == "completed"
    assert films.told(f"video_project-{film.id}") == [
        "video_created",
        "project_start_requested",
        "project_failed",
        "project_start_requested",
        "project_completed",
    ]


def test_a_film_is_joined_without_what_failed(films: Films) -> None:
    film = tour(films, rooms=("hallway", "kitchen", "bathroom", "garden")).begin()
    films.outside[f"{RENDER}:clip"] = [DAMAGED]
    films.work()
    lost = next(each["id"] for each in film.shown()["clips"] if each["status"] == "failed")
    dropped = film.call("compile_without_failed")
    assert dropped["dropped_clip_ids"] == [lost]
    film.answer(2)
    assert films.work() == 1 + 1  # nothing is made, all is joined
    assert film.status == "completed"
    manifest = film.call("manifest")
    assert manifest["dropped_clip_ids"] == [lost]
    assert lost not in {each["clip_id"] for each in manifest["parts"]}


def test_a_film_of_two_is_not_joined_without_one(films: Films) -> None:
    film = tour(films, rooms=("hallway", "kitchen")).begin()
    films.outside[f"{RENDER}:clip"] = [DAMAGED]
    films.work()
    with pytest.raises(Rejected, match=r"video\.too_few_clips_left"):
        film.call("compile_without_failed")
    assert film.shown()["clearance"] == "none"  # nothing was asked of billing


def test_a_lost_transition_is_a_cut_and_said_so(films: Films) -> None:
    film = tour(films).begin()
    films.outside[f"{RENDER}:transition"] = [DAMAGED]
    films.work()
    assert film.status == "completed"
    assert sum(after for _, _, after in clip_states(film)) == 1
    assert len(film.call("manifest")["parts"]) == 4


def test_a_compile_that_fails_twice_fails_the_film_and_is_all_that_a_retry_does(
    films: Films,
) -> None:
    film = tour(films).begin()
    films.outside[COMPILE] = [DAMAGED]
    films.work()
    assert (film.status, film.shown()["error_message"] is not None) == ("failed", True)
    with pytest.raises(Rejected, match=r"video\.nothing_failed"):
        film.call("compile_without_failed")
    assert film.call("retry_failed")["pieces"] == 0
    film.answer(2)
    assert films.work() == 1 + 1
    assert film.status == "completed"


def test_pieces_that_are_gone_are_made_again(films: Films) -> None:
    film = tour(films).begin()
    films.work(FETCH, RENDER)
    gone = film.jobs(RENDER)[0].args["spec"]
    keys = [each.key for each in films.blobs.listed(f"{film.workspace_id}/pieces/")]
    films.blobs.delete(keys[0])
    assert films.work() == 1 + 1 + 1  # joined, made again, joined
    assert (film.status, gone["kind"] in ("clip", "transition")) == ("completed", True)


def test_a_picture_that_media_has_deleted_before_it_was_copied_fails_the_run(
    films: Films,
) -> None:
    film = tour(films).begin()
    films.outside[FETCH] = [GONE]
    assert films.work() == 1
    assert film.status == "failed"
    assert films.told(f"video_project-{film.id}")[-1] == "project_failed"
    film.call("retry_failed")
    film.answer(2)
    assert films.work() == 1 + 5 + 1
    assert film.status == "completed"


@pytest.mark.parametrize("done", [(), (FETCH,), (FETCH, RENDER)], ids=["fetch", "pieces", "join"])
def test_a_run_that_is_broken_off_is_a_draft_again_and_finds_what_was_made(
    films: Films, done: tuple[str, ...]
) -> None:
    film = tour(films).begin()
    made = sum(films.work(each) for each in done)
    film.call("cancel_video")
    assert (film.status, film.shown()["clearance"]) == ("draft", "cleared")
    assert films.work() == 0  # nothing of it is done any more
    started = film.start()
    assert started["clearance"] == "cleared"  # billing is asked nothing
    rendered = 5 if done == (FETCH, RENDER) else 0
    assert films.work() == 1 + 5 - rendered + 1
    assert film.status == "completed"
    assert made == {0: 0, 1: 1, 2: 6}[len(done)]


def test_a_retry_that_is_broken_off_at_once_still_shows_what_was_made(films: Films) -> None:
    film = tour(films).begin()
    films.outside[f"{RENDER}:clip"] = [DAMAGED]
    films.work()
    film.call("retry_failed")
    film.answer(2)
    film.call("cancel_video")
    assert film.status == "draft"
    assert sum(there for _, there, _ in clip_states(film)) == 2
    film.start()
    assert films.work() == 1 + 1 + 1
    assert film.status == "completed"


def test_a_retry_that_is_broken_off_and_changed_makes_the_film_of_the_clips_as_they_are_now(
    films: Films,
) -> None:
    film = tour(films).begin()
    films.outside[f"{RENDER}:clip"] = [DAMAGED]
    films.work()
    film.call("retry_failed")
    film.answer(2)
    film.call("cancel_video")
    lost = film.shown()["clips"][0]["id"]
    film.call("remove_clip", clip_id=lost)
    film.start()
    films.work()
    assert film.status == "completed"
    assert lost not in {each["clip_id"] for each in film.call("manifest")["parts"]}


def test_a_retry_whose_pictures_cannot_be_fetched_still_shows_what_was_made(
    films: Films,
) -> None:
    film = tour(films).begin()
    films.outside[f"{RENDER}:clip"] = [DAMAGED]
    films.work()
    before = clip_states(film)
    film.call("retry_failed")
    film.answer(2)
    films.outside[FETCH] = [GONE]
    films.work()
    assert (film.status, film.shown()["completed_clip_count"]) == ("failed", 2)
    assert clip_states(film) == before
    film.call("retry_failed")
    film.answer(3)
    assert films.work() == 1 + 1 + 1
    assert film.status == "completed"


def test_a_start_that_nobody_has_paid_is_withdrawn_whatever_billing_says_later(
    films: Films,
) -> None:
    film = tour(films)
    film.start()
    film.answer(1, "no_method")
    assert film.shown()["clearance"] == "payment_required"
    film.call("cancel_video")
    film.answer(1)
    assert (film.status, film.shown()["clearance"]) == ("draft", "none")
    film.begin(2)
    films.work()
    assert film.status == "completed"


def test_what_is_suspended_finishes_what_it_makes_and_is_held(films: Films) -> None:
    film = tour(films).begin()
    films.work(FETCH)

    def suspended_meanwhile(task: object) -> None:
        films.hear_status(film.workspace_id, "suspended")
        films.work("hold_work")

    films.outside[RENDER] = [suspended_meanwhile]
    assert films.work(RENDER) == 1
    assert (film.status, films.work()) == ("draft", 0)
    with pytest.raises(Rejected, match=r"video\.workspace_suspended"):
        film.start()
    films.hear_status(film.workspace_id, "active")
    film.start()
    assert films.work() == 1 + 4 + 1  # what was made is there
    assert film.status == "completed"


def test_what_is_finished_in_a_workspace_that_is_emptied_meanwhile_is_not_kept(
    films: Films,
) -> None:
    film = tour(films).begin()
    films.work(FETCH)

    def emptied_meanwhile(task: object) -> None:
        films.hear_status(film.workspace_id, "closed")
        films.work("hold_work")
        purge = purging.of_closed(film.workspace_id, timedelta())
        films.decide(lambda unit: unit.queue(purge, film.workspace_id))
        films.work("purge_workspace", "forget_files")

    films.outside[RENDER] = [emptied_meanwhile]
    assert films.work(RENDER) == 1
    ended = "select 1 from events where type = 'PieceCompleted' and meta->>'workspace' = :id"
    assert films.rows(ended, id=str(film.workspace_id)) == []
    left = "select 1 from {} where workspace_id = :id"
    for table in ("video_project", "film", "piece"):
        assert films.rows(left.format(table), id=str(film.workspace_id)) == []
    films.due_now("forget_files")
    films.work()
    assert list(films.blobs.listed(f"{film.workspace_id}/")) == []


def test_what_is_being_joined_when_it_is_suspended_is_finished(films: Films) -> None:
    film = tour(films).begin()
    films.work(FETCH, RENDER)
    films.hear_status(film.workspace_id, "suspended")
    films.work()
    assert film.status == "completed"


def test_a_film_that_two_want_goes_on_for_the_one_when_the_other_is_broken_off(
    films: Films,
) -> None:
    film = tour(films).begin()
    films.work(FETCH)
    other = tour(films, of=film).begin()
    films.work(FETCH)
    film.call("cancel_video")
    assert films.work() == 5 + 1
    assert (film.status, other.status) == ("draft", "completed")


def test_a_film_that_is_deleted_ends_first_and_its_files_go(films: Films) -> None:
    film = tour(films).begin()
    films.work()
    key = film.shown()["film"]["ref"].removeprefix("blob:")
    film.call("delete_video", idempotency_key="d")
    films.work()
    assert key not in {each.key for each in films.blobs.listed("")}
    assert films.told(f"video_project-{film.id}")[-1] == "project_deleted"
    with pytest.raises(NotFound, match="video_project_not_found"):
        film.shown()
    running = tour(films).begin()
    films.work(FETCH)
    running.call("delete_video", idempotency_key="d")
    assert films.work(RENDER, COMPILE) == 0
    assert films.rows("select 1 from video_clip where video_project_id = :id", id=running.id) == []


@pytest.mark.parametrize("how", ["cancel", "hold", "delete"])
def test_a_run_that_is_broken_off_while_its_film_begins_leaves_none_that_is_made(
    films: Films, how: str
) -> None:
    for moment in count():
        film = tour(films).begin()
        films.work(FETCH)
        film.call("cancel_video")
        film.start()  # its pictures are there: nothing new is to be noted of them
        if how == "hold":
            films.hear_status(film.workspace_id, "suspended")
        break_off: dict[str, Callable[[], object]] = {
            "cancel": partial(film.call, "cancel_video"),
            "hold": films.worker("hold_work").work,
            "delete": partial(film.call, "delete_video", idempotency_key="d"),
        }
        if not beside(films.parts.app, films.worker(FETCH).work, moment, break_off[how]):
            break
        assert at_work_for_nobody(films) == []
    assert moment > 0
    films.work()


def test_what_is_held_and_finished_while_it_is_started_again_is_there_for_it(
    films: Films,
) -> None:
    for moment in count():
        film = tour(films).begin()
        films.work(FETCH)
        is_held, is_going_on = Event(), Event()

        def held_and_started_again(task: object) -> None:
            films.hear_status(film.workspace_id, "suspended")  # noqa: B023 - done in this turn
            films.work("hold_work")
            films.hear_status(film.workspace_id, "active")  # noqa: B023
            film.start()  # noqa: B023
            is_held.set()  # noqa: B023
            is_going_on.wait()  # noqa: B023

        films.outside[RENDER] = [held_and_started_again]
        with ThreadPoolExecutor(1) as renderer:
            rendering = renderer.submit(films.worker(RENDER).work)
            is_held.wait()

            def finished() -> None:
                is_going_on.set()  # noqa: B023
                rendering.result()  # noqa: B023

            was_beside = beside(films.parts.app, films.worker(FETCH).work, moment, finished)
            is_going_on.set()
        films.work()
        assert film.status == "completed"
        if not was_beside:
            break
    assert moment > 0


def at_work_for_nobody(films: Films) -> list[Any]:
    return films.rows(
        "select f.id from film f left join video_project p on p.id = f.video_project_id"
        " where f.status in ('working', 'joining')"
        " and coalesce(p.status, '') not in ('generating', 'compiling')"
    )


def test_members_do_to_their_own_films_what_admins_do_to_all(films: Films) -> None:
    film = tour(films)
    other, admin = (films.person(film.workspace_id, role) for role in ("member", "admin"))
    for method in ("new_revision", "cancel_video", "auto_arrange", "retry_failed"):
        with pytest.raises(Forbidden, match=r"video\.not_your_video"):
            other.call(method, video_project_id=film.id)
    assert admin.call("cancel_video", video_project_id=film.id)["id"] == film.id
    stranger = films.person(uuid4(), "owner")
    film.begin()
    films.work(FETCH)
    with pytest.raises(NotFound, match="video_project_not_found"):
        stranger.call("cancel_video", video_project_id=film.id)
    version = film.shown()["version"]
    with pytest.raises(Conflict):
        film.call("cancel_video", expected_version=version - 1)
    assert film.call("cancel_video", expected_version=version)["version"] == version + 1
    with pytest.raises(NotFound, match="video_project_not_found"):
        stranger.call("start_video", video_project_id=film.id, idempotency_key="s")


def test_the_last_two_pieces_that_end_at_once_begin_one_joining(films: Films) -> None:
    for _ in range(12):
        film = tour(films, rooms=("hallway", "kitchen"), of=None).begin()
        films.work(FETCH)
        with ThreadPoolExecutor(3) as replicas:
            done = [each.result() for each in [replicas.submit(films.work, RENDER) for _ in "123"]]
        assert sum(done) == 3
        begun = "select 1 from events where stream_id = :id and type = 'CompileStarted'"
        assert len(films.rows(begun, id=f"film-{film.film_id()}")) == 1
        assert films.work(COMPILE) == 1
        assert film.status == "completed"


def test_thirty_changes_and_ten_revisions_make_no_stream_long(films: Films) -> None:
    film = tour(films)
    for number in range(30):
        film.call("update_video", name=f"Storgata {number}")
    film.begin()
    films.work()
    for number in range(10):
        film.call("new_revision")
        film.call("update_video", music_volume=number)
        film.start()
        films.work()
    assert film.shown()["revision"] == 11
    longest = "select stream_id, max(version) v from events group by 1 order by 2 desc limit 1"
    ((_, length),) = films.rows(longest)
    assert length <= 200


@pytest.mark.parametrize(
    ("done", "found"),
    [
        ((), [("generating", False)]),
        ((FETCH,), [("rendering", True)] * 5),
        ((FETCH, RENDER), [("compiling", False)]),
    ],
    ids=["fetching", "rendering", "joining"],
)
def test_a_film_whose_jobs_were_lost_is_found(
    films: Films, done: tuple[str, ...], found: list[tuple[str, bool]]
) -> None:
    film = tour(films).begin()
    for kind in done:
        films.work(kind)
    lose = "update jobs set state = 'dead' where state = 'waiting' and workspace_id = :id"
    films.decide(lambda unit: unit.execute(text(lose), id=str(film.workspace_id)))
    rows = films.forgotten()
    assert [(row.status, row.piece_id is not None) for row in rows] == found
    film.call("cancel_video")
    assert films.forgotten() == []
