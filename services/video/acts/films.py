"""What is shown of films: their rows, their clips, and links once a film is there."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.video.films import (
    Film,
    GetVideo,
    ListVideos,
    Thumbnail,
    VideoClip,
    VideoProject,
    VideoProjectWithClips,
)
from gateways.port import Blobs, key_of
from video.projections import video_clips, video_projects

Row = Mapping[str, Any]


def shown(db: Connection, door: Door, call: Call, asked: GetVideo) -> VideoProjectWithClips:
    """Return a video with its clips, and links to its film once that is there."""
    row = video_projects.get(db, asked.video_project_id, call.actor)
    return with_links(row, video_clips.of_video(db, asked.video_project_id), door.tools.blobs)


def with_links(row: Row, clips: Iterable[Row], blobs: Blobs) -> VideoProjectWithClips:
    """Return a video as it is replied: its row, its clips, and links to its blobs."""
    film = thumbnail = None
    if row["status"] == "completed":
        film = Film(**_link(row["final_video_url"], "video/mp4", blobs), **row["metadata"]["film"])
        thumbnail = Thumbnail(**_link(row["thumbnail_url"], "image/jpeg", blobs))
    return VideoProjectWithClips(
        **row, clips=tuple(VideoClip(**each) for each in clips), film=film, thumbnail=thumbnail
    )


def _link(ref: str, content_type: str, blobs: Blobs) -> dict[str, Any]:
    link = blobs.link(key_of(ref), content_type)
    return {"ref": ref, "url": link.url, "expires_at": link.expires_at}


def listed(db: Connection, door: Door, call: Call, asked: ListVideos) -> Page[VideoProject]:
    """Return a page of the workspace's videos, newest first; a system admin sees all."""
    return video_projects.newest(db, call.actor, asked).of(VideoProject)
