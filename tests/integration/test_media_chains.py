"""Versions of a photograph on PostgreSQL: numbered without a gap, one current, none for nothing."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from asking import kept
from chassis import ids
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Rejected
from integration.stages.photographs import House, Studio, house, studio_on
from integration.stages.provider_calls import call_for
from media.domain import customer
from media.domain.customer import HearStatus
from servers.postgres import Server

MANY = 50
AT_ONCE = 10  # connections that media has
DAMAGED = Invalid("engine.damaged", "this cannot be read")
DONE, FAILED, AT_WORK = "completed", "failed", "processing"


@pytest.fixture(scope="module")
def studio(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("media")
    limits = {"VERSIONS_PER_IMAGE": "60", "VERSIONS_AT_WORK": str(MANY), "RETRIES_PER_VERSION": "2"}
    with studio_on(postgres_server, folder, **limits) as made:
        yield made


@pytest.fixture
def finished(studio: Studio) -> House:
    """A photograph that came out."""
    made = house(studio)
    studio.work()
    return made


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [each.result() for each in [threads.submit(work) for work in works]]


def test_fifty_edits_at_once_are_versions_without_a_gap_and_fifty_choices_leave_one(
    finished: House,
) -> None:
    (image,) = finished.image_ids
    wanted = {"image_generation_id": image, "mask_id": finished.mask(image)}
    edits = at_once([partial(finished.call, "edit_image", **wanted)] * MANY)

    assert sorted(each["image_version"] for each in edits) == list(range(2, 2 + MANY))
    with pytest.raises(Rejected, match=r"media\.too_much_at_work"):
        finished.call("edit_image", **wanted)

    assert finished.studio.work() == MANY
    versions = finished.versions(image)
    assert [number for number, _, _ in versions] == list(range(1, 2 + MANY))
    assert [each[0] for each in versions if each[2]] == [1 + MANY]  # the latest one that came out

    chosen = [image, *(each["image_generation_id"] for each in edits[1:])]
    at_once([partial(finished.call, "select_version", image_generation_id=id) for id in chosen])
    assert sum(stands for _, _, stands in finished.versions(image)) == 1


def test_an_edit_is_made_of_the_version_and_the_mask_it_names(finished: House) -> None:
    (image,) = finished.image_ids
    mask = finished.mask(image)
    words = "take the bin away"
    first = finished.call(
        "edit_image", image_generation_id=image, mask_id=mask, prompt=words, idempotency_key="e"
    )
    repeated = finished.call(
        "edit_image", image_generation_id=image, mask_id=mask, prompt=words, idempotency_key="e"
    )
    assert (repeated, first["image_version"], first["id"]) == (first, 2, image)
    second = first["image_generation_id"]
    assert finished.call("get_image", image_generation_id=second)["prompt"] == words
    assert finished.project()["status"] == DONE  # an edit changes its photograph alone

    assert finished.studio.work() == 1
    args = finished.studio.made[-1]
    source = finished.call("get_image", image_generation_id=image)
    assert f"blob:{args['source_key']}" == source["result_image_url"]
    assert args["mask_key"].endswith(f"/mask/{mask}.png")
    assert (args["mode"], args["prompt"]) == ("remove", None)  # the words are in no job
    assert finished.versions(image) == [(1, DONE, False), (2, DONE, True)]
    stored = "select 1 from events where data::text like :words"
    assert finished.studio.rows(stored, words=f"%{words}%") == []


def test_a_regeneration_is_made_of_the_original_in_the_style_that_is_given(
    finished: House,
) -> None:
    (image,) = finished.image_ids
    made = finished.call(
        "regenerate_image", image_generation_id=image, style_template_id="luxury-high-end"
    )
    assert finished.studio.work() == 1
    args = finished.studio.made[-1]
    assert (args["source_key"], args["template"]) == (args["original_key"], "luxury-high-end")
    assert args["kind"] == "regenerate"
    told = [each["image_id"] for each in finished.studio.told(f"image-{image}")]
    assert told == [image, made["image_generation_id"]]


def test_a_photograph_that_failed_is_tried_again_in_a_run_of_its_project(studio: Studio) -> None:
    two = house(studio, 2)
    lost, came = two.image_ids
    studio.outside[lost] = DAMAGED
    studio.work()
    assert (two.versions(lost), two.project()["status"]) == ([(1, FAILED, True)], DONE)

    again = two.call("retry_image", image_generation_id=lost)
    assert again["run"] == 2  # the first is over
    project = two.project()
    assert (project["status"], project["failed_count"], project["run"]) == (AT_WORK, 0, 2)
    with pytest.raises(Rejected, match=r"media\.not_failed"):
        two.call("retry_image", image_generation_id=lost)
    studio.work()
    assert (two.versions(lost), two.project()["status"]) == ([(1, DONE, True)], DONE)
    assert two.call("get_image", image_generation_id=lost)["attempts"] == 2


def test_a_version_is_tried_again_so_often_and_its_project_hears_nothing_of_it(
    finished: House,
) -> None:
    (image,) = finished.image_ids
    before = finished.project()["version"]
    made = finished.call("regenerate_image", image_generation_id=image)
    version = made["image_generation_id"]
    for expected in (None, None):
        finished.studio.outside[version] = DAMAGED
        finished.studio.work()
        again = finished.call("retry_image", image_generation_id=version)
        assert again["run"] is expected
    finished.studio.outside[version] = DAMAGED
    finished.studio.work()
    with pytest.raises(Rejected, match=r"media\.too_many_retries"):
        finished.call("retry_image", image_generation_id=version)
    assert finished.versions(image) == [(1, DONE, True), (2, FAILED, False)]
    assert finished.project()["version"] == before


def test_all_that_failed_is_not_cleared_any_more_and_starts_anew_with_what_failed(
    studio: Studio,
) -> None:
    lost = house(studio, 2)
    studio.outside.update(dict.fromkeys(lost.image_ids, DAMAGED))
    studio.work()
    assert (lost.project()["status"], lost.project()["clearance"]) == (FAILED, "none")
    with pytest.raises(Rejected, match=r"media\.not_cleared"):
        lost.call("retry_image", image_generation_id=lost.image_ids[0])
    asked = lost.call("start_project", project_id=lost.project_id, idempotency_key="anew")
    assert asked["clearance"] == "requested"


def test_who_cancels_ends_the_work_and_what_comes_late_changes_nothing(studio: Studio) -> None:
    one = house(studio)
    (image,) = one.image_ids
    cancelled = one.call("cancel_image", image_generation_id=image)
    assert cancelled["status"] == FAILED
    assert one.call("cancel_image", image_generation_id=image) == cancelled
    assert studio.work() == 0  # its job was cancelled
    (row,) = one.project()["images"]
    assert (row["error_message"], one.project()["status"]) == (
        "Processing was cancelled.",
        FAILED,
    )


def test_a_cancelled_edit_leaves_its_photograph_as_it_was(finished: House) -> None:
    (image,) = finished.image_ids
    before = finished.project()["version"]
    made = finished.call("regenerate_image", image_generation_id=image)["image_generation_id"]
    assert finished.call("cancel_image", image_generation_id=made)["status"] == FAILED
    assert finished.studio.work() == 0
    assert finished.versions(image) == [(1, DONE, True), (2, FAILED, False)]
    assert finished.project()["version"] == before


def test_what_waits_of_later_versions_is_cancelled_where_nothing_may_be_begun(
    finished: House,
) -> None:
    (image,) = finished.image_ids
    finished.call("regenerate_image", image_generation_id=image)
    suspended = HearStatus(status="suspended")
    finished.studio.decide(
        lambda unit: unit.decide(customer.decider, finished.workspace_id, suspended)
    )
    assert finished.studio.work() == 1  # what takes back, and nothing after it
    assert finished.versions(image) == [(1, DONE, True), (2, FAILED, False)]
    for method in ("regenerate_image", "retry_image", "edit_image"):
        wanted = {"image_generation_id": image}
        if method == "edit_image":
            wanted["mask_id"] = finished.mask(image)
        if method == "retry_image":
            items = finished.call("list_versions", image_generation_id=image)["items"]
            wanted["image_generation_id"] = items[1]["id"]
        with pytest.raises(Rejected, match=r"media\.workspace_suspended"):
            finished.call(method, **wanted)


def test_what_cannot_be_begun_says_why(finished: House) -> None:
    (image,) = finished.image_ids
    mask, long = finished.mask(image), finished.mask(image, width=100, height=200)
    neighbour = house(finished.studio)
    (elsewhere,) = neighbour.image_ids
    theirs = neighbour.mask(elsewhere)
    failed = finished.call("regenerate_image", image_generation_id=image)["image_generation_id"]
    finished.call("cancel_image", image_generation_id=failed)
    refusals: list[tuple[str, dict[str, Any], type[Exception], str]] = [
        ("edit_image", {"mode": "add", "mask_id": mask, "prompt": "a sofa"}, Rejected, "needs_gen"),
        ("edit_image", {}, Rejected, "mask_missing"),
        ("edit_image", {"mask_id": long}, Rejected, "mask_mismatch"),
        ("edit_image", {"mask_id": theirs}, NotFound, "image_not_found"),
        ("edit_image", {"mask_id": mask, "at": failed}, Rejected, "not_completed"),
        ("edit_image", {"mask_id": mask, "at": elsewhere}, NotFound, "image_not_found"),
        ("regenerate_image", {"style_template_id": "gothic"}, Rejected, "unknown_template"),
        ("regenerate_image", {"at": elsewhere}, NotFound, "image_not_found"),
        ("retry_image", {}, Rejected, "not_failed"),
        ("retry_image", {"at": elsewhere}, NotFound, "image_not_found"),
        ("select_version", {"at": failed}, Rejected, "not_completed"),
        ("select_version", {"at": elsewhere}, NotFound, "image_not_found"),
        ("cancel_image", {"at": elsewhere}, NotFound, "image_not_found"),
        ("cancel_image", {"at": str(uuid4())}, NotFound, "image_not_found"),
        ("regenerate_image", {"expected_version": 1}, Conflict, "version_mismatch"),
    ]
    before = finished.studio.rows("select count(*) from events")
    for method, changed, kind, code in refusals:
        wanted = {"image_generation_id": changed.pop("at", image), **changed}
        with pytest.raises(kind, match=code):
            finished.call(method, **wanted)
    assert finished.studio.rows("select count(*) from events") == before


def test_a_member_changes_their_own_photographs_and_an_admin_anybodys(finished: House) -> None:
    (image,) = finished.image_ids
    member = finished.studio.person(finished.workspace_id)
    admin = finished.studio.person(finished.workspace_id, "admin")
    keyed = {"idempotency_key": "gone", "project_id": finished.project_id}
    with pytest.raises(Forbidden, match=r"media\.not_your_project"):
        member.call("delete_images", image_generation_ids=[image], **keyed)
    for method in ("regenerate_image", "cancel_image", "select_version"):
        with pytest.raises(Forbidden, match=r"media\.not_your_project"):
            member.call(method, image_generation_id=image)
    made = admin.call("regenerate_image", image_generation_id=image)
    version = made["version"]
    assert (
        admin.call(
            "cancel_image",
            image_generation_id=made["image_generation_id"],
            expected_version=version,
        )["version"]
        == version + 1
    )


@pytest.mark.parametrize("is_known", [True, False])
def test_paid_work_of_a_project_is_not_without_end_and_what_is_deleted_was_paid_for(
    studio: Studio, is_known: bool
) -> None:
    made = house(studio, 2)
    studio.work()
    gone, stays = made.image_ids
    asked = call_for(made, gone, price_micro_usd=5_000_000)
    over = kept.settled(asked, ids.now(), True, None) if is_known else kept.lost(asked)
    studio.decide(lambda unit: unit.execute(over))
    deleted(made, gone)

    with pytest.raises(Rejected, match=r"media\.paid_work_exhausted"):
        made.call("regenerate_image", image_generation_id=stays)


def deleted(made: House, *image_ids: str) -> Any:
    return made.call(
        "delete_images",
        project_id=made.project_id,
        image_generation_ids=list(image_ids),
        idempotency_key=str(image_ids),
    )


def test_photographs_go_with_versions_masks_words_and_files_and_the_rest_stays(
    studio: Studio,
) -> None:
    three = house(studio, 3)
    studio.work()
    gone, _, stays = three.image_ids
    mask, kept = three.mask(gone), three.mask(stays)
    edit = three.call("edit_image", image_generation_id=gone, mask_id=mask, prompt="the bin")
    with pytest.raises(NotFound, match=r"media\.image_not_found"):
        deleted(three, gone, str(uuid4()))
    assert len(three.project()["images"]) == 3

    reply = deleted(three, edit["image_generation_id"], gone)  # one photograph, however named
    assert (reply["deleted"], deleted(three, edit["image_generation_id"], gone)) == (1, reply)
    project = three.project()
    assert (project["image_count"], project["completed_count"], project["status"]) == (2, 2, DONE)
    assert gone not in str(project)
    with pytest.raises(NotFound, match=r"media\.image_not_found"):
        three.call("get_image", image_generation_id=edit["image_generation_id"])
    assert studio.rows("select 1 from personal where value = 'the bin'") == []
    told = studio.told(f"image-{gone}")[-1]
    assert told == {
        "root_id": gone,
        "project_id": three.project_id,
        "workspace_id": str(three.workspace_id),
        "version_ids": [gone, edit["image_generation_id"]],
    }

    assert studio.work() == 1  # the edit's job was cancelled; what is left lets go of files
    assert [each for each in three.files() if gone in each or mask in each] == []
    assert len([each for each in three.files() if stays in each or kept in each]) == 3


def test_a_project_goes_with_all_that_is_in_it_and_a_late_writers_files_too(
    studio: Studio,
) -> None:
    two = house(studio, 2)
    lost, _ = two.image_ids
    prefix = f"{two.workspace_id}/{two.project_id}"
    reply = two.call("delete_project", project_id=two.project_id, idempotency_key="gone")
    assert reply["id"] == two.project_id
    for method in ("get_project", "start_project"):
        more = {"idempotency_key": "s"} if method == "start_project" else {}
        with pytest.raises(NotFound, match=r"media\.project_not_found"):
            two.call(method, project_id=two.project_id, **more)
    assert studio.work() == 1  # no photograph's: both were cancelled
    assert two.files() == []

    waits = "select extract(epoch from run_at - now()) from jobs where kind = 'forget_files'"
    for at_most in (60, 900):  # within two minutes; and who was at work for longest
        studio.parts.door.tools.blobs.put(f"{prefix}/result/{lost}/late.jpg", b"late")
        assert studio.work() == 0
        ((left,),) = studio.rows(
            f"{waits} and state = 'waiting' and subject = :id", id=two.project_id
        )
        assert left <= at_most
        assert studio.due_now("forget_files") >= 1
        assert studio.work() >= 1
        assert two.files() == []
    gone = "select 1 from jobs where state = 'waiting' and subject = :id"
    assert studio.rows(gone, id=two.project_id) == []
    assert studio.told(f"project-{two.project_id}")[-1] == {
        "project_id": two.project_id,
        "project_kind": "image_project",
        "workspace_id": str(two.workspace_id),
    }


def test_what_came_out_of_a_run_is_owed_though_the_project_goes(studio: Studio) -> None:
    two = house(studio, 2)
    _, second = two.image_ids
    later = "update jobs set run_at = now() + interval '1 hour' where subject = :id"
    studio.decide(lambda unit: unit.execute(text(later), id=second))
    assert studio.work() == 1
    two.call("delete_project", project_id=two.project_id, idempotency_key="gone")
    completed, removed = studio.told(f"project-{two.project_id}")[-2:]
    assert completed["completed_count"] == 1
    assert set(removed) == {"project_id", "project_kind", "workspace_id"}
