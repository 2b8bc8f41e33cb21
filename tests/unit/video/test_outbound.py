"""What others hear of films, and what is queued for what happens to them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from chassis.codec import load, plain
from chassis.domain import Decider, fold
from chassis.unit.calls import CancelJobs, Job
from chassis.unit.store import Recorded
from contracts.video import events as told
from unit.video.films import (
    AT,
    BEGUN,
    CLEARED,
    CLIP_IDS,
    COMPILE,
    COMPILING,
    COMPLETED,
    CREATED,
    FILM_BEGUN,
    FILM_ID,
    GENERATING,
    IMAGES,
    ORDER,
    PIECE,
    REQUESTED,
    SPEC,
    USER,
    VIDEO,
    WANTED,
    WORKSPACE,
    finished,
)
from video.domain import film, piece, video_project
from video.domain.film_messages import FilmStopped
from video.domain.piece_messages import PieceForgone, PieceWanted
from video.domain.plan import Spec
from video.domain.video_events import ClipsChanged, SettingsChanged, VideoRemoved
from video.jobs import jobs
from video.outbound import outbound

REMOVED = VideoRemoved(clip_ids=CLIP_IDS, revision=1)
FAILED = replace(COMPLETED, outcome="failed", reason="clips_failed", failed_count=2, film=None)
PIECE_WANTED = PieceWanted(
    workspace_id=WORKSPACE, video_project_id=VIDEO, spec=SPEC, pictures=("sources/a.jpg",)
)


def recorded(
    decider: Decider[Any, Any, Any], id: UUID, events: tuple[Any, ...]
) -> tuple[Recorded, Any]:
    last = Recorded(
        event_id=UUID(int=5),
        stream_id=f"{decider.name}-{id}",
        subject=id,
        version=len(events),
        event=events[-1],
        meta={"workspace": str(WORKSPACE)},
        recorded_at=AT,
    )
    return last, fold(decider, events)


def of_video(*events: Any) -> tuple[Recorded, Any]:
    return recorded(video_project.decider, VIDEO, events)


def queued(decider: Decider[Any, Any, Any], id: UUID, *events: Any) -> list[tuple[str, UUID]]:
    """Return kind and subject of what is queued, or of what is cancelled, with a minus."""
    asked = jobs(*recorded(decider, id, events))
    minus = {Job: "", CancelJobs: "-"}
    return [(f"{minus[type(each)]}{each.kind}", each.subject) for each in asked]


def test_what_others_hear_of_a_film() -> None:
    of_ours = {"project_id": VIDEO, "workspace_id": WORKSPACE, "user_id": USER}
    kind, title = "video_project", "Storgata 2"
    assert outbound(*of_video(CREATED)) == told.VideoCreated(**of_ours, title=title)
    assert outbound(*of_video(CREATED, REQUESTED)) == told.ProjectStartRequested(
        **of_ours, project_kind=kind, run=1, title=title, max_price_ore=None
    )
    assert outbound(*of_video(*COMPILING, COMPLETED)) == told.ProjectCompleted(
        **of_ours, project_kind=kind, revision=1, title=title, duration_seconds=18, completed_at=AT
    )
    assert outbound(*of_video(*GENERATING, FAILED)) == told.ProjectFailed(
        project_id=VIDEO,
        project_kind=kind,
        workspace_id=WORKSPACE,
        run=1,
        failed_count=2,
        reason="clips_failed",
    )
    assert outbound(*of_video(CREATED, REMOVED)) == told.ProjectDeleted(
        project_id=VIDEO, project_kind=kind, workspace_id=WORKSPACE
    )


def test_what_happens_inside_is_told_to_nobody() -> None:
    for last in range(3, len(COMPILING) + 1):
        assert outbound(*of_video(*COMPILING[:last])) is None
    changed = ClipsChanged(clips=(), removed=(), estimated_cost_cents=0)
    settings = SettingsChanged(settings=CREATED.settings, estimated_cost_cents=0)
    for event in (changed, settings):
        assert outbound(*of_video(CREATED, event)) is None
    for outcome in ("cancelled", "held"):  # it may go on
        ended = replace(FAILED, outcome=outcome, reason=None)
        assert outbound(*of_video(*GENERATING, ended)) is None
    assert outbound(*recorded(film.decider, FILM_ID, (FILM_BEGUN,))) is None


def test_every_picture_that_is_not_there_is_fetched_once() -> None:
    (job,) = jobs(*of_video(CREATED, REQUESTED, CLEARED, BEGUN))
    assert (job.kind, job.subject) == ("fetch_sources", VIDEO)
    args = plain(job.args)  # type: ignore[union-attr]
    assert [each["image_generation_id"] for each in args["pictures"]] == [*map(str, IMAGES)]
    ended = replace(FAILED, outcome="cancelled", reason=None)
    (again,) = jobs(*of_video(*GENERATING, ended, BEGUN))
    assert plain(again.args)["pictures"] == []  # type: ignore[union-attr]


def test_the_compile_knows_the_order_and_the_look_of_the_film() -> None:
    events = (FILM_BEGUN, *map(finished, WANTED), COMPILE)
    (job,) = jobs(*recorded(film.decider, FILM_ID, events))
    assert (job.kind, job.subject) == ("compile_film", FILM_ID)
    assert plain(job.args) == {  # type: ignore[union-attr]
        "pieces": list(ORDER),
        "folder": f"{WORKSPACE}/films/{VIDEO}/",
        "aspect_ratio": "16:9",
        "ducked": True,
        "music": "music/morning.wav",
        "music_volume": 50,
        "logo": None,
        "card": None,
    }


@pytest.mark.parametrize(("engine", "kind"), [("local", "render_piece"), ("fal", "ask_provider")])
def test_a_piece_that_is_wanted_is_made_as_specified(engine: str, kind: str) -> None:
    spec = replace(SPEC, engine=engine)
    wanted = replace(PIECE_WANTED, spec=spec)
    (job,) = jobs(*recorded(piece.decider, PIECE, (wanted,)))
    assert (job.kind, job.subject) == (kind, PIECE)
    args = plain(job.args)  # type: ignore[union-attr]
    assert (load(Spec, args["spec"]), args["pictures"]) == (spec, ["sources/a.jpg"])


def test_what_nobody_waits_for_any_more_is_cancelled() -> None:
    ended = replace(FAILED, outcome="held", reason=None)
    assert queued(video_project.decider, VIDEO, *GENERATING, ended) == [("-fetch_sources", VIDEO)]
    forgone = PieceForgone(video_project_id=VIDEO, goes_on=False)
    assert queued(piece.decider, PIECE, PIECE_WANTED, forgone) == [
        ("-render_piece", PIECE),
        ("-ask_provider", PIECE),
    ]
    assert queued(piece.decider, PIECE, PIECE_WANTED, replace(forgone, goes_on=True)) == []
    asked = replace(PIECE_WANTED, spec=replace(SPEC, engine="fal"))
    assert queued(piece.decider, PIECE, asked, forgone)[-1] == ("cancel_provider", PIECE)
    stopped = (FILM_BEGUN, FilmStopped())
    assert queued(film.decider, FILM_ID, *stopped) == [("-compile_film", FILM_ID)]


def test_the_files_of_a_film_that_is_deleted_go() -> None:
    (job,) = jobs(*of_video(CREATED, REMOVED))
    assert (job.kind, plain(job.args)) == (  # type: ignore[union-attr]
        "forget_files",
        {"prefixes": [f"{WORKSPACE}/films/{VIDEO}/"]},
    )
