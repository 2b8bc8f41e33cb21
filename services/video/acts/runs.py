"""What is done about runs: a film is asked for, retried, broken off."""

import hashlib
import secrets
from datetime import timedelta
from functools import partial
from uuid import UUID

from chassis.asked import Written
from chassis.door.edge import Door
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.video.runs import (
    CancelVideo,
    Compiled,
    CompileWithoutFailed,
    RaiseCap,
    Retried,
    RetryFailed,
    StartVideo,
    VideoStarted,
)
from video import filming, planning, starting
from video.acts.drafts import acting, changing
from video.domain import film, video_messages, video_project
from video.domain.film_state import Broken, Film
from video.domain.plan import run_id
from video.domain.video_messages import Cancel, Ended, Starting
from video.domain.video_state import Removed, Running, Standing
from video.equipment import Tools

TOKEN = timedelta(hours=1)


def start(door: Door, call: Call, asked: StartVideo) -> VideoStarted:
    """Ask for a video to be made once it is cleared; one that is cleared begins.

    A start that is under way is left alone. Raises `Forbidden` for a member whose video it is not,
    `Rejected` where it has ended, would cost too much, or nothing may be begun.
    """
    return door.app.unit(call, partial(_start, door.tools, asked), VideoStarted)


def _start(tools: Tools, asked: StartVideo, unit: Unit) -> VideoStarted:
    id, expiry = asked.video_project_id, int((unit.call.at + TOKEN).timestamp())
    token = f"{expiry}.{secrets.token_urlsafe(32)}"
    begin = _starting(tools, unit, id, max_price_ore=asked.max_price_ore, token=token)
    decided = unit.decide(video_project.decider, id, video_messages.StartVideo(start=begin))
    is_its = decided.state.video.progress_sha256 == begin.progress_sha256
    now = starting.asked(unit, id)
    return VideoStarted(
        id=id,
        version=decided.version,
        run_id=run_id(id, now.video.revision),
        clearance=now.video.clearance,
        progress_token=token if is_its else None,
    )


def _starting(
    tools: Tools,
    unit: Unit,
    video_id: UUID,
    max_price_ore: int | None = None,
    token: str | None = None,
) -> Starting:
    """Return what every start is asked with: what it would cost, too, of what is there by now."""
    by, known = acting(unit.call.actor), unit.state(video_project.decider, video_id)
    stands = known is not None and not isinstance(known, Removed)
    return Starting(
        by=by,
        is_barred=stands and starting.is_barred(unit, known.workspace_id),
        needed_cents=planning.needed_cents(unit, known.video) if stands else 0,
        budget_cents=tools.budget_cents,
        max_price_ore=max_price_ore,
        progress_sha256=hashlib.sha256(token.encode()).hexdigest() if token else None,
    )


def retry(door: Door, call: Call, asked: RetryFailed) -> Retried:
    """Have made again what failed. Raises `Rejected` where nothing has."""

    def work(unit: Unit) -> Retried:
        begin = _starting(door.tools, unit, asked.video_project_id)
        command = video_messages.RetryFailed(start=begin)
        decided = unit.decide(video_project.decider, asked.video_project_id, command)
        broken = _broken(unit, decided)
        now = starting.asked(unit, decided.id)
        return Retried(
            id=decided.id,
            version=decided.version,
            run_id=run_id(decided.id, now.video.revision),
            clearance=now.video.clearance,
            pieces=len(broken.unfinished) if broken is not None else 0,
        )

    return door.app.unit(call, work, Retried)


def compile_without(door: Door, call: Call, asked: CompileWithoutFailed) -> Compiled:
    """Have the film made of the clips that are there. Raises `Rejected` where too few are."""

    def work(unit: Unit) -> Compiled:
        begin = _starting(door.tools, unit, asked.video_project_id)
        command = video_messages.CompileWithoutFailed(start=begin)
        decided = unit.decide(video_project.decider, asked.video_project_id, command)
        broken = _broken(unit, decided)
        dropped = film.droppable(broken) if broken is not None else ()
        now = starting.asked(unit, decided.id)
        return Compiled(
            id=decided.id,
            version=decided.version,
            run_id=run_id(decided.id, now.video.revision),
            clearance=now.video.clearance,
            dropped_clip_ids=dropped,
        )

    return door.app.unit(call, work, Compiled)


def _broken(unit: Unit, decided: Decided) -> Film | None:
    """Return the film that a run goes on with; None where it failed before there was one."""
    stands: Standing = decided.state
    state = unit.state(film.decider, run_id(decided.id, stands.video.revision))
    return state.film if isinstance(state, Broken) else None


def cancel(unit: Unit, asked: CancelVideo) -> Written:
    """Break a run off, or withdraw its start; what was made stays for the next one."""
    id, end = asked.video_project_id, Ended()
    changing(unit, id)  # before anything is asked of its film
    known = unit.state(video_project.decider, id)
    if isinstance(known, Running):
        end = filming.stopped(unit, id, known.video)
    command = Cancel(by=acting(unit.call.actor), end=end)
    return unit.decide(video_project.decider, id, command).written


def raise_cap(door: Door, call: Call, asked: RaiseCap) -> Written:
    """Let a video cost more, all its revisions together."""

    def work(unit: Unit) -> Written:
        command = video_messages.RaiseCap(
            cap_cents=asked.cap_cents,
            budget_cents=door.tools.budget_cents,
            reason=asked.reason,
        )
        return unit.decide(video_project.decider, asked.video_project_id, command).written

    return door.app.unit(call, work, Written)
