"""The jobs that versions ask for: of what each is made, and what is not done any more."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.domain import fold
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.store import Recorded
from media.domain import image, project
from media.domain.image_events import Event as ImageEvent
from media.domain.image_events import ImageRetried
from media.domain.project_events import Event as ProjectEvent
from media.domain.project_events import ImagesRemoved, ProjectRemoved, UploadsRequested
from media.jobs import jobs
from media.jobs.making import params_hash
from unit.media import test_image as photograph
from unit.media.test_image import FIRST, SECOND
from unit.media.test_project import FIRST as KITCHEN
from unit.media.test_project import OPENED, WORKSPACE, announced, joined
from unit.media.test_project import SECOND as GARDEN
from unit.media.test_project_changes import MASKS, mask

PROJECT = UUID(int=99)
MADE_FROM = ("kind", "mode", "source_key", "source_sha256", "mask_key", "prompt")
ORIGINAL, RESULT = photograph.ORIGINAL, photograph.RESULT


def asked(event: Any, state: Any, subject: UUID = FIRST) -> list[Any]:
    recorded = Recorded(
        event_id=UUID(int=8),
        stream_id=f"x-{subject}",
        subject=subject,
        version=3,
        event=event,
        meta={"workspace": None},
        recorded_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return list(jobs(recorded, state))


def job(event: Any, *before: Any) -> Job:
    (only,) = asked(event, fold(image.decider, [*before, event]))
    assert isinstance(only, Job)
    return only


def test_a_photograph_is_made_of_its_original() -> None:
    only = job(photograph.queued, photograph.added)
    assert (only.kind, only.subject, only.args["image_id"]) == ("enhance_image", FIRST, FIRST)
    words = photograph.added.prompt
    made_from = (None, None, ORIGINAL.key, ORIGINAL.sha256, None, words)
    assert tuple(only.args[name] for name in MADE_FROM) == made_from


@pytest.mark.parametrize("own", [False, True])
def test_an_edit_is_made_of_what_came_out_and_its_mask_and_has_no_words_of_a_customers(
    own: bool,
) -> None:
    edited = replace(photograph.edited, own_prompt=True, prompt=None) if own else photograph.edited
    only = job(edited, *photograph.done)
    assert (only.kind, only.subject, only.args["image_id"]) == ("inpaint_image", SECOND, FIRST)
    made_from = ("edit", "remove", RESULT.key, RESULT.sha256, "m", edited.prompt)
    assert tuple(only.args[name] for name in MADE_FROM) == made_from
    failed = replace(photograph.failed, version_id=SECOND)
    again = job(ImageRetried(version_id=SECOND, run=None), *photograph.done, edited, failed)
    assert (again.kind, again.subject) == (only.kind, only.subject)
    assert tuple(again.args[name] for name in MADE_FROM) == made_from


def test_a_regeneration_is_made_of_the_original_in_its_own_style() -> None:
    only = job(photograph.regenerated, *photograph.done)
    assert (only.kind, only.subject) == ("enhance_image", photograph.regenerated.version_id)
    assert (only.args["source_key"], only.args["template"]) == (ORIGINAL.key, "scandinavian")


def test_what_nobody_waits_for_any_more_is_not_done_whichever_way_it_was_to_be() -> None:
    told: list[ImageEvent] = [photograph.added, photograph.queued, photograph.cancelled]
    state = fold(image.decider, told)
    *cancelled, left = asked(photograph.cancelled, state)
    assert all(isinstance(each, CancelJobs) and each.subject == FIRST for each in cancelled)
    kinds = {each.kind for each in cancelled}
    assert kinds == {"enhance_image", "inpaint_image", "ask_provider"}
    assert (left.kind, left.subject, left.args) == ("cancel_provider", FIRST, {"retries": 0})


def test_files_go_by_what_their_keys_begin_with() -> None:
    marks = UploadsRequested(uploads=(mask(MASKS[0]), mask(MASKS[1], of=GARDEN)))
    events: list[ProjectEvent] = [
        OPENED,
        announced(KITCHEN, GARDEN),
        joined(KITCHEN),
        joined(GARDEN),
        marks,
    ]
    gone = ImagesRemoved(
        image_ids=(KITCHEN,), completed_count=0, failed_count=0, status="pending", thumbnail_key="o"
    )
    (only,) = asked(gone, fold(project.decider, [*events, gone]), PROJECT)
    where = f"{WORKSPACE}/{PROJECT}"
    rooms = [
        f"{where}/{room}/{KITCHEN}" for room in ("incoming", "original", "result", "published")
    ]
    masks = [f"{where}/{room}/{MASKS[0]}" for room in ("incoming", "mask")]
    assert (only.kind, only.args) == ("forget_files", {"prefixes": [*rooms, *masks]})

    removed = ProjectRemoved()
    (whole,) = asked(removed, fold(project.decider, [*events, removed]), PROJECT)
    assert (whole.kind, whole.args) == ("forget_files", {"prefixes": [f"{where}/"]})


def test_the_copy_that_everybody_saw_goes_with_its_revocation() -> None:
    events = (photograph.added, photograph.published, photograph.revoked)
    (only,) = asked(photograph.revoked, fold(image.decider, events))
    where = f"{photograph.added.workspace_id}/{photograph.added.project_id}/published"
    assert (only.kind, only.args) == ("forget_files", {"prefixes": [f"{where}/{FIRST}-t"]})


def test_no_two_edits_by_words_of_a_customers_have_one_hash() -> None:
    args: dict[str, Any] = {
        "kind": "edit",
        "mode": "add",
        "source_sha256": "a",
        "mask_key": "m",
        "prompt": None,
        "template": "modern",
        "version_id": str(FIRST),
    }
    hashes = {
        params_hash("fal", "m", {**args, **changed})
        for changed in (
            {},
            {"version_id": str(SECOND)},
            {"mode": "remove"},
            {"mask_key": "n"},
            {"prompt": "x"},
        )
    }
    assert len(hashes) == 5
