"""Every state of a film, a piece and a track by every command; and how a film comes to its end."""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.domain import fold
from unit.video.cells import outcomes
from unit.video.films import (
    AT,
    BEGIN,
    CLIPS,
    COMPILE,
    FILE,
    FILM_BEGUN,
    MADE,
    ORDER,
    OTHER,
    PIECE,
    SPEC,
    VIDEO,
    WANTED,
    WORKSPACE,
    blob,
    finished,
)
from video.domain import film, music_track, piece
from video.domain.film_messages import (
    ClipFailed,
    ClipsDropped,
    CompileStarted,
    Drop,
    Event,
    FilmFailed,
    FilmResumed,
    FilmStopped,
    Made,
    NoteCompileFailed,
    NoteCost,
    NoteFilm,
    NotePiecesMissing,
    PieceEnded,
    Resume,
    Stop,
    TransitionDropped,
)
from video.domain.film_state import Broken, Film, Joining, State
from video.domain.music_track import (
    Add,
    Deactivate,
    Describe,
    TrackAdded,
    TrackDeactivated,
    TrackDescribed,
)
from video.domain.piece_messages import (
    CompletePiece,
    FailPiece,
    Forget,
    Forgo,
    PieceCompleted,
    PieceFailed,
    PieceForgone,
    PieceForgotten,
    PieceSharedWith,
    PieceWanted,
    Purge,
    Result,
    WantPiece,
)

CAUSE = "video.engine_failed"
LAST, FIRST = WANTED[-1], WANTED[0]
BUT_LAST: tuple[Event, ...] = (FILM_BEGUN, *map(finished, WANTED[:-1]))
JOINING: tuple[Event, ...] = (*BUT_LAST, finished(LAST), COMPILE)
CLIP_LOST = ClipFailed(piece_id=LAST.piece_id, clip_ids=LAST.clip_ids, cause=CAUSE)
CLIPS_FAILED = FilmFailed(reason="clips_failed", cause="video.clips_failed", failed_count=1)
OVER = FilmFailed(reason="over_budget", cause="video.over_budget", failed_count=0)
NOT_JOINED = FilmFailed(reason="compile_failed", cause=CAUSE, failed_count=0)
FILM_STATES: dict[str, tuple[Any, ...]] = {
    "–": (),
    "working": BUT_LAST,
    "joining": JOINING,
    "made": (*JOINING, MADE),
    "clip lost": (*BUT_LAST, CLIP_LOST, CLIPS_FAILED),
    "not joined": (*JOINING, NOT_JOINED),
    "over budget": (FILM_BEGUN, finished(FIRST), OVER),
    "stopped": (*BUT_LAST, FilmStopped()),
}
FILM_COMMANDS: dict[str, Any] = {
    "begin": BEGIN,
    "begin with all": replace(
        BEGIN, made=tuple(Made(piece_id=each.piece_id, key=blob(each)) for each in WANTED)
    ),
    "last ended": PieceEnded(piece_id=LAST.piece_id, key=blob(LAST)),
    "last lost": PieceEnded(piece_id=LAST.piece_id, cause=CAUSE),
    "first ended": PieceEnded(piece_id=FIRST.piece_id, key=blob(FIRST)),
    "unknown ended": PieceEnded(piece_id=UUID(int=9), key="x"),
    "costs much": NoteCost(spent_micro_usd=110_001, cap_cents=10),
    "costs enough": NoteCost(spent_micro_usd=110_000, cap_cents=10),
    "missing": NotePiecesMissing(piece_ids=(FIRST.piece_id,)),
    "joined": NoteFilm(film=FILE, at=AT),
    "not joined": NoteCompileFailed(cause=CAUSE),
    "resume": Resume(),
    "drop": Drop(),
    "stop": Stop(),
}
UNHEARD = dict.fromkeys(FILM_COMMANDS, "nothing")
BROKEN = {**UNHEARD, "stop": "FilmStopped"}  # a run that goes on with it is broken off
BEGINS = {"begin": "FilmBegun", "begin with all": "FilmBegun CompileStarted"}
FILM_EXPECTED = {
    "–": {**UNHEARD, **BEGINS},
    "working": {
        **UNHEARD,
        "last ended": "PieceFinished CompileStarted",
        "last lost": "ClipFailed FilmFailed",
        "costs much": "FilmFailed",
        "stop": "FilmStopped",
    },
    "joining": {
        **UNHEARD,
        "missing": "PiecesMissing",
        "joined": "FilmMade",
        "not joined": "FilmFailed",
        "stop": "FilmStopped",
    },
    "made": UNHEARD,
    "clip lost": {**BROKEN, "resume": "FilmResumed", "drop": "ClipsDropped CompileStarted"},
    "not joined": {
        **BROKEN,
        "resume": "FilmResumed CompileStarted",
        "drop": "ClipsDropped CompileStarted",
    },
    "over budget": {**BROKEN, "resume": "FilmResumed", "drop": "too_few_clips_left"},
    "stopped": {**UNHEARD, **BEGINS},
}


def test_every_cell_of_a_film_is_as_the_rules_have_it() -> None:
    assert outcomes(film.decider, FILM_STATES, FILM_COMMANDS) == FILM_EXPECTED


def after(*events: Event) -> State:
    state = fold(film.decider, events)
    assert state is not None
    return state


def of(*events: Event) -> Film:
    return after(*events).film


def test_a_film_is_joined_in_its_order_whichever_piece_ends_last() -> None:
    assert film.decider.decide(
        after(*BUT_LAST), PieceEnded(piece_id=LAST.piece_id, key=blob(LAST))
    ) == [finished(LAST), CompileStarted(pieces=ORDER)]


def test_a_transition_that_is_lost_is_a_cut() -> None:
    lost = PieceEnded(piece_id=WANTED[1].piece_id, cause=CAUSE)
    others: tuple[Event, ...] = (
        FILM_BEGUN,
        *(finished(each) for each in WANTED if each != WANTED[1]),
    )
    dropped, compile_ = film.decider.decide(after(*others), lost)
    assert isinstance(dropped, TransitionDropped)
    assert compile_ == CompileStarted(pieces=(ORDER[0], *ORDER[2:]))
    ends = of(*others, dropped, compile_).ends
    assert [(each.clip_key, each.transition_key, each.cause) for each in ends] == [
        ("clip 0", None, CAUSE),
        ("clip 1", "transition 1", None),
        ("clip 2", None, None),
    ]


def test_a_clip_that_is_dropped_takes_the_transitions_on_both_sides_with_it() -> None:
    middle = next(each for each in WANTED if each.clip_ids == (CLIPS[1].id,))
    lost = ClipFailed(piece_id=middle.piece_id, clip_ids=middle.clip_ids, cause=CAUSE)
    others: tuple[Event, ...] = (FILM_BEGUN, *(finished(each) for each in WANTED if each != middle))
    dropped, compile_ = film.decider.decide(after(*others, lost, CLIPS_FAILED), Drop())
    assert isinstance(dropped, ClipsDropped)
    assert dropped.clip_ids == (CLIPS[1].id,)
    assert compile_ == CompileStarted(pieces=("clip 0", "clip 2"))


def test_what_is_retried_is_what_is_not_there_and_costs_what_it_costs_now() -> None:
    paid: tuple[Event, ...] = (
        FILM_BEGUN,
        *(finished(each, 7) for each in WANTED[:-1]),
        CLIP_LOST,
        CLIPS_FAILED,
    )
    assert of(*paid).cost_micro_usd == 7 * 4
    (resumed,) = film.decider.decide(after(*paid), Resume())
    assert isinstance(resumed, FilmResumed)
    assert resumed.piece_ids == (LAST.piece_id,)
    assert of(*paid, resumed).cost_micro_usd == 0
    assert of(*paid, resumed).awaited(LAST.piece_id) == LAST


def test_pieces_that_are_gone_are_waited_for_again_and_joined_then() -> None:
    missing = film.decider.decide(after(*JOINING), NotePiecesMissing(piece_ids=(FIRST.piece_id,)))
    again = film.decider.decide(
        after(*JOINING, *missing),
        PieceEnded(piece_id=FIRST.piece_id, key=blob(FIRST)),
    )
    assert again == [finished(FIRST), COMPILE]


@given(st.permutations(WANTED), st.data())
def test_whatever_the_order_there_is_one_end_after_the_last_piece(
    order: list[Any], data: st.DataObject
) -> None:
    state: State = after(FILM_BEGUN)
    told: list[Event] = []
    for each in [*order, *order]:  # and each is told twice
        lost = data.draw(st.booleans())
        key, cause = (None, CAUSE) if lost else (blob(each), None)
        end = PieceEnded(piece_id=each.piece_id, key=key, cause=cause)
        events = film.decider.decide(state, end)
        state = fold(film.decider, events, state) or state
        told += events
    ends = [each for each in told if isinstance(each, CompileStarted | FilmFailed)]
    assert len(ends) == 1
    failed = any(isinstance(each, ClipFailed) for each in told)
    assert isinstance(state, Broken if failed else Joining)


WANT = WantPiece(
    workspace_id=WORKSPACE, video_project_id=VIDEO, spec=SPEC, pictures=("sources/a.jpg",)
)
PIECE_WANTED = PieceWanted(
    workspace_id=WORKSPACE, video_project_id=VIDEO, spec=SPEC, pictures=("sources/a.jpg",)
)
RESULT = Result(key="piece", sha256="f" * 64, size=1, duration_ms=5_000)
SHARED = PieceSharedWith(video_project_id=OTHER)
PIECE_STATES: dict[str, tuple[Any, ...]] = {
    "–": (),
    "rendering": (PIECE_WANTED,),
    "shared": (PIECE_WANTED, SHARED),
    "unwanted": (PIECE_WANTED, PieceForgone(video_project_id=VIDEO, goes_on=True)),
    "rendered": (PIECE_WANTED, PieceCompleted(result=RESULT, attempts=1)),
    "failed": (PIECE_WANTED, PieceFailed(cause=CAUSE, attempts=2)),
    "forgone": (PIECE_WANTED, PieceForgone(video_project_id=VIDEO, goes_on=False)),
    "forgotten": (
        PIECE_WANTED,
        PieceCompleted(result=RESULT, attempts=1),
        PieceForgotten(),
    ),
}
PIECE_COMMANDS: dict[str, Any] = {
    "want": WANT,
    "want by another": replace(WANT, video_project_id=OTHER),
    "complete": CompletePiece(result=RESULT, attempts=1),
    "fail": FailPiece(cause=CAUSE, attempts=2),
    "forgo": Forgo(video_project_id=VIDEO, goes_on=False),
    "forgo asked": Forgo(video_project_id=VIDEO, goes_on=True),
    "forget": Forget(),
    "purge": Purge(),
}
LOST = {
    **dict.fromkeys(PIECE_COMMANDS, "nothing"),
    **dict.fromkeys(("want", "want by another"), "PieceWanted"),
}
RENDERING = {
    "want": "nothing",
    "want by another": "PieceSharedWith",
    "complete": "PieceCompleted",
    "fail": "PieceFailed",
    "forgo": "PieceForgone",
    "forgo asked": "PieceForgone",
    "forget": "nothing",
    "purge": "PieceForgone",
}
PIECE_EXPECTED = {
    "rendering": RENDERING,
    "shared": {**RENDERING, "want by another": "nothing"},
    "unwanted": {
        **RENDERING,
        **dict.fromkeys(("want", "want by another"), "PieceSharedWith"),
        **dict.fromkeys(("forgo", "forgo asked"), "nothing"),
    },
    "rendered": {
        **dict.fromkeys(PIECE_COMMANDS, "nothing"),
        **dict.fromkeys(("forget", "purge"), "PieceForgotten"),
    },
    "failed": LOST,
    "forgone": LOST,
    "forgotten": LOST,
}


def test_every_cell_of_a_piece_is_as_the_rules_have_it() -> None:
    states = {name: events for name, events in PIECE_STATES.items() if events}
    assert outcomes(piece.decider, states, PIECE_COMMANDS) == PIECE_EXPECTED
    assert outcomes(piece.decider, {"–": ()}, {"want": WANT}) == {"–": {"want": "PieceWanted"}}


def test_a_piece_goes_on_for_others_and_where_a_provider_has_it() -> None:
    def forgone(state: str, command: str) -> bool:
        known = fold(piece.decider, PIECE_STATES[state])
        (event,) = piece.decider.decide(known, PIECE_COMMANDS[command])
        assert isinstance(event, PieceForgone)
        return event.goes_on

    assert not forgone("rendering", "forgo")
    assert forgone("rendering", "forgo asked")
    assert forgone("shared", "forgo")
    unwanted: Any = fold(piece.decider, PIECE_STATES["unwanted"])
    assert (unwanted.wanted_by, unwanted.of.asked_by) == ((), VIDEO)
    shared: Any = fold(piece.decider, (*PIECE_STATES["unwanted"], SHARED))
    assert shared.wanted_by == (OTHER,)
    assert PIECE.version == 5  # its id is made of what it is


ADD = Add(
    name="Morning",
    artist=None,
    category="calm",
    mood="warm",
    bpm=80,
    license_type="royalty-free",
    attribution=None,
    audio_key="music/a/audio.wav",
)
ADDED = TrackAdded(**asdict(ADD))
DESCRIBED = TrackDescribed(seconds=60, waveform_key="w", preview_key="p")


def test_every_cell_of_a_track_is_as_the_rules_have_it() -> None:
    describe = Describe(seconds=60, waveform_key="w", preview_key="p")
    commands = {
        "add": ADD,
        "add another": replace(ADD, name="Evening"),
        "describe": describe,
        "deactivate": Deactivate(),
    }
    states: dict[str, tuple[Any, ...]] = {
        "added": (ADDED,),
        "described": (ADDED, DESCRIBED),
        "deactivated": (ADDED, TrackDeactivated()),
    }
    same = {"add": "nothing", "add another": "music_track_exists"}
    assert outcomes(music_track.decider, states, commands) == {
        "added": {**same, "describe": "TrackDescribed", "deactivate": "TrackDeactivated"},
        "described": {**same, "describe": "nothing", "deactivate": "TrackDeactivated"},
        "deactivated": {**same, "describe": "nothing", "deactivate": "nothing"},
    }
    assert outcomes(music_track.decider, {"–": ()}, {"add": ADD}) == {"–": {"add": "TrackAdded"}}
    tracks: dict[str, Any] = {
        name: fold(music_track.decider, events) for name, events in states.items()
    }
    offered = {name: track.is_offered for name, track in tracks.items()}
    assert offered == {"added": False, "described": True, "deactivated": False}
