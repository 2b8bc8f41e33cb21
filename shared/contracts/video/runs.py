"""Runs: a film is asked for, retried, broken off; and how far it is."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command, Keyed, Written
from chassis.domain import sensitive, value


@value
class VideoStarted:
    """A video whose start was asked for; `run_id` is what `progress` takes.

    The token lets whoever has it ask how far the run is, for an hour; a repeat has none.
    """

    id: UUID
    version: int
    run_id: UUID
    clearance: str  # requested | payment_required | cleared
    progress_token: str | None = sensitive()


@value
class StartVideo(Keyed[VideoStarted]):
    """Have a film made, if it costs no more than `max_price_ore` (øre, net)."""

    video_project_id: UUID
    max_price_ore: int | None = None


@value
class Retried:
    """A video of which `pieces` clips and transitions are made again."""

    id: UUID
    version: int
    run_id: UUID
    clearance: str
    pieces: int


@value
class RetryFailed(Command[Retried]):
    """Have made again what failed, and only that."""

    video_project_id: UUID


@value
class Compiled:
    """A video that is joined without these clips."""

    id: UUID
    version: int
    run_id: UUID
    clearance: str
    dropped_clip_ids: tuple[UUID, ...]


@value
class CompileWithoutFailed(Command[Compiled]):
    """Have the film made of the clips that are there; at least two."""

    video_project_id: UUID


@value
class CancelVideo(Command[Written]):
    """Break a run off, or withdraw its start; what was made is there for the next one."""

    video_project_id: UUID


@value
class RaiseCap(Command[Written]):
    """Let a video cost more (US cents, all its revisions together); for system admins."""

    video_project_id: UUID
    cap_cents: int
    reason: str


@value
class Progress:
    """How far a run is; `percent` never falls, and is 100 only once the film is there."""

    percent: int
    step: str  # waiting | fetching | generating | compiling | completed | failed
    at: datetime


@value
class GetProgress(Asked[Progress]):
    """Return how far a run is: to who sees its video, or has the token of its start."""

    run_id: UUID
    progress_token: str | None = sensitive(default=None)
