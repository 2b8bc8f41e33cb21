"""A film: the pieces of one revision, made apart from each other, joined once all have ended.

The last piece's end and the one `CompileStarted` are decided together, under the version of this
stream: so two pieces that end at once begin one joining.
"""

from uuid import UUID

from chassis.domain import Decider
from chassis.errors import Rejected
from video.domain.clips import CLIPS
from video.domain.film_messages import (
    Begin,
    ClipFailed,
    ClipsDropped,
    Command,
    CompileStarted,
    Drop,
    Event,
    FilmBegun,
    FilmFailed,
    FilmMade,
    FilmResumed,
    FilmStopped,
    NoteCompileFailed,
    NoteCost,
    NoteFilm,
    NotePiecesMissing,
    PieceEnded,
    PieceFinished,
    PiecesMissing,
    Resume,
    Stop,
    TransitionDropped,
)
from video.domain.film_state import (
    Broken,
    Film,
    Finished,
    Joining,
    State,
    Stopped,
    Working,
    of_begun,
)
from video.domain.plan import Wanted
from video.domain.prices import MICRO_USD_A_CENT

TOLERANCE = 110  # percent of what a video may cost, from which on nothing more is asked


def decide(film: State | None, command: Command) -> list[Event]:
    match film, command:
        case None | Stopped(), Begin():
            begun = _begun(command)
            return [begun, *_joined(of_begun(begun))]
        case Working(), PieceEnded() if wanted := film.film.awaited(command.piece_id):
            return _ended(film.film, wanted, command)
        case Working(), NoteCost() if _overruns(film.film, command):
            return [_failed(film.film, "over_budget", "video.over_budget")]
        case Joining(), NotePiecesMissing():
            return [PiecesMissing(piece_ids=command.piece_ids)]
        case Joining(), NoteFilm():
            music = film.film.begun.look.music
            return [FilmMade(film=command.film, music=music, at=command.at)]
        case Joining(), NoteCompileFailed():
            return [FilmFailed(reason="compile_failed", cause=command.cause, failed_count=0)]
        case Broken(), Resume():
            return _resumed(film.film)
        case Broken(), Drop():
            return _dropped(film.film)
        case Working() | Joining() | Broken(), Stop():
            return [FilmStopped()]
        case Working() | Joining() | Broken() | Finished(), Begin():
            return []
        case _, PieceEnded() | NoteCost() | NoteFilm() | NoteCompileFailed() | Stop():
            return []
        case _, NotePiecesMissing() | Resume() | Drop():
            return []
        case _:
            raise AssertionError(f"{command} needs a film")


def _begun(command: Begin) -> FilmBegun:
    return FilmBegun(
        workspace_id=command.workspace_id,
        video_project_id=command.video_project_id,
        revision=command.revision,
        clips=command.clips,
        sources=command.sources,
        wanted=command.wanted,
        made=command.made,
        look=command.look,
    )


def _ended(film: Film, piece: Wanted, command: PieceEnded) -> list[Event]:
    id, cost = piece.piece_id, command.cost_micro_usd
    if command.key is not None:
        finished = PieceFinished(piece_id=id, key=command.key, cost_micro_usd=cost)
        return [finished, *_joined(film.with_piece(id, command.key, cost))]
    cause = command.cause or "chassis.internal"
    kind = ClipFailed if piece.spec.kind == "clip" else TransitionDropped  # it does without one
    lost = kind(piece_id=id, clip_ids=piece.clip_ids, cause=cause, cost_micro_usd=cost)
    return [lost, *_joined(film.without_piece(id, cause, cost))]


def _joined(film: Film) -> list[Event]:
    """Return what follows once the last piece has ended: the joining, or the film's failure."""
    if not film.is_complete:
        return []
    if film.absent_clips:
        return [_failed(film, "clips_failed", "video.clips_failed")]
    return [CompileStarted(pieces=film.pieces)]


def _failed(film: Film, reason: str, cause: str) -> FilmFailed:
    count = len(film.failed_clips)
    return FilmFailed(reason=reason, cause=cause, failed_count=count)


def _overruns(film: Film, command: NoteCost) -> bool:
    spent = command.spent_micro_usd + film.cost_micro_usd
    return spent * 100 > command.cap_cents * MICRO_USD_A_CENT * TOLERANCE


def _resumed(film: Film) -> list[Event]:
    """What is not there is wanted again; where all is there, only the joining has failed."""
    resumed = FilmResumed(piece_ids=film.unfinished)
    return [resumed, *_joined(film.wanting(film.unfinished))]


def _dropped(film: Film) -> list[Event]:
    gone = droppable(film)
    return [ClipsDropped(clip_ids=gone), CompileStarted(pieces=film.without(gone).pieces)]


def droppable(film: Film) -> tuple[UUID, ...]:
    """Return the clips that a broken film does without; raise `Rejected` if too few are left."""
    gone = film.absent_clips
    if len(film.begun.clips) - len(film.dropped) - len(gone) < CLIPS[0]:
        raise Rejected("video.too_few_clips_left", "a film has at least two clips")
    return gone


def evolve(film: State | None, event: Event) -> State:
    match film, event:
        case None | Stopped(), FilmBegun():
            return Working(film=of_begun(event))
        case Working(), PieceFinished():
            return Working(
                film=film.film.with_piece(event.piece_id, event.key, event.cost_micro_usd)
            )
        case Working(), ClipFailed() | TransitionDropped():
            cost = event.cost_micro_usd
            return Working(film=film.film.without_piece(event.piece_id, event.cause, cost))
        case Working() | Broken(), CompileStarted():
            return Joining(film=film.film)
        case Joining(), PiecesMissing():
            return Working(film=film.film.wanting(event.piece_ids))
        case Joining(), FilmMade():
            return Finished(film=film.film, file=event.film, music=event.music)
        case Working() | Joining(), FilmFailed():
            return Broken(film=film.film, reason=event.reason, cause=event.cause)
        case Working() | Joining() | Broken(), FilmStopped():
            return Stopped(film=film.film)
        case Broken(), FilmResumed():
            return Working(film=film.film.resumed().wanting(event.piece_ids))
        case Broken(), ClipsDropped():
            return Broken(
                film=film.film.resumed().without(event.clip_ids),
                reason=film.reason,
                cause=film.cause,
            )
        case _:
            raise AssertionError(f"{event} cannot follow {film}")


decider = Decider(
    name="film",
    decide=decide,
    evolve=evolve,
    events=(
        FilmBegun,
        PieceFinished,
        ClipFailed,
        TransitionDropped,
        CompileStarted,
        PiecesMissing,
        FilmMade,
        FilmFailed,
        FilmStopped,
        FilmResumed,
        ClipsDropped,
    ),
    creates=(Begin,),
)
