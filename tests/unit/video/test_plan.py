from dataclasses import replace
from uuid import UUID

from unit.video.films import CLIPS, IMAGES, SETTINGS, SOURCES, WANTED, WORKSPACE
from video.domain.plan import (
    Settings,
    Source,
    Wanted,
    estimated_cost_cents,
    film_order,
    wanted_pieces,
)


def pieces(settings: Settings, sources: tuple[Source, ...] = SOURCES) -> tuple[Wanted, ...]:
    return wanted_pieces(WORKSPACE, settings, sources)


def ids(wanted: tuple[Wanted, ...]) -> set[UUID]:
    return {each.piece_id for each in wanted}


def test_n_seamless_clips_have_n_less_one_transitions() -> None:
    kinds = [each.spec.kind for each in WANTED]
    assert kinds == ["clip", "transition", "clip", "transition", "clip"]


def test_a_cut_has_no_transition() -> None:
    cut = replace(CLIPS[0], transition_type="cut")
    kinds = [each.spec.kind for each in pieces(replace(SETTINGS, clips=(cut, *CLIPS[1:])))]
    assert kinds == ["clip", "clip", "transition", "clip"]


def test_the_same_inputs_name_the_same_pieces_in_any_film_of_the_workspace() -> None:
    renamed = replace(SETTINGS, title="Another", music_volume=0)
    others = tuple(replace(clip, id=UUID(int=clip.id.int + 50)) for clip in CLIPS)
    assert ids(pieces(replace(renamed, clips=others))) == ids(WANTED)
    assert not ids(wanted_pieces(UUID(int=9), SETTINGS, SOURCES)) & ids(WANTED)


def test_one_picture_changed_of_three_changes_one_clip_and_two_transitions() -> None:
    changed = (SOURCES[0], replace(SOURCES[1], sha256="e" * 64), SOURCES[2])
    new = [each for each in pieces(SETTINGS, changed) if each.piece_id not in ids(WANTED)]
    assert [each.spec.kind for each in new] == ["transition", "clip", "transition"]


def test_everything_a_piece_shows_is_in_its_key() -> None:
    for changed in ({"aspect_ratio": "1:1"}, {"engine": "other"}):
        assert not ids(pieces(replace(SETTINGS, **changed))) & ids(WANTED)  # type: ignore[arg-type]
    silent = pieces(replace(SETTINGS, generate_native_audio=False))
    shared = [each.spec.kind for each in silent if each.piece_id in ids(WANTED)]
    assert shared == ["transition", "transition"]  # which are silent anyway
    longer = (replace(CLIPS[0], duration_seconds=10), *CLIPS[1:])
    assert len(ids(pieces(replace(SETTINGS, clips=longer))) - ids(WANTED)) == 1
    elsewhere = (replace(CLIPS[0], room_type="garage"), *CLIPS[1:])
    assert len(ids(pieces(replace(SETTINGS, clips=elsewhere))) - ids(WANTED)) == 2


def test_a_film_may_show_one_picture_twice_and_renders_it_once() -> None:
    twice = replace(CLIPS[0], id=UUID(int=299), transition_type="cut")
    clips = (replace(CLIPS[0], transition_type="cut"), CLIPS[1], twice)
    wanted = pieces(replace(SETTINGS, clips=clips))
    assert [len(each.clip_ids) for each in wanted if each.spec.kind == "clip"] == [2, 1]
    keys = {each.piece_id: each.spec.kind + each.spec.room_type for each in wanted}
    order = film_order(clips, wanted, keys)
    assert order == ("cliphallway", "clipkitchen", "transitionkitchen", "cliphallway")


def test_the_local_engine_charges_nothing() -> None:
    assert estimated_cost_cents(CLIPS, "local") == 0


def test_each_piece_leads_to_its_own_pictures() -> None:
    sha256 = dict(zip(IMAGES, (each.sha256 for each in SOURCES), strict=True))
    transition = WANTED[1].spec
    assert (transition.source_sha256, transition.end_sha256) == (
        sha256[IMAGES[0]],
        sha256[IMAGES[1]],
    )
    assert (transition.room_type, transition.end_room_type) == ("hallway", "kitchen")
