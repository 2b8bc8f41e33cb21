from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.codec import load, plain
from chassis.domain import fold
from chassis.unit.store import Recorded
from contracts.video import events as told
from unit.video.films import (
    CLEARED,
    CREATED,
    FILM,
    GENERATING,
    ORDER,
    REQUESTED,
    SPEC,
    STARTED,
    USER,
    WANTED,
    WORKSPACE,
    finished,
)
from video.domain.piece import PieceWanted
from video.domain.plan import Spec
from video.domain.video import CompileStarted, Event, FilmCompiled, VideoFailed
from video.domain.video_project import decider
from video.jobs import jobs
from video.outbound import outbound

AT = datetime(2026, 3, 1, tzinfo=UTC)
VIDEO = UUID(int=77)
COMPILING = (*GENERATING, *map(finished, WANTED), CompileStarted(revision=1, pieces=ORDER))
COMPILED = FilmCompiled(revision=1, film=FILM, actual_cost_cents=0, at=AT)
FAILED = VideoFailed(revision=1, failed_count=2, reason="clips_failed", cause="video.x")


def recorded(*events: Event) -> tuple[Recorded, Any]:
    last = Recorded(
        event_id=UUID(int=5),
        stream_id=f"video_project-{VIDEO}",
        subject=VIDEO,
        version=len(events),
        event=events[-1],
        meta={"workspace": str(WORKSPACE)},
        recorded_at=AT,
    )
    return last, fold(decider, events)


def test_what_others_hear_of_a_film() -> None:
    of_ours = {"project_id": VIDEO, "workspace_id": WORKSPACE, "user_id": USER}
    kind, title = "video_project", "Storgata 2"
    assert outbound(*recorded(CREATED)) == told.VideoCreated(**of_ours, title=title)
    assert outbound(*recorded(CREATED, REQUESTED)) == told.ProjectStartRequested(
        **of_ours, project_kind=kind, run=1, title=title, max_price_ore=None
    )
    assert outbound(*recorded(*COMPILING, COMPILED)) == told.ProjectCompleted(
        **of_ours,
        project_kind=kind,
        revision=1,
        title=title,
        duration_seconds=25,
        completed_at=AT,
    )
    assert outbound(*recorded(*GENERATING, FAILED)) == told.ProjectFailed(
        project_id=VIDEO,
        project_kind=kind,
        workspace_id=WORKSPACE,
        run=1,
        failed_count=2,
        reason="clips_failed",
    )


def test_what_happens_inside_is_told_to_nobody() -> None:
    for last in range(3, len(COMPILING) + 1):
        assert outbound(*recorded(*COMPILING[:last])) is None


def test_every_picture_is_fetched_once() -> None:
    (job,) = jobs(*recorded(CREATED, REQUESTED, CLEARED))
    images = [str(clip.image_generation_id) for clip in CREATED.settings.clips]
    assert (job.kind, job.subject) == ("fetch_sources", VIDEO)
    assert plain(job.args) == {"revision": 1, "images": images}  # type: ignore[union-attr]


def test_the_compile_knows_the_order_and_the_look_of_the_film() -> None:
    (job,) = jobs(*recorded(*COMPILING))
    assert plain(job.args) == {  # type: ignore[union-attr]
        "revision": 1,
        "pieces": list(ORDER),
        "aspect_ratio": "16:9",
        "music_volume": 50,
    }


def test_pieces_are_rendered_because_they_are_wanted_not_because_a_film_has_started() -> None:
    assert list(jobs(*recorded(CREATED, REQUESTED, CLEARED, STARTED))) == []


def test_a_piece_that_is_wanted_is_rendered_as_specified() -> None:
    wanted = PieceWanted(workspace_id=WORKSPACE, video_project_id=VIDEO, spec=SPEC)
    (job,) = jobs(replace(recorded(CREATED)[0], event=wanted), None)
    assert (job.kind, job.subject) == ("render_piece", VIDEO)
    assert load(Spec, plain(job.args)["spec"]) == SPEC  # type: ignore[union-attr]
