"""What is shown of films: their rows, their clips, how far one is, and how it came to be."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis.asked import Page
from chassis.door.edge import Door
from chassis.errors import NotFound, Unauthenticated
from chassis.unit.calls import Call
from chassis.unit.pages import scope
from contracts.video.clips import ListClips
from contracts.video.films import (
    GetManifest,
    GetVideo,
    GetVideoStats,
    ListVideos,
    Manifest,
    VideoClip,
    VideoProject,
    VideoProjectWithClips,
    VideoStats,
)
from contracts.video.runs import GetProgress, Progress
from video import kept, manifests, showing
from video.domain.plan import run_id
from video.manifests import Told
from video.projections import films, pieces, video_clips, video_rows
from video.projections import progress as progress_rows

Row = dict[str, Any]


def shown(db: Connection, door: Door, call: Call, asked: GetVideo) -> VideoProjectWithClips:
    """Return a video with its clips, and links to its last film once there is one.

    Or, of a revision, its film alone. Raises `NotFound("video.run_not_found")` where there is none.
    """
    row = video_rows.get(db, asked.video_project_id, call.actor)
    if asked.revision not in (None, row["revision"]):
        return _shown_as_of(db, door, row, asked.revision)
    film = _of_run(db, asked.video_project_id, row["revision"])
    made = film if asked.revision else films.last_made(db, asked.video_project_id)
    return VideoProjectWithClips(
        **showing.with_film(row, film),
        clips=showing.clips(video_clips.of_video(db, asked.video_project_id), film),
        **showing.files(made, door.tools.blobs),
    )


def _of_run(db: Connection, video_id: UUID, revision: int) -> films.Row | None:
    run = str(run_id(video_id, revision))
    return films.of_runs(db, [run]).get(run)


def _shown_as_of(db: Connection, door: Door, row: Row, revision: int) -> VideoProjectWithClips:
    film = _film_of(db, UUID(row["id"]), revision)
    clip_ids = [UUID(each["id"]) for each in film["begun"]["clips"]]
    return VideoProjectWithClips(
        **showing.as_of(row, film),
        clips=showing.clips_of(film, kept.texts_of(db, clip_ids)),
        **showing.files(film, door.tools.blobs),
    )


def _film_of(db: Connection, video_id: UUID, revision: int) -> films.Row:
    film = _of_run(db, video_id, revision)
    if film is None:
        raise NotFound("video.run_not_found", "this revision has no film")
    return film


def listed(db: Connection, door: Door, call: Call, asked: ListVideos) -> Page[VideoProject]:
    """Return a page of the workspace's videos, newest first; a system admin sees all."""
    page = video_rows.newest(db, call.actor, asked, asked.status)
    at_work = [each["trigger_run_id"] for each in page.items if each["status"] == "generating"]
    made = films.of_runs(db, at_work)
    return page.of(
        lambda **row: VideoProject(**showing.with_film(row, made.get(row["trigger_run_id"])))
    )


def clips(db: Connection, door: Door, call: Call, asked: ListClips) -> Page[VideoClip]:
    """Return a video's clips, in their order."""
    row = video_rows.get(db, asked.video_project_id, call.actor)
    film = _of_run(db, asked.video_project_id, row["revision"])
    rows = video_clips.of_video(db, asked.video_project_id)
    return Page(items=showing.clips(rows, film), next_cursor=None)


def stats(db: Connection, door: Door, call: Call, asked: GetVideoStats) -> VideoStats:
    """Return how many videos there are, and what they have cost; a system admin sees all."""
    counts = video_rows.counts(db, scope(call.actor, None, "video.workspace_not_found"))
    number = {status: count for status, (count, _) in counts.items()}
    return VideoStats(
        total=sum(number.values()),
        draft=number.get("draft", 0),
        processing=sum(number.get(each, 0) for each in video_rows.AT_WORK),
        completed=number.get("completed", 0),
        failed=number.get("failed", 0),
        actual_cost_cents=sum(cents for _, cents in counts.values()),
    )


def how_far(db: Connection, door: Door, call: Call, asked: GetProgress) -> Progress:
    """Return how far a run is.

    Raises `Unauthenticated("chassis.token_required")` where nobody says who they are or has a
    token of it, and `NotFound("video.run_not_found")` for one that the caller does not see.
    """
    if call.actor.kind != "person" and asked.progress_token is None:
        raise Unauthenticated("chassis.token_required", "it takes an access token, or the run's")
    token, now = asked.progress_token, call.at
    return Progress(**progress_rows.of_run(db, asked.run_id, call.actor, token, now))


def manifest(db: Connection, door: Door, call: Call, asked: GetManifest) -> Manifest:
    """Return how a film came to be; that of the last one that was made, where none is named.

    Raises `NotFound("video.run_not_found")` where there is none.
    """
    video_rows.get(db, asked.video_project_id, call.actor)
    film = films.last_made(db, asked.video_project_id)
    if asked.revision is not None:
        film = _of_run(db, asked.video_project_id, asked.revision)
    if film is None or film["status"] != "made":
        raise NotFound("video.run_not_found", "there is no such film")
    piece_ids = [UUID(each) for each in film["pieces"]]
    texts = kept.texts_of(db, piece_ids)
    prompts = {id: each["prompt"] for id, each in texts.items() if "prompt" in each}
    return manifests.of_film(film, Told(prompts=prompts, models=pieces.models(db, piece_ids)))
