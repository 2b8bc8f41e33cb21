"""How a film came to be, moment by moment, and what is said of it."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.testing.projected import projected
from contracts.video.films import Manifest, ManifestMusic
from unit.video.films import (
    AT,
    CLIP_IDS,
    CLIPS,
    FILE,
    FILM_BEGUN,
    IMAGES,
    LOOK,
    PLANNING,
    SETTINGS,
    SOURCES,
    TRACK,
    VIDEO,
    WANTED,
    finished,
)
from video import manifests
from video.domain.clips import Clip
from video.domain.engines import KLING
from video.domain.film_messages import (
    ClipFailed,
    ClipsDropped,
    FilmBegun,
    FilmFailed,
    FilmMade,
    TransitionDropped,
)
from video.domain.pictures import Picture, Source
from video.domain.plan import run_id, wanted_pieces
from video.manifests import Told
from video.projections import films

NOTHING = Told(prompts={}, models={})
DONE = [finished(each) for each in WANTED]


def made(
    *events: Any,
    begun: FilmBegun = FILM_BEGUN,
    parts_ms: tuple[int, ...] = FILE.parts_ms,
    told: Told = NOTHING,
) -> Manifest:
    """Return the manifest of a film that was made after these events, of parts so long."""
    file = replace(FILE, parts_ms=parts_ms, duration_ms=sum(parts_ms))
    at_last = FilmMade(film=file, music=begun.look.music, at=AT)
    run = run_id(VIDEO, 1)
    (row,) = projected(films.projection, [(run, each) for each in (begun, *events, at_last)])
    return manifests.of_film(row, told)


def test_every_moment_of_a_film_leads_to_a_photograph() -> None:
    manifest = made(*DONE)
    assert (manifest.revision, manifest.duration_ms) == (1, 17_400)
    assert manifest.film_sha256 == "f" * 64
    spans = [(each.from_ms, each.to_ms, each.kind, each.clip_id) for each in manifest.parts]
    assert spans == [
        (0, 5_000, "clip", CLIP_IDS[0]),
        (5_000, 6_200, "transition", CLIP_IDS[0]),
        (6_200, 11_200, "clip", CLIP_IDS[1]),
        (11_200, 12_400, "transition", CLIP_IDS[1]),
        (12_400, 17_400, "clip", CLIP_IDS[2]),
    ]
    last = manifest.parts[-1]
    assert (last.image_generation_id, last.image_version) == (IMAGES[2], 2)
    assert (last.source_sha256, last.original_sha256) == ("2" * 64, "7" * 64)
    assert (last.engine, last.model, last.prompt) == ("local", None, None)
    assert last.alteration == "technical"
    (picture,) = last.pictures
    assert (picture.engine, picture.model) == ("local", "develop-2")
    assert manifest.dropped_clip_ids == ()
    assert manifest.music == ManifestMusic(
        track_id=TRACK.track_id,
        name="Morning",
        license_type="royalty-free",
        attribution="by nobody",
    )


def test_what_moves_through_two_pictures_names_both_and_is_as_altered_as_either() -> None:
    shown = [
        ([each.source_sha256[0] for each in part.pictures], part.alteration)
        for part in made(*DONE).parts
    ]
    assert shown == [
        (["0"], "none"),
        (["0", "1"], "material"),
        (["1"], "material"),
        (["1", "2"], "material"),
        (["2"], "technical"),
    ]
    led = replace(CLIPS[0], end_picture=CLIPS[2].picture)
    clips = (led, *CLIPS[1:])
    begun = replace(FILM_BEGUN, clips=clips, wanted=wanted_pieces(PLANNING, clips))
    ends = [finished(each) for each in begun.wanted]
    first, after, *_ = made(*ends, begun=begun).parts
    assert [each.source_sha256[0] for each in first.pictures] == ["0", "2"]
    assert [each.source_sha256[0] for each in after.pictures] == ["2", "1"]  # from where it ended
    assert (first.source_sha256, first.alteration) == ("0" * 64, "technical")


def test_a_picture_from_elsewhere_is_known_by_its_hash_alone() -> None:
    strange = replace(CLIPS[0], picture=Picture(address="cafe"))
    source = Source(name="address:cafe", key="a/sources/x.jpg", sha256="d" * 64)
    clips = (strange, *CLIPS[1:])
    given = replace(PLANNING, sources={**PLANNING.sources, source.name: source})
    wanted = wanted_pieces(given, clips)
    begun = replace(FILM_BEGUN, clips=clips, sources=(source, *SOURCES[1:]), wanted=wanted)
    first, *_ = made(*(finished(each) for each in wanted), begun=begun).parts
    assert (first.source_sha256, first.original_sha256) == ("d" * 64, None)
    assert (first.image_generation_id, first.image_version, first.alteration) == (None, None, None)


def test_a_clip_that_was_dropped_is_named_and_its_neighbours_meet_in_a_cut() -> None:
    middle = WANTED[2]
    lost = ClipFailed(piece_id=middle.piece_id, clip_ids=middle.clip_ids, cause="video.x")
    others = [finished(each) for each in WANTED if each != middle]
    broken = FilmFailed(reason="clips_failed", cause="video.x", failed_count=1)
    dropped = ClipsDropped(clip_ids=CLIP_IDS[1:2])
    manifest = made(*others, lost, broken, dropped, parts_ms=(5_000, 5_000))
    spans = [(each.from_ms, each.to_ms, each.clip_id) for each in manifest.parts]
    assert spans == [(0, 5_000, CLIP_IDS[0]), (5_000, 10_000, CLIP_IDS[2])]
    assert manifest.dropped_clip_ids == CLIP_IDS[1:2]


def test_a_transition_that_was_lost_is_no_part() -> None:
    cut = WANTED[1]
    lost = TransitionDropped(piece_id=cut.piece_id, clip_ids=cut.clip_ids, cause="video.x")
    others = [finished(each) for each in WANTED if each != cut]
    manifest = made(*others, lost, parts_ms=(5_000, 5_000, 1_200, 5_000))
    kinds = [each.kind for each in manifest.parts]
    assert kinds == ["clip", "clip", "transition", "clip"]


def test_what_lasts_longer_than_the_pieces_is_the_card_at_the_end() -> None:
    manifest = made(*DONE, parts_ms=(*FILE.parts_ms, 3_000))
    card = manifest.parts[-1]
    assert (card.from_ms, card.to_ms, card.kind) == (17_400, 20_400, "end_card")
    assert (card.clip_id, card.source_sha256, card.alteration) == (None, None, None)
    assert (card.engine, card.pictures) == ("local", ())
    assert len(manifest.parts) == len(WANTED) + 1


def paid(clips: tuple[Clip, ...] = CLIPS) -> FilmBegun:
    """Return the film of these clips, made by a model of a provider's."""
    settings = replace(SETTINGS, engine="fal")
    given = replace(PLANNING, settings=settings, words={id: f"{id}" for id in CLIP_IDS})
    return replace(FILM_BEGUN, clips=clips, wanted=wanted_pieces(given, clips))


def test_what_a_model_has_made_names_the_model_and_what_it_was_told() -> None:
    begun = paid()
    first, second = begun.wanted[0].piece_id, begun.wanted[2].piece_id
    told = Told(prompts={first: "Up the stairs"}, models={second: "kling-2.6.1"})
    ends = [finished(each) for each in begun.wanted]
    parts = made(*ends, begun=begun, told=told).parts
    assert [each.engine for each in parts] == ["fal"] * 5
    assert (parts[0].prompt, parts[0].model) == ("Up the stairs", KLING)
    assert (parts[2].prompt, parts[2].model) == (None, "kling-2.6.1")


def test_what_reads_no_words_was_told_none() -> None:
    told = Told(prompts={WANTED[0].piece_id: "Up the stairs"}, models={})
    assert made(*DONE, told=told).parts[0].prompt is None


def test_a_film_without_music_names_none() -> None:
    begun = replace(FILM_BEGUN, look=replace(LOOK, music=None))
    assert made(*DONE, begun=begun).music is None


@pytest.mark.parametrize(
    ("begun", "parts_ms", "said"),
    [
        (
            FILM_BEGUN,
            (*FILE.parts_ms, 3_000),
            "This film was made of still pictures; nothing in it was filmed."
            " From 0:00.0 to 0:17.4, their movement was calculated by image processing, which adds"
            " nothing to what they show."
            " From 0:00.0 to 0:05.0, the pictures have not been altered."
            " From 0:12.4 to 0:17.4, light, colours and lines of the pictures were corrected; what"
            " they show has not been changed."
            " From 0:05.0 to 0:12.4, the pictures were materially altered: some of what they show"
            " was added, replaced or taken away."
            " From 0:17.4 to 0:20.4, a card with the sender's name is shown."
            " Its own sound is a synthetic room tone.",
        ),
        (
            replace(
                paid(),
                look=replace(LOOK, native_audio=False),
                sources=tuple(
                    replace(each, alteration=None if n == 1 else "none")
                    for n, each in enumerate(SOURCES)
                ),
            ),
            (60_000, 5_000, 5_000, 5_000, 5_000),
            "This film was made of still pictures; nothing in it was filmed."
            f" Throughout, their movement was generated by AI ({KLING}), which may show what is not"
            " there."
            " From 0:00.0 to 1:00.0 and from 1:15.0 to 1:20.0, the pictures have not been altered."
            " From 1:00.0 to 1:15.0, it is not known whether the pictures were altered.",
        ),
    ],
    ids=["ours, with a card", "a model's, silent"],
)
def test_it_is_said_in_plain_words_what_is_seen_when(
    begun: FilmBegun, parts_ms: tuple[int, ...], said: str
) -> None:
    ends = [finished(each) for each in begun.wanted]
    assert made(*ends, begun=begun, parts_ms=parts_ms).disclosure == said


def test_models_of_two_kinds_are_told_apart() -> None:
    begun = paid()
    ends = [finished(each) for each in begun.wanted]
    told = Told(prompts={}, models={begun.wanted[0].piece_id: "kling-3"})
    said = made(*ends, begun=begun, told=told).disclosure
    assert "From 0:00.0 to 0:05.0, their movement was generated by AI (kling-3)" in said
    assert f"From 0:05.0 to 0:17.4, their movement was generated by AI ({KLING})" in said
