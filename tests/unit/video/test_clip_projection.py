"""The rows that video shows of its clips: what each shows, and what came of it."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.testing.projected import at, kept, projected
from unit.video.films import BEGUN, CLIP_IDS, CLIPS, CREATED, IMAGES, VIDEO, end, run_ended
from video.domain.pictures import Picture
from video.domain.video_events import ClipsChanged, ImageForgotten, VideoRemoved
from video.projections import video_clips

FIRST, SECOND = CLIPS[:2]
LAST = replace(
    CLIPS[2],
    transition_type="cut",
    duration_seconds=10,
    picture=Picture(upload="a/uploads/1.jpg"),
    end_picture=Picture(image_generation_id=IMAGES[0]),
)
created = replace(CREATED, clips=(FIRST, SECOND, LAST))
told: list[tuple[Any, Any]] = [
    (FIRST.id, kept(room_label="Hall", motion_prompt="Up the stairs")),
    (VIDEO, created),
]
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
    "motion_prompt": "Up the stairs",
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
    "id": str(SECOND.id),
    "source_image_url": f"media:{IMAGES[1]}",
    "image_generation_id": str(IMAGES[1]),
    "room_type": "kitchen",
    "room_label": None,
    "sequence_order": 1,
    "motion_prompt": None,
}
LAST_ROW = {
    **SECOND_ROW,
    "id": str(LAST.id),
    "source_image_url": "blob:a/uploads/1.jpg",
    "image_generation_id": None,
    "end_image_url": f"media:{IMAGES[0]}",
    "end_image_generation_id": str(IMAGES[0]),
    "room_type": "garden",
    "sequence_order": 2,
    "transition_type": "cut",
    "duration_seconds": 10,
}
PENDING = [FIRST_ROW, SECOND_ROW, LAST_ROW]
MADE = {
    "status": "completed",
    "clip_url": "blob:clip",
    "transition_clip_url": "blob:transition",
}


def shown(*events: Any) -> list[dict[str, Any]]:
    """Return the rows after these events of the created video, in the order of the film."""
    later = [(VIDEO, each) for each in events]
    rows = projected(video_clips.projection, [*told, *later])
    return sorted(rows, key=lambda row: row["sequence_order"])


def test_each_clip_of_a_video_has_a_row() -> None:
    assert shown() == PENDING


def test_changed_clips_are_added_moved_and_removed() -> None:
    new = replace(CLIPS[2], id=VIDEO, picture=Picture(address="cafe"), room_type="sauna")
    moved = ClipsChanged(clips=(LAST, new, FIRST), removed=(SECOND.id,), estimated_cost_cents=0)
    new_row = SECOND_ROW | {
        "id": str(VIDEO),
        "source_image_url": "address:cafe",
        "image_generation_id": None,
        "room_type": "sauna",
        "created_at": at(2),
    }
    assert shown(moved) == [
        LAST_ROW | {"sequence_order": 0, "updated_at": at(2)},
        new_row | {"sequence_order": 1, "updated_at": at(2)},
        FIRST_ROW | {"sequence_order": 2, "updated_at": at(2)},
    ]


def test_what_a_run_has_made_says_nothing_of_clips_that_were_changed() -> None:
    ended = run_ended("cancelled", end(FIRST.id, clip_key="clip"), end(SECOND.id, cause="video.x"))
    same = ClipsChanged(clips=created.clips, removed=(), estimated_cost_cents=0)
    assert shown(ended, same) == [row | {"updated_at": at(3)} for row in PENDING]


def test_words_that_were_changed_stand_in_the_row_from_the_change_on() -> None:
    again = ClipsChanged(clips=created.clips, removed=(), estimated_cost_cents=0)
    later = [(FIRST.id, kept(room_label="Stairs")), (VIDEO, again)]
    rows = projected(video_clips.projection, [*told, *later])
    assert rows[0] == FIRST_ROW | {"room_label": "Stairs", "updated_at": at(2)}


def test_an_image_that_is_gone_is_named_by_no_clip_however_the_clips_are_changed_then() -> None:
    forgotten = ImageForgotten(image_generation_id=IMAGES[0], clip_ids=(FIRST.id, LAST.id))
    first, second, last = shown(forgotten)
    assert first == FIRST_ROW | {"image_generation_id": None, "updated_at": at(2)}
    assert second == SECOND_ROW
    assert last == LAST_ROW | {"end_image_generation_id": None, "updated_at": at(2)}
    clips = tuple(clip.without(IMAGES[0]) for clip in created.clips)
    first, *_, last = shown(
        forgotten, ClipsChanged(clips=clips, removed=(), estimated_cost_cents=0)
    )
    assert (first["image_generation_id"], last["end_image_generation_id"]) == (None, None)
    assert first["source_image_url"] == f"media:{IMAGES[0]}"  # by which its copy is found


def test_an_image_that_is_gone_takes_no_other_with_it() -> None:
    both = replace(LAST, picture=Picture(image_generation_id=IMAGES[1]))
    clips = ClipsChanged(clips=(FIRST, SECOND, both), removed=(), estimated_cost_cents=0)
    gone = ImageForgotten(image_generation_id=IMAGES[1], clip_ids=(SECOND.id, both.id))
    row = shown(clips, gone)[2]
    assert (row["image_generation_id"], row["end_image_generation_id"]) == (None, str(IMAGES[0]))
    gone = ImageForgotten(image_generation_id=IMAGES[0], clip_ids=(FIRST.id, both.id))
    row = shown(clips, gone)[2]
    assert (row["image_generation_id"], row["end_image_generation_id"]) == (str(IMAGES[1]), None)


def test_in_a_run_all_clips_are_at_work_and_nothing_of_the_last_one_is_left() -> None:
    before = (
        end(FIRST.id, clip_key="clip", transition_key="transition"),
        end(SECOND.id, cause="video.x"),
        end(LAST.id, clip_key="clip", cause="video.x"),
    )
    at_work = [row | {"status": "processing", "updated_at": at(3)} for row in PENDING]
    assert shown(run_ended("failed", *before), BEGUN) == at_work


@pytest.mark.parametrize(
    ("became", "row"),
    [
        ({"clip_key": "clip", "transition_key": "transition"}, MADE),
        ({"clip_key": "clip"}, MADE | {"transition_clip_url": None}),
        (
            {"clip_key": "clip", "cause": "video.x"},
            MADE
            | {"transition_clip_url": None, "metadata": {"transition": "cut", "cause": "video.x"}},
        ),
        (
            {"cause": "video.x"},
            {"status": "failed", "error_message": "This clip could not be made (video.x)."},
        ),
        ({}, {}),  # neither there nor lost: it waits for the next run
    ],
    ids=["made", "made before a cut", "transition lost", "lost", "unfinished"],
)
def test_after_a_run_a_clip_is_what_has_become_of_it(
    became: dict[str, str], row: dict[str, Any]
) -> None:
    rows = shown(BEGUN, run_ended("failed", end(FIRST.id, **became)))
    assert rows[0] == FIRST_ROW | row | {"updated_at": at(3)}
    assert [each["status"] for each in rows[1:]] == ["processing"] * 2  # named by no end


def test_the_clips_of_a_removed_video_have_no_rows() -> None:
    assert shown(VideoRemoved(clip_ids=CLIP_IDS, revision=1)) == []
