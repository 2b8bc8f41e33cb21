"""Runs: a film is asked for, and how far it is."""

from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Keyed
from chassis.domain import value


@value
class VideoStarted:
    """A video whose start was asked for; `run_id` is what `progress` takes."""

    id: UUID
    version: int
    run_id: UUID
    clearance: str


@value
class StartVideo(Keyed[VideoStarted]):
    """Have a film made, if it costs no more than `max_price_ore` (øre, net)."""

    video_project_id: UUID
    max_price_ore: int | None = None


@value
class Progress:
    """How far a run is; `percent` never falls, and is 100 only once the film is there."""

    percent: int
    step: str  # waiting | fetching | generating | compiling | completed | failed
    at: datetime


@value
class GetProgress(Asked[Progress]):
    """Return how far a run is."""

    run_id: UUID
