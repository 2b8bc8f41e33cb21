"""The rows that video shows of films, of pieces and of music."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from chassis import codec
from chassis.testing.projected import at, projected
from unit.video.films import (
    AT,
    CLIP_IDS,
    FILE,
    FILM_BEGUN,
    TRACK,
    VIDEO,
    WANTED,
    WORKSPACE,
    finished,
    made,
)
from video.domain.film_messages import (
    ClipFailed,
    ClipsDropped,
    CompileStarted,
    FilmFailed,
    FilmMade,
    FilmResumed,
    FilmStopped,
    PiecesMissing,
    TransitionDropped,
)
from video.domain.music_track import TrackAdded, TrackDeactivated, TrackDescribed
from video.domain.piece_messages import (
    PieceCompleted,
    PieceFailed,
    PieceForgone,
    PieceForgotten,
    PieceSharedWith,
    PieceWanted,
    Result,
)
from video.domain.plan import run_id
from video.domain.video_events import VideoRemoved
from video.projections import films, music_tracks, pieces

RUN = run_id(VIDEO, 1)
CLIP, TRANSITION = WANTED[0], WANTED[1]
IDS = [str(each.piece_id) for each in WANTED]
WAITING = {id: {"state": "wanted"} for id in IDS}
FILM_ROW = {
    "id": str(RUN),
    "workspace_id": str(WORKSPACE),
    "video_project_id": str(VIDEO),
    "revision": 1,
    "status": "working",
    "begun": codec.dump(FILM_BEGUN),
    "pieces": WAITING,
    "dropped": {},
    "file": None,
    "music": None,
    "failure": None,
    "cause": None,
    "cost_micro_usd": 0,
    "percent_floor": 0,
    "created_at": at(1),
    "updated_at": at(1),
}


def film(*events: Any) -> dict[str, Any]:
    """Return the row of the film that has begun, after these events of it."""
    told = [(RUN, FILM_BEGUN), *((RUN, each) for each in events)]
    (row,) = projected(films.projection, told)
    return row


def became(piece_id: UUID, **what: str) -> dict[str, Any]:
    return WAITING | {str(piece_id): what}


def test_a_film_that_begins_has_a_row_which_says_what_is_there_already() -> None:
    assert film() == FILM_ROW
    begun = replace(FILM_BEGUN, made=(made(CLIP),))
    (row,) = projected(films.projection, [(RUN, begun)])
    assert row["pieces"] == became(CLIP.piece_id, state="made", key="clip 0")


LOST = ClipFailed(piece_id=CLIP.piece_id, clip_ids=CLIP_IDS[:1], cause="video.x", cost_micro_usd=3)
CUT = TransitionDropped(piece_id=TRANSITION.piece_id, clip_ids=CLIP_IDS[:1], cause="video.x")


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        (
            finished(CLIP, 7),
            {
                "pieces": became(CLIP.piece_id, state="made", key="clip 0"),
                "cost_micro_usd": 7,
            },
        ),
        (
            LOST,
            {
                "pieces": became(CLIP.piece_id, state="lost", cause="video.x"),
                "cost_micro_usd": 3,
            },
        ),
        (CUT, {"pieces": became(TRANSITION.piece_id, state="lost", cause="video.x")}),
        (CompileStarted(pieces=()), {"status": "joining"}),
        (
            FilmMade(film=FILE, music=TRACK, at=AT),
            {"status": "made", "file": codec.dump(FILE), "music": codec.dump(TRACK)},
        ),
        (
            FilmMade(film=FILE, music=None, at=AT),
            {"status": "made", "file": codec.dump(FILE)},
        ),
        (
            FilmFailed(reason="clips_failed", cause="video.x", failed_count=1),
            {"status": "broken", "failure": "clips_failed", "cause": "video.x"},
        ),
        (FilmStopped(), {"status": "stopped"}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_happens_to_a_film_is_in_its_row(event: Any, changed: dict[str, Any]) -> None:
    assert film(event) == FILM_ROW | changed | {"updated_at": at(2)}


def test_pieces_that_have_gone_are_waited_for_and_the_run_is_as_far_as_it_was() -> None:
    gone = PiecesMissing(piece_ids=(CLIP.piece_id,))
    row = film(finished(CLIP), CompileStarted(pieces=()), gone)
    assert row == FILM_ROW | {"percent_floor": 85, "updated_at": at(4)}


BROKEN = FilmFailed(reason="clips_failed", cause="video.x", failed_count=1)


def test_a_film_that_is_taken_up_again_is_another_run() -> None:
    before = (finished(TRANSITION, 5), PiecesMissing(piece_ids=()), LOST, BROKEN)
    row = film(*before, FilmResumed(piece_ids=(CLIP.piece_id,)))
    there = became(TRANSITION.piece_id, state="made", key="transition 0")
    assert row == FILM_ROW | {"pieces": there, "updated_at": at(6)}


def test_clips_that_were_dropped_are_added_up() -> None:
    one, other = (ClipsDropped(clip_ids=(id,)) for id in CLIP_IDS[:2])
    row = film(LOST, BROKEN, one, other)
    lost = became(CLIP.piece_id, state="lost", cause="video.x")
    dropped = {str(CLIP_IDS[0]): at(4).isoformat(), str(CLIP_IDS[1]): at(5).isoformat()}
    assert row == FILM_ROW | {
        "status": "broken",
        "pieces": lost,
        "dropped": dropped,
        "updated_at": at(5),
    }


def test_a_film_that_was_stopped_begins_anew_of_the_clips_that_there_are_then() -> None:
    again = replace(FILM_BEGUN, wanted=WANTED[:1])
    row = film(finished(CLIP, 7), FilmStopped(), again)
    assert row == FILM_ROW | {
        "begun": codec.dump(again),
        "pieces": {IDS[0]: {"state": "wanted"}},
        "created_at": at(4),
        "updated_at": at(4),
    }


def test_the_films_of_a_removed_video_have_no_rows() -> None:
    other, second = UUID(int=78), replace(FILM_BEGUN, revision=2)
    told = [
        (RUN, FILM_BEGUN),
        (run_id(VIDEO, 2), second),
        (run_id(other, 1), replace(FILM_BEGUN, video_project_id=other)),
        (VIDEO, VideoRemoved(clip_ids=CLIP_IDS, revision=2)),
        (RUN, FilmStopped()),
    ]
    (left,) = projected(films.projection, told)
    assert left["video_project_id"] == str(other)


def test_a_film_is_read_from_its_row_as_it_stands() -> None:
    there, gone = ClipsDropped(clip_ids=CLIP_IDS[:1]), film(finished(WANTED[2], 7), CUT, LOST)
    stands = films.stands(gone)
    assert stands.begun == FILM_BEGUN
    assert stands.keys == {WANTED[2].piece_id: "clip 1"}
    assert stands.lost == {CLIP.piece_id: "video.x", TRANSITION.piece_id: "video.x"}
    assert stands.cost_micro_usd == 10
    assert films.clips_made(gone) == 1
    assert films.stands(film(LOST, BROKEN, there)).dropped == {CLIP_IDS[0]}


PIECE = CLIP.piece_id
PIECE_WANTED = PieceWanted(
    workspace_id=WORKSPACE, video_project_id=VIDEO, spec=CLIP.spec, pictures=()
)
COMPLETED = PieceCompleted(
    result=Result(key="clip 0", sha256="c" * 64, size=70, duration_ms=5_000),
    attempts=1,
    cost_micro_usd=7,
    model="kling",
)
PIECE_ROW = {
    "id": str(PIECE),
    "workspace_id": str(WORKSPACE),
    "kind": "clip",
    "engine": "local",
    "state": "wanted",
    "key": None,
    "sha256": None,
    "size_bytes": None,
    "duration_ms": None,
    "model": None,
    "cost_micro_usd": 0,
    "created_at": at(1),
    "made_at": None,
}


def piece(*events: Any) -> list[dict[str, Any]]:
    """Return the rows after these events of a piece that is wanted."""
    return projected(
        pieces.projection, [(PIECE, PIECE_WANTED), *((PIECE, each) for each in events)]
    )


def test_a_piece_has_a_row_while_it_is_made_and_once_it_is_there() -> None:
    assert piece() == piece(PieceSharedWith(video_project_id=VIDEO)) == [PIECE_ROW]
    assert piece(PieceForgone(video_project_id=VIDEO, goes_on=True)) == [PIECE_ROW]
    there = {
        "state": "made",
        "key": "clip 0",
        "sha256": "c" * 64,
        "size_bytes": 70,
        "duration_ms": 5_000,
        "model": "kling",
        "cost_micro_usd": 7,
        "made_at": at(2),
    }
    assert piece(COMPLETED) == [PIECE_ROW | there]


@pytest.mark.parametrize(
    "lost",
    [
        (PieceFailed(cause="video.x", attempts=2),),
        (PieceForgone(video_project_id=VIDEO, goes_on=False),),
        (COMPLETED, PieceForgotten()),
    ],
    ids=["failed", "forgone", "forgotten"],
)
def test_a_piece_that_is_lost_has_none_until_it_is_wanted_again(lost: tuple[Any, ...]) -> None:
    assert piece(*lost) == []
    assert piece(*lost, PIECE_WANTED) == [PIECE_ROW | {"created_at": at(2 + len(lost))}]


ADDED = TrackAdded(
    name="Morning",
    artist="Kari",
    category="calm",
    mood="warm",
    bpm=80,
    license_type="CC-BY",
    attribution="Kari, of nowhere",
    audio_key="music/1.m4a",
)
TRACK_ROW = {
    "id": str(UUID(int=8)),
    "name": "Morning",
    "artist": "Kari",
    "category": "calm",
    "mood": "warm",
    "audio_url": "blob:music/1.m4a",
    "duration_seconds": 0,
    "bpm": 80,
    "preview_url": None,
    "waveform_url": None,
    "license_type": "CC-BY",
    "attribution": "Kari, of nowhere",
    "is_active": True,
    "created_at": at(1),
}


@pytest.mark.parametrize(
    ("events", "changed"),
    [
        ((), {}),
        (
            (TrackDescribed(seconds=48, waveform_key="music/1.png", preview_key="music/1p.m4a"),),
            {
                "duration_seconds": 48,
                "waveform_url": "blob:music/1.png",
                "preview_url": "blob:music/1p.m4a",
            },
        ),
        ((TrackDeactivated(cause="video.not_audio"),), {"is_active": False}),
    ],
    ids=["added", "described", "deactivated"],
)
def test_a_track_has_a_row(events: tuple[Any, ...], changed: dict[str, Any]) -> None:
    told = [(UUID(int=8), each) for each in (ADDED, *events)]
    assert projected(music_tracks.projection, told) == [TRACK_ROW | changed]
