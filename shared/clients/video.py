"""The client of video."""

from typing import Literal
from uuid import UUID

from clients.client import Client
from clients.page import Page
from clients.rows.every_service import Written
from clients.rows.video import VideoProject, VideoProjectWithClips, VideoStarted
from contracts import video as asked
from contracts.video import Progress


class Video(Client):
    """Films: their clips, transitions and joining."""

    def create_video(
        self,
        *,
        name: str,
        clips: tuple[asked.NewClip, ...],
        description: str | None = None,
        aspect_ratio: Literal["16:9", "9:16", "1:1"] = "16:9",
        music_track_id: UUID | None = None,
        music_volume: int = 50,
        generate_native_audio: bool = True,
        video_project_id: UUID | None = None,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Make a draft in one's own workspace, with an id of one's choice or a new one."""
        request = asked.CreateVideo(
            name=name,
            clips=clips,
            description=description,
            aspect_ratio=aspect_ratio,
            music_track_id=music_track_id,
            music_volume=music_volume,
            generate_native_audio=generate_native_audio,
            video_project_id=video_project_id,
        )
        return self._command("create_video", request, Written, idempotency_key, expected_version)

    def start_video(
        self,
        *,
        video_project_id: UUID,
        idempotency_key: str,
        max_price_ore: int | None = None,
        expected_version: int | None = None,
    ) -> VideoStarted:
        """Have a film made, if it costs no more than `max_price_ore` (øre, net)."""
        request = asked.StartVideo(video_project_id=video_project_id, max_price_ore=max_price_ore)
        return self._command(
            "start_video", request, VideoStarted, idempotency_key, expected_version
        )

    def get_video(
        self,
        *,
        video_project_id: UUID,
    ) -> VideoProjectWithClips:
        """Return a video with its clips, and its film once that is there."""
        request = asked.GetVideo(video_project_id=video_project_id)
        return self._query("get_video", request, VideoProjectWithClips)

    def list_videos(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[VideoProject]:
        """Return a page of the workspace's videos."""
        request = asked.ListVideos(limit=limit, cursor=cursor)
        return self._page("list_videos", request, VideoProject)

    def progress(
        self,
        *,
        run_id: UUID,
    ) -> Progress:
        """Return how far a run is."""
        request = asked.GetProgress(run_id=run_id)
        return self._query("progress", request, Progress)
