"""The rows that video shows of its clips: what each shows, and what came of it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.testing.projected import at, kept, projected
from unit.video.films import (
    CLIPS,
    CREATED,
    IMAGES,
    SETTINGS,
    SOURCES,
    STARTED,
    WANTED,
    WORKSPACE,
    finished,
)
from video.domain.video import ClipFailed, TransitionDropped
from video.projections import video_clips

VIDEO = UUID(int=77)
FIRST, LAST = CLIPS[0], replace(CLIPS[2], transition_type="cut", duration_seconds=10)
created = replace(CREATED, settings=replace(SETTINGS, clips=(FIRST, CLIPS[1], LAST)))
told: list[tuple[UUID, Any]] = [(FIRST.id, kept(room_label="Hall")), (VIDEO, created)]
MANNER = "slow and steady, at eye level, in one movement; light and materials stay true and sharp."
FIRST_ROW = {
    "id": str(FIRST.id),
    "video_project_id": str(VIDEO),
    "source_image_url": f"media:{IMAGES[0]}",
    "image_generation_id": str(IMAGES[0]),
    "end_image_url": None,
    "end_image_generation_id": None,
    "room_type": "hallway",
    "room_label": "Hall",
    "sequence_order": 0,
    "motion_prompt": f"The camera moves forward into the room, {MANNER}",
    "transition_type": "seamless",
    "transition_clip_url": None,
    "clip_url": None,
    "duration_seconds": 5,
    "status": "pending",
    "error_message": None,
    "metadata": None,
    "created_at": at(1),
    "updated_at": at(1),
}
SECOND_ROW = {
    **FIRST_ROW,
    "id": str(CLIPS[1].id),
    "source_image_url": f"media:{IMAGES[1]}",
    "image_generation_id": str(IMAGES[1]),
    "room_type": "kitchen",
    "room_label": None,
    "sequence_order": 1,
    "motion_prompt": f"The camera tracks sideways along the room, {MANNER}",
}
LAST_ROW = {
    **SECOND_ROW,
    "id": str(LAST.id),
    "source_image_url": f"media:{IMAGES[2]}",
    "image_generation_id": str(IMAGES[2]),
    "room_type": "garden",
    "sequence_order": 2,
    "motion_prompt": f"The camera sweeps wide over the scene, {MANNER}",
    "transition_type": "cut",
    "duration_seconds": 10,
}
PENDING = [FIRST_ROW, SECOND_ROW, LAST_ROW]


def shown(*events: Any) -> list[dict[str, Any]]:
    """Return the rows after these events of the created video."""
    later = [(VIDEO, each) for each in events]
    return projected(video_clips.projection, [*told, *later], workspace_id=WORKSPACE)


def test_each_clip_of_a_video_has_a_row() -> None:
    assert shown() == PENDING


def test_clips_that_are_being_made_name_our_own_copies() -> None:
    copies = [f"blob:{WORKSPACE}/sources/{each.sha256}.jpg" for each in SOURCES]
    # a clip's picture is its own, whatever a transition after it would be made of
    elsewhere = replace(WANTED[1], spec=replace(WANTED[1].spec, source_sha256="0" * 64))
    started = replace(STARTED, wanted=(*WANTED, elsewhere))
    assert shown(started) == [
        {**row, "source_image_url": copy, "status": "processing", "updated_at": at(2)}
        for row, copy in zip(PENDING, copies, strict=True)
    ]


def test_clips_that_show_the_same_thing_are_made_together() -> None:
    shared = replace(WANTED[0], clip_ids=(FIRST.id, LAST.id))
    copy = f"blob:{WORKSPACE}/sources/{SOURCES[0].sha256}.jpg"
    begun = {"source_image_url": copy, "status": "processing", "updated_at": at(2)}
    rows = shown(replace(STARTED, wanted=(shared,)))
    assert rows == [{**FIRST_ROW, **begun}, SECOND_ROW, {**LAST_ROW, **begun}]


def test_a_piece_that_came_out_is_shown_by_all_clips_that_it_is() -> None:
    shared = replace(finished(WANTED[0]), clip_ids=(FIRST.id, LAST.id), key="one")
    made = {"clip_url": "blob:one", "status": "completed", "updated_at": at(2)}
    assert shown(shared) == [{**FIRST_ROW, **made}, SECOND_ROW, {**LAST_ROW, **made}]


def test_a_transition_that_came_out_follows_its_clips() -> None:
    shared = replace(finished(WANTED[1]), clip_ids=(FIRST.id, LAST.id), key="two")
    made = {"transition_clip_url": "blob:two", "updated_at": at(2)}
    assert shown(shared) == [{**FIRST_ROW, **made}, SECOND_ROW, {**LAST_ROW, **made}]


def test_clips_that_could_not_be_made_say_why() -> None:
    failed = ClipFailed(
        revision=1, piece_id=WANTED[0].piece_id, clip_ids=(FIRST.id, LAST.id), cause="video.x"
    )
    why = "This clip could not be made (video.x)."
    lost = {"status": "failed", "error_message": why, "updated_at": at(2)}
    assert shown(failed) == [{**FIRST_ROW, **lost}, SECOND_ROW, {**LAST_ROW, **lost}]


def test_a_transition_that_could_not_be_made_is_a_cut() -> None:
    dropped = TransitionDropped(
        revision=1, piece_id=WANTED[1].piece_id, clip_ids=(FIRST.id, LAST.id), cause="video.x"
    )
    cut = {"metadata": {"transition": "cut", "cause": "video.x"}, "updated_at": at(2)}
    assert shown(dropped) == [{**FIRST_ROW, **cut}, SECOND_ROW, {**LAST_ROW, **cut}]
