"""A video: paid for, then its pieces, then one film of them, compiled once for each revision."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar
from uuid import UUID

from chassis.domain import Decider
from chassis.errors import Rejected
from video.domain.plan import PRICE_LIST, Wanted, estimated_cost_cents, film_order, wanted_pieces
from video.domain.video import (
    Cleared,
    ClipFailed,
    Command,
    CompileStarted,
    Compiling,
    Completed,
    CreateVideo,
    Draft,
    Event,
    Failed,
    FilmCompiled,
    Generating,
    GenerationStarted,
    NoteCleared,
    NoteCompileFailed,
    NoteFilm,
    NotePaymentRequired,
    NotePieceFailed,
    NotePieceFinished,
    NoteSources,
    NoteSourcesMissing,
    PaymentDemanded,
    PieceFinished,
    RunBegun,
    StartCleared,
    StartRequested,
    StartVideo,
    State,
    TransitionDropped,
    Video,
    VideoCreated,
    VideoFailed,
)

CLIPS = (2, 20)
MAX_SECONDS = 100  # of all clips
S = TypeVar("S", bound=Video)


def decide(video: State | None, command: Command) -> list[Event]:
    match video, command:
        case None, CreateVideo() if command.music_track_id is not None:
            raise Rejected("video.music_track_unknown", "there is no such music track")
        case None, CreateVideo() if not CLIPS[0] <= len(command.settings.clips) <= CLIPS[1]:
            raise Rejected("video.clip_count", "a video has 2 to 20 clips")
        case None, CreateVideo() if _seconds(command) > MAX_SECONDS:
            raise Rejected("video.too_long", "all clips together last at most 100 seconds")
        case None, CreateVideo():
            return [_created(command)]
        case Video(), CreateVideo() if video.is_as_in(command):
            return []
        case Video(), CreateVideo():
            raise Rejected("video.video_project_exists", "another video has this id")
        case Draft(), StartVideo() if command.is_barred:
            raise Rejected("video.workspace_suspended", "nothing is begun in this workspace")
        case Draft(), StartVideo() if video.clearance == "requested":
            return []
        case Draft(), StartVideo() if video.clearance == "cleared":
            return [RunBegun(revision=video.revision)]
        case Draft(), StartVideo():
            return [StartRequested(revision=video.revision, max_price_ore=command.max_price_ore)]
        case Cleared() | Generating() | Compiling(), StartVideo():
            return []
        case Completed() | Failed(), StartVideo():
            raise Rejected("video.already_ended", "this revision was made already, or failed")
        case Draft(), NoteCleared() if not video.is_cleared_by(command):
            return []
        case Draft(), NoteCleared() if command.is_barred:
            return [StartCleared(revision=video.revision, begins=False)]
        case Draft(), NoteCleared():
            return [StartCleared(revision=video.revision)]
        case Draft(), NotePaymentRequired() if video.clearance == "requested" and video.is_run(
            command
        ):
            return [PaymentDemanded(revision=video.revision, reason=command.reason)]
        case Video(), NoteCleared() | NotePaymentRequired():
            return []
        case Cleared(), NoteSources() if command.revision == video.revision:
            return [_started(video, command)]
        case Cleared(), NoteSourcesMissing() if command.revision == video.revision:
            return [_failed(video, "sources_unavailable", command.cause)]
        case Video(), NoteSources() | NoteSourcesMissing():
            return []
        case Generating(), NotePieceFinished() if wanted := video.awaited(command.piece_id):
            return _finished(video, wanted, command)
        case Generating(), NotePieceFailed() if wanted := video.awaited(command.piece_id):
            return _lost(video, wanted, command)
        case Video(), NotePieceFinished() | NotePieceFailed():
            return []
        case Compiling(), NoteFilm() if command.revision == video.revision:
            return [_compiled(command)]
        case Compiling(), NoteCompileFailed() if command.revision == video.revision:
            return [_failed(video, "compile_failed", command.cause)]
        case Video(), NoteFilm() | NoteCompileFailed():
            return []
        case _:
            raise AssertionError(f"{command} needs a video")


def _seconds(command: CreateVideo) -> int:
    return sum(clip.duration_seconds for clip in command.settings.clips)


def _created(command: CreateVideo) -> VideoCreated:
    settings = command.settings
    return VideoCreated(
        workspace_id=command.workspace_id,
        user_id=command.user_id,
        settings=settings,
        price_list=PRICE_LIST,
        estimated_cost_cents=estimated_cost_cents(settings.clips, settings.engine),
        revision=1,
    )


def _started(video: Cleared, command: NoteSources) -> GenerationStarted:
    wanted = wanted_pieces(video.workspace_id, video.settings, command.sources)
    return GenerationStarted(revision=video.revision, wanted=wanted)


def _finished(video: Generating, piece: Wanted, command: NotePieceFinished) -> list[Event]:
    finished = PieceFinished(
        revision=video.revision,
        piece_id=piece.piece_id,
        kind=piece.spec.kind,
        clip_ids=piece.clip_ids,
        key=command.key,
    )
    return [finished, *_next(video, {**video.keys, piece.piece_id: command.key}, video.lost)]


def _lost(video: Generating, piece: Wanted, command: NotePieceFailed) -> list[Event]:
    revision, id, clip_ids, cause = video.revision, piece.piece_id, piece.clip_ids, command.cause
    event: Event
    if piece.spec.kind == "clip":
        event = ClipFailed(revision=revision, piece_id=id, clip_ids=clip_ids, cause=cause)
    else:  # the film does without it
        event = TransitionDropped(revision=revision, piece_id=id, clip_ids=clip_ids, cause=cause)
    return [event, *_next(video, video.keys, video.lost | {id})]


def _next(video: Generating, keys: Mapping[UUID, str], lost: frozenset[UUID]) -> list[Event]:
    """Return what follows once a piece has ended: the film, or its failure, after the last one."""
    if len(keys) + len(lost) < len(video.wanted):
        return []
    failed = [w for w in video.wanted if w.spec.kind == "clip" and w.piece_id in lost]
    if failed:
        return [
            VideoFailed(
                revision=video.revision,
                failed_count=sum(len(each.clip_ids) for each in failed),
                reason="clips_failed",
                cause="video.clips_failed",
            )
        ]
    pieces = film_order(video.settings.clips, video.wanted, keys)
    return [CompileStarted(revision=video.revision, pieces=pieces)]


def _compiled(command: NoteFilm) -> FilmCompiled:
    return FilmCompiled(
        revision=command.revision,
        film=command.film,
        actual_cost_cents=0,  # no engine that charges has been at work
        at=command.at,
    )


def _failed(video: Video, reason: str, cause: str) -> VideoFailed:
    return VideoFailed(revision=video.revision, failed_count=0, reason=reason, cause=cause)


def evolve(video: State | None, event: Event) -> State:
    match video, event:
        case None, VideoCreated():
            return Draft(
                workspace_id=event.workspace_id,
                user_id=event.user_id,
                settings=event.settings,
                revision=event.revision,
                clearance="none",
            )
        case Draft(), StartRequested():
            return replace(video, clearance="requested")
        case Draft(), PaymentDemanded():
            return replace(video, clearance="payment_required")
        case Draft(), StartCleared(begins=False):
            return replace(video, clearance="cleared")
        case Draft(), StartCleared() | RunBegun():
            return _become(Cleared, video)
        case Cleared(), GenerationStarted():
            return _become(Generating, video, wanted=event.wanted, keys={}, lost=frozenset())
        case Generating(), PieceFinished():
            return replace(video, keys={**video.keys, event.piece_id: event.key})
        case Generating(), ClipFailed() | TransitionDropped():
            return replace(video, lost=video.lost | {event.piece_id})
        case Generating(), CompileStarted():
            return _become(Compiling, video)
        case Compiling(), FilmCompiled():
            return _become(Completed, video)
        case Cleared() | Generating() | Compiling(), VideoFailed():
            return _become(Failed, video)
        case _:
            raise AssertionError(f"{event} cannot follow {video}")


def _become(state: type[S], video: Video, **more: Any) -> S:
    kept = {each.name: getattr(video, each.name) for each in fields(Video)}
    return state(**kept, **more)


decider = Decider(
    name="video_project",
    decide=decide,
    evolve=evolve,
    events=(
        VideoCreated,
        StartRequested,
        StartCleared,
        RunBegun,
        PaymentDemanded,
        GenerationStarted,
        PieceFinished,
        ClipFailed,
        TransitionDropped,
        CompileStarted,
        FilmCompiled,
        VideoFailed,
    ),
    creates=(CreateVideo,),
)
