"""What a video, its film and the pieces tell each other, each time in one unit.

A film is begun once its pictures are copied, told of each piece's end, and stopped with its run;
whatever it comes to, its video hears of it in the same unit.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from chassis.personal import keep
from chassis.unit.deciding import Unit
from video import wanting
from video.domain import film, film_messages, piece, video_messages, video_project
from video.domain.engines import ENGINES
from video.domain.film_messages import (
    Begin,
    Drop,
    Look,
    NoteCompileFailed,
    NoteFilm,
    PieceEnded,
    Resume,
    Stop,
)
from video.domain.film_state import Broken, Film, Finished, Joining, Working
from video.domain.film_state import State as FilmState
from video.domain.piece import Lost, Rendered
from video.domain.piece_messages import Forget
from video.domain.plan import Planning, Wanted, run_id, wanted_pieces
from video.domain.video_messages import Ended, NoteCompileStarted, NoteFilmEnded
from video.domain.video_state import Running, Video


def go_on(unit: Unit, video_id: UUID, planned: Planning, look: Look) -> None:
    """Begin the film of a run whose pictures are there, or go on with the one that broke."""
    running = unit.state(video_project.decider, video_id)
    if not isinstance(running, Running):
        return
    film_id = run_id(video_id, running.video.revision)
    match unit.state(film.decider, film_id):
        case Broken() if running.video.then == "drop":
            state: FilmState = unit.decide(film.decider, film_id, Drop()).state
        case Broken(film=broken):
            state = _resume(unit, video_id, film_id, broken)
        case _:
            state = _begin(unit, video_id, running.video, planned, look)
    _tell(unit, video_id, film_id, state)


def _begin(unit: Unit, video_id: UUID, video: Video, planned: Planning, look: Look) -> FilmState:
    """Want all pieces, and begin with those that are there."""
    wanted = wanted_pieces(planned, video.clips)
    if ENGINES[video.settings.engine].reads:
        _keep_words(unit, planned, wanted)
    names = dict.fromkeys(each.name for clip in video.clips for each in clip.pictures)
    sources = tuple(video.sources[name] for name in names)
    begin = Begin(
        workspace_id=video.workspace_id,
        video_project_id=video_id,
        revision=video.revision,
        clips=video.clips,
        sources=sources,
        wanted=wanted,
        made=tuple(wanting.want(unit, video_id, wanted, sources)),
        look=look,
    )
    state: FilmState = unit.decide(film.decider, run_id(video_id, video.revision), begin).state
    return state


def _keep_words(unit: Unit, planned: Planning, wanted: Iterable[Wanted]) -> None:
    """Keep what a model is told beside the events: it may be the customer's own."""
    for each in wanted:
        if each.spec.words:
            words = {"prompt": planned.words[each.clip_ids[0]]}
            unit.execute(keep(each.piece_id, planned.workspace_id, words))


def _resume(unit: Unit, video_id: UUID, film_id: UUID, broken: Film) -> FilmState:
    """Want again what is not there; some of it may have been made for another film."""
    state: FilmState = unit.decide(film.decider, film_id, Resume()).state
    again = [each for each in broken.needed if each.piece_id in broken.unfinished]
    for made in wanting.want(unit, video_id, again, broken.begun.sources):
        end = PieceEnded(piece_id=made.piece_id, key=made.key)
        state = unit.decide(film.decider, film_id, end).state
    return state


def ended(unit: Unit, piece_id: UUID, end: Rendered | Lost, cost_micro_usd: int) -> None:
    """Tell the films that wait for a piece that it was made, or lost.

    What was charged is of the video that asked for it first, whether it waits still or not.
    """
    unit.preload((video_project.decider, id) for id in (*end.wanted_by, end.of.asked_by))
    payer = end.of.asked_by if cost_micro_usd > 0 else None
    for video_id in end.wanted_by:
        cost = cost_micro_usd if video_id == payer else 0
        if _hears(unit, video_id, piece_id, end, cost) and video_id == payer:
            payer = None
    if payer is not None and unit.state(video_project.decider, payer) is not None:
        note = video_messages.NoteCost(cost_micro_usd=cost_micro_usd)
        unit.decide(video_project.decider, payer, note)


def _hears(unit: Unit, video_id: UUID, piece_id: UUID, end: Rendered | Lost, cost: int) -> bool:
    """Tell a video's film of a piece; False where it does not wait for it."""
    running = unit.state(video_project.decider, video_id)
    if not isinstance(running, Running):
        return False
    film_id = run_id(video_id, running.video.revision)
    working = unit.state(film.decider, film_id)
    if not isinstance(working, Working) or working.film.awaited(piece_id) is None:
        return False
    come = {"key": end.key} if isinstance(end, Rendered) else {"cause": end.cause}
    told = PieceEnded(piece_id=piece_id, cost_micro_usd=cost, **come)
    state = unit.decide(film.decider, film_id, told).state
    if isinstance(state, Working) and cost:
        spent, cap = running.video.spent_micro_usd, running.video.cap_cents
        note = film_messages.NoteCost(spent_micro_usd=spent, cap_cents=cap)
        state = unit.decide(film.decider, film_id, note).state
    _tell(unit, video_id, film_id, state)
    return True


def missing(unit: Unit, film_id: UUID, keys: Sequence[str]) -> None:
    """Have pieces made again whose blobs are gone."""
    joining = unit.state(film.decider, film_id)
    if not isinstance(joining, Joining):
        return
    gone = [each for each in joining.film.needed if joining.film.keys.get(each.piece_id) in keys]
    for each in gone:
        unit.decide(piece.decider, each.piece_id, Forget())
    ids = tuple(each.piece_id for each in gone)
    unit.decide(film.decider, film_id, film_messages.NotePiecesMissing(piece_ids=ids))
    begun = joining.film.begun
    wanting.want(unit, begun.video_project_id, gone, begun.sources)


def joined(unit: Unit, film_id: UUID, command: NoteFilm | NoteCompileFailed) -> None:
    """Note the finished film, or that its pieces could not be joined; if it is waited for."""
    if isinstance(unit.state(film.decider, film_id), Joining):
        state = unit.decide(film.decider, film_id, command).state
        _tell(unit, state.film.begun.video_project_id, film_id, state)


def stopped(unit: Unit, video_id: UUID, video: Video) -> Ended:
    """Stop the film of the present revision and forgo its pieces; return what it has come to."""
    return _stop(unit, video_id, video, wanting.forgo)


def held(unit: Unit, video_id: UUID, video: Video) -> Ended:
    """Stop it likewise, but let what is being made be finished."""
    return _stop(unit, video_id, video, wanting.take_back)


def _stop(unit: Unit, video_id: UUID, video: Video, how: wanting.Leave) -> Ended:
    film_id = run_id(video_id, video.revision)
    state = unit.state(film.decider, film_id)
    if not isinstance(state, Working | Joining | Broken):
        return Ended()
    unit.decide(film.decider, film_id, Stop())
    if isinstance(state, Broken):  # it was to be gone on with, and was charged for what is there
        return Ended(clips=state.film.ends)
    wanting.leave(unit, video_id, state.film, how)
    return _come_to(state.film)


def left_broken(unit: Unit, video_id: UUID, revision: int) -> Ended:
    """Return what is there of a film that was to be gone on with, and is not; nothing is charged.

    It stays as it is: the run has failed, and what it is made of cannot be changed.
    """
    state = unit.state(film.decider, run_id(video_id, revision))
    return Ended(clips=state.film.ends) if isinstance(state, Broken) else Ended()


def _come_to(of: Film) -> Ended:
    return Ended(clips=of.ends, cost_micro_usd=of.cost_micro_usd)


def _tell(unit: Unit, video_id: UUID, film_id: UUID, state: FilmState) -> None:
    """Tell the video how its film stands, where that changes anything for it."""
    note: video_messages.Command
    match state:
        case Joining(film=of):
            note = NoteCompileStarted(revision=of.begun.revision)
        case Finished(film=of, file=file):
            note = NoteFilmEnded(revision=of.begun.revision, end=_come_to(of), film=file)
        case Broken(film=of, reason=reason, cause=cause):
            wanting.leave(unit, video_id, of, wanting.forgo)  # it broke before all pieces had ended
            note = NoteFilmEnded(
                revision=of.begun.revision,
                end=_come_to(of),
                reason=reason,
                cause=cause,
                failed_count=len(of.failed_clips),
            )
        case _:
            return
    unit.decide(video_project.decider, video_id, note)
