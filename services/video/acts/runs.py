"""What is done about runs: a film is asked for, and how far it is."""

from sqlalchemy import Connection

from chassis.door.edge import Door
from chassis.errors import Forbidden
from chassis.identity import Actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.video.runs import GetProgress, Progress, StartVideo, VideoStarted
from video import starting
from video.acts.drafts import own_workspace
from video.domain import video, video_project
from video.domain.plan import run_id
from video.projections import progress


def start(unit: Unit, asked: StartVideo) -> VideoStarted:
    """Ask for a video to be made once it is cleared; one that is cleared begins.

    A start that is under way is left alone. Raises `Forbidden` for a member whose video it is not,
    `Rejected` where it has ended or nothing may be begun.
    """
    command = video.StartVideo(
        max_price_ore=asked.max_price_ore,
        is_barred=starting.is_barred(unit, own_workspace(unit.call.actor)),
    )
    decided = unit.decide(video_project.decider, asked.video_project_id, command)
    stands: video.Video = decided.state
    if not _may_start(unit.call.actor, stands):  # nothing is written before the unit's end
        raise Forbidden("video.not_your_video", "members start their own videos only")
    now = starting.asked(unit, asked.video_project_id)
    return VideoStarted(
        id=decided.id,
        version=decided.version,
        run_id=run_id(decided.id, stands.revision),
        clearance=now.clearance if isinstance(now, video.Draft) else "cleared",
    )


def _may_start(actor: Actor, stands: video.Video) -> bool:
    mine = actor.user_id == stands.user_id
    return mine or actor.role in ("admin", "owner")


def how_far(db: Connection, door: Door, call: Call, asked: GetProgress) -> Progress:
    """Return how far a run is. Raises `NotFound` for one the caller does not see."""
    return Progress(**progress.of_run(db, asked.run_id, call.actor))
