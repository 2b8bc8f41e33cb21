"""What video does outside a transaction, a file a kind."""

from collections.abc import Iterable
from typing import Any

from asking import jobs as paid
from asking import leaving
from asking.port import Asking
from chassis.jobs.jobs import Kind
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.store import Recorded
from emptying import files
from emptying.holding import job as hold
from emptying.purging import of_closed as purge_of_closed
from video.domain.customer import BARRED, StatusHeard
from video.domain.film_messages import CompileStarted, FilmStopped
from video.domain.music_track import TrackAdded
from video.domain.piece_messages import PieceForgone, PieceWanted
from video.domain.video_events import RunBegun, RunEnded, VideoRemoved
from video.jobs import compiling, describing, fetching, holding, purging, rendering
from video.jobs.equipment import Tools
from video.kinds import COMPILE_FILM, FETCH_SOURCES, PIECES


def jobs(recorded: Recorded, state: Any) -> Iterable[Job | CancelJobs]:
    """Queue what an event asks for; cancel what nobody waits for any more."""
    match recorded.event:
        case RunBegun():
            yield fetching.job(recorded.subject, state.video)
        case RunEnded(outcome="cancelled" | "held"):
            yield CancelJobs(kind=FETCH_SOURCES, subject=recorded.subject)
        case PieceWanted() as wanted:
            yield rendering.job(recorded.subject, wanted, state.of.retries)
        case PieceForgone(goes_on=False):
            for kind in PIECES:
                yield CancelJobs(kind=kind, subject=recorded.subject)
            if state.of.spec.engine != "local":  # it may be asked already, where its workspace goes
                yield leaving.cancel_provider(recorded.subject, state.of.retries)
        case CompileStarted() as started:
            yield compiling.job(recorded.subject, state.film.begun, started)
        case FilmStopped():
            yield CancelJobs(kind=COMPILE_FILM, subject=recorded.subject)
        case TrackAdded() as added:
            yield describing.job(recorded.subject, added)
        case VideoRemoved():
            prefix = compiling.films_prefix(state.workspace_id, recorded.subject)
            yield files.below(recorded.subject, [prefix])
        case StatusHeard(status=status, purge_after=purge_after) if status in BARRED:
            yield hold(recorded.subject)
            if purge_after is not None:
                yield purge_of_closed(recorded.subject, purge_after - recorded.recorded_at)


def kinds(tools: Tools, asking: Asking) -> tuple[Kind, ...]:
    """Return the kinds of job that video does: whichever engine is new films', all of them."""
    return (
        fetching.kind(tools),
        rendering.kind(tools),
        compiling.kind(tools),
        describing.kind(tools),
        files.kind(tools.blobs),
        holding.kind(tools.app),
        purging.kind(tools.app),
        *paid.kinds(asking),
    )
