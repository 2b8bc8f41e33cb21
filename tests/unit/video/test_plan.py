"""Of what a film is made: its pieces, what names them, what they cost; which clips are mirrored."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.video.films import CLIPS, PLANNING, SETTINGS, SOURCES, WANTED, WORKSPACE
from video.domain.clips import Clip, arranged, mirrored, moved
from video.domain.pictures import Picture
from video.domain.plan import Planning, Settings, Spec, Wanted, film_order, wanted_pieces
from video.domain.prices import estimated_cost_cents, items
from video.domain.rooms import MOVES, ROOM_TYPES, room_of

A, B = "a" * 64, "b" * 64
CLIP = Spec(
    kind="clip",
    engine="local",
    source_sha256=A,
    room_type="kitchen",
    seconds=5,
    aspect_ratio="16:9",
    native_audio=True,
)
TRANSITION = replace(
    CLIP, kind="transition", native_audio=False, end_sha256=B, end_room_type="exterior"
)
KEYS = {
    CLIP: "4b92013fab213fc3fa4d8806d7fb73d794bf5b77be6d6304d83f257245ab3589",
    replace(
        CLIP, seconds=10, native_audio=False
    ): "665f4c359debf5bae6aba8ac6d8290cff757f55d4e1e2c12f691dd0b016de3ad",
    replace(
        CLIP, source_sha256=B, room_type="exterior", aspect_ratio="9:16"
    ): "c2c40e6dc4f27ae8bdb0ea3f2fc41c0c968e7185d1b8ef8451f3e8617ea610c9",
    replace(
        CLIP, source_sha256=B, room_type="other", aspect_ratio="1:1", native_audio=False
    ): "5dda837ebda52bc5f71b9484280dedc2644c31c4e3e79f385125faaaf43a6ce9",
    TRANSITION: "eb6c1f83a40dc8649883fdbf1c3950bd34e4b80bcc0e41d33d208a04108f7cf6",
    replace(
        TRANSITION,
        source_sha256=B,
        room_type="exterior",
        aspect_ratio="9:16",
        end_sha256=A,
        end_room_type="hallway",
    ): "5007f03f33c2a3750852e8f1fd25578178e0e3bfbcfce6984d9235e3c254223f",
}


def pieces(settings: Settings, clips: tuple[Clip, ...] = CLIPS) -> tuple[Wanted, ...]:
    return wanted_pieces(replace(PLANNING, settings=settings), clips)


def ids(wanted: tuple[Wanted, ...]) -> set[UUID]:
    return {each.piece_id for each in wanted}


def test_what_has_been_made_keeps_its_name() -> None:
    assert {spec: spec.content_key() for spec in KEYS} == KEYS


@pytest.mark.parametrize(
    "other",
    [
        {"milliseconds": 200},
        {"model": "kling"},
        {"words": A},
        {"motion": "normal"},
        {"mirrored": True},
        {"end_mirrored": True},
        {"leaving_seconds": 10},
        {"arriving_seconds": 10},
    ],
)
def test_all_that_a_piece_depends_on_is_in_its_name(other: dict[str, object]) -> None:
    assert replace(TRANSITION, **other).content_key() != TRANSITION.content_key()  # type: ignore[arg-type]


def test_n_seamless_clips_have_n_less_one_transitions_of_a_second_and_a_bit() -> None:
    kinds = [(each.spec.kind, each.spec.length_ms) for each in WANTED]
    assert kinds == [("clip", 5_000), ("transition", 1_200)] * 2 + [("clip", 5_000)]


def test_a_cut_has_no_transition() -> None:
    cut = replace(CLIPS[0], transition_type="cut")
    kinds = [each.spec.kind for each in pieces(SETTINGS, (cut, *CLIPS[1:]))]
    assert kinds == ["clip", "clip", "transition", "clip"]


def test_the_same_inputs_name_the_same_pieces_in_any_film_of_the_workspace() -> None:
    renamed = replace(SETTINGS, title="Another", music_volume=0, show_logo=True, end_card=True)
    others = tuple(replace(clip, id=UUID(int=clip.id.int + 50)) for clip in CLIPS)
    assert ids(pieces(renamed, others)) == ids(WANTED)
    elsewhere = replace(PLANNING, workspace_id=UUID(int=9))
    assert not ids(wanted_pieces(elsewhere, CLIPS)) & ids(WANTED)


def test_one_picture_changed_changes_one_clip_and_two_transitions() -> None:
    sources = {**PLANNING.sources, SOURCES[1].name: replace(SOURCES[1], sha256="e" * 64)}
    changed = wanted_pieces(replace(PLANNING, sources=sources), CLIPS)
    new = [each.spec.kind for each in changed if each.piece_id not in ids(WANTED)]
    assert new == ["transition", "clip", "transition"]


def test_another_move_or_length_changes_a_clip_and_how_others_lead_to_it() -> None:
    for changed in ({"aspect_ratio": "1:1"}, {"motion": "normal"}):
        assert not ids(pieces(replace(SETTINGS, **changed))) & ids(WANTED)  # type: ignore[arg-type]
    silent = pieces(replace(SETTINGS, generate_native_audio=False))
    assert not ids(silent) & ids(WANTED)  # a room is heard on through its joins
    for other in ({"duration_seconds": 10}, {"room_type": "garage"}, {"mirrored": True}):
        first = replace(CLIPS[0], **other)
        assert len(ids(pieces(SETTINGS, (first, *CLIPS[1:]))) - ids(WANTED)) == 2


def test_a_clip_that_leads_to_another_picture_is_left_from_there() -> None:
    end = replace(CLIPS[0], end_picture=CLIPS[2].picture)
    clip, transition, *_ = pieces(SETTINGS, (end, *CLIPS[1:]))
    assert clip.spec.end_sha256 == transition.spec.source_sha256 == SOURCES[2].sha256
    assert clip.spec.source_sha256 == SOURCES[0].sha256


def test_a_film_may_show_one_picture_twice_and_makes_it_once() -> None:
    twice = replace(CLIPS[0], id=UUID(int=299), transition_type="cut")
    clips = (replace(CLIPS[0], transition_type="cut"), CLIPS[1], twice)
    wanted = pieces(SETTINGS, clips)
    assert [len(each.clip_ids) for each in wanted if each.spec.kind == "clip"] == [2, 1]
    order = [(place, each.spec.kind) for place, each in film_order(clips, wanted)]
    assert order == [
        (CLIPS[0].id, "clip"),
        (CLIPS[1].id, "clip"),
        (CLIPS[1].id, "transition"),
        (twice.id, "clip"),
    ]


def test_words_name_a_piece_where_the_engine_reads_them_and_rooms_do_not() -> None:
    words = {clip.id: "a slow pan" for clip in CLIPS}
    paid = Planning(
        workspace_id=WORKSPACE,
        settings=replace(SETTINGS, engine="fal"),
        sources=PLANNING.sources,
        words=words,
    )
    other_rooms = tuple(replace(clip, room_type="garage", mirrored=True) for clip in CLIPS)
    assert ids(wanted_pieces(paid, other_rooms)) == ids(wanted_pieces(paid, CLIPS))
    said = replace(paid, words={**words, CLIPS[0].id: "a fast pan"})
    changed = ids(wanted_pieces(said, CLIPS)) - ids(wanted_pieces(paid, CLIPS))
    assert len(changed) == 1
    assert {each.spec.length_ms for each in wanted_pieces(paid, CLIPS)} == {5_000}
    heard = {(each.spec.kind, each.spec.native_audio) for each in wanted_pieces(paid, CLIPS)}
    assert heard == {("clip", True), ("transition", False)}  # that is what is paid for


def test_only_what_a_provider_makes_costs_anything() -> None:
    assert estimated_cost_cents(SETTINGS, CLIPS) == 0
    paid = replace(SETTINGS, engine="fal")
    assert estimated_cost_cents(paid, CLIPS) == 3 * 5 * 14 + 2 * 5 * 7
    silent = replace(paid, generate_native_audio=False)
    assert estimated_cost_cents(silent, CLIPS) == 5 * 5 * 7


def test_what_is_there_is_used_again_and_costs_nothing() -> None:
    given = replace(
        PLANNING,
        settings=replace(SETTINGS, engine="fal"),
        words={clip.id: clip.room_type for clip in CLIPS},
    )
    wanted = wanted_pieces(given, CLIPS)
    listed = items(CLIPS, wanted, {wanted[0].piece_id})
    assert [(each.kind, each.cents, each.reused) for each in listed] == [
        ("clip", 0, True),
        ("transition", 35, False),
        ("clip", 70, False),
        ("transition", 35, False),
        ("clip", 70, False),
        ("compile", 0, False),
    ]


def clip(number: int, room: str = "kitchen") -> Clip:
    return Clip(id=UUID(int=number), picture=Picture(upload=str(number)), room_type=room)


def test_no_new_clip_moves_as_the_one_before_it() -> None:
    row = tuple(clip(n, room) for n, room in enumerate(("kitchen", "bedroom", "office", "hallway")))
    assert len({MOVES[each.room_type] for each in row[:3]}) == 1
    assert [each.mirrored for each in mirrored(row, moved((), row))] == [False, True, False, False]


def test_one_that_comes_between_mirrors_no_other() -> None:
    before = mirrored(row := tuple(clip(n) for n in range(3)), moved((), row))
    new = clip(9)
    after = mirrored(between := (*before[:1], new, *before[1:]), moved(before, between))
    assert tuple(each for each in after if each.id != new.id) == before
    assert next(each for each in after if each.id == new.id).mirrored


@given(st.lists(st.sampled_from(ROOM_TYPES), min_size=2, max_size=8), st.randoms())
def test_what_has_not_moved_keeps_its_move(rooms: list[str], random: st.DataObject) -> None:
    row = mirrored(made := [clip(n, room) for n, room in enumerate(rooms)], moved((), made))
    shuffled = list(row)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    gone = moved(row, shuffled)
    stay = [each for each in shuffled if each.id not in gone]
    assert stay == sorted(stay, key=row.index)  # those that stay stand in their old order
    assert {each for each in mirrored(shuffled, gone) if each.id not in gone} <= set(row)
    assert moved(row, row) == frozenset()


def test_a_tour_leads_from_outside_through_the_house_and_out_again() -> None:
    rooms = ("garden", "bathroom", "kitchen", "exterior", "kitchen")
    row = [clip(n, room) for n, room in enumerate(rooms)]
    assert [each.id.int for each in arranged(row)] == [3, 2, 4, 1, 0]


def test_rooms_have_norwegian_names_too() -> None:
    assert (room_of("kjøkken"), room_of("Stue"), room_of("kitchen")) == (
        "kitchen",
        "living-room",
        "kitchen",
    )
    assert (room_of("other", "Soverom"), room_of("other", "Loftet"), room_of("loft")) == (
        "bedroom",
        "other",
        None,
    )
