"""What a model is told of a clip, and which clips a change makes anew because of it."""

from dataclasses import replace
from uuid import UUID

from unit.video.films import CLIPS, CREATED, IMAGES, SETTINGS
from video import planning
from video.domain.clips import Clip
from video.domain.pictures import Picture
from video.domain.plan import wanted_pieces
from video.domain.rooms import ambience, motion_prompt, towards
from video.domain.video_state import Video

READS = replace(SETTINGS, engine="fal", generate_native_audio=False)
VIDEO = Video(created=CREATED, settings=READS, clips=CLIPS)
FIRST, SECOND = CLIPS[0].id, CLIPS[1].id


def words(video: Video, **labels: str) -> dict[UUID, str]:
    texts = {SECOND: labels}
    return dict(planning.planned(video, texts).words)


def test_our_own_engine_reads_nothing() -> None:
    assert words(replace(VIDEO, settings=SETTINGS)) == {}


def test_a_model_is_told_the_room_s_move_or_the_customer_s_own_words() -> None:
    told = words(VIDEO, motion_prompt="Slowly up")
    assert told == {
        FIRST: motion_prompt("hallway"),
        SECOND: "Slowly up",
        CLIPS[2].id: motion_prompt("garden"),
    }


def test_with_sound_it_is_told_what_is_heard_inside_and_outside() -> None:
    loud = replace(VIDEO, settings=replace(READS, generate_native_audio=True))
    told = words(loud, motion_prompt="Slowly up")
    assert told[SECOND] == f"Slowly up\n{ambience('kitchen')}"
    assert told[CLIPS[2].id] == f"{motion_prompt('garden')}\n{ambience('garden')}"
    assert ambience("kitchen") != ambience("garden")


def test_a_clip_that_leads_to_another_picture_moves_towards_the_next_room_by_its_label() -> None:
    leads = replace(CLIPS[0], end_picture=Picture(image_generation_id=IMAGES[2]))
    told = words(replace(VIDEO, clips=(leads, *CLIPS[1:])), room_label="the kitchen")
    assert told[FIRST] == f"{motion_prompt('hallway')}\n{towards('the kitchen')}"


def test_another_label_and_a_clip_put_in_between_make_no_other_clip_anew() -> None:
    def clips_of(video: Video, **labels: str) -> dict[UUID, UUID]:
        wanted = wanted_pieces(planning.planned(video, {SECOND: labels}), video.clips)
        return {each.clip_ids[0]: each.piece_id for each in wanted if each.spec.kind == "clip"}

    new = Clip(id=UUID(int=9), picture=Picture(image_generation_id=UUID(int=9)), room_type="office")
    longer = replace(VIDEO, clips=(CLIPS[0], new, *CLIPS[1:]))
    before = clips_of(VIDEO, room_label="the kitchen")
    assert clips_of(VIDEO, room_label="another").items() == before.items()
    assert clips_of(longer, room_label="the kitchen").items() > before.items()
    assert clips_of(VIDEO, motion_prompt="Slowly up")[SECOND] != before[SECOND]
