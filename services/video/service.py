"""video over RPC: a line a method. What each does stands in `acts`."""

from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.video.clips import (
    AddClip,
    AutoArrange,
    ListClips,
    RemoveClip,
    ReorderClips,
    UpdateClip,
)
from contracts.video.costs import DiffCost, GetEstimate
from contracts.video.drafts import (
    CreateFromStoryboard,
    CreateVideo,
    DeleteVideo,
    ListStoryboards,
    NewRevision,
    UpdateVideo,
)
from contracts.video.films import GetManifest, GetVideo, GetVideoStats, ListVideos
from contracts.video.music import AddMusicTrack, DeactivateMusicTrack, ListMusicTracks
from contracts.video.runs import (
    CancelVideo,
    CompileWithoutFailed,
    GetProgress,
    RaiseCap,
    RetryFailed,
    StartVideo,
)
from contracts.video.uploads import ConfirmUploads, RequestUploads
from video import schemas
from video.acts import clips, costs, drafts, films, music, runs, uploads


class VideoService:
    """Films: their clips, transitions, music and joining."""

    name, rules = "video", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_video = act(CreateVideo, drafts.create)
    create_from_storyboard = act(CreateFromStoryboard, drafts.create_from_storyboard)
    update_video = unit(UpdateVideo, drafts.update)
    new_revision = unit(NewRevision, drafts.open_revision)
    delete_video = unit(DeleteVideo, drafts.delete)
    list_storyboards = act(ListStoryboards, drafts.storyboards)

    add_clip = unit(AddClip, clips.add)
    update_clip = unit(UpdateClip, clips.update)
    remove_clip = unit(RemoveClip, clips.remove)
    reorder_clips = unit(ReorderClips, clips.reorder)
    auto_arrange = unit(AutoArrange, clips.arrange)
    list_clips = look(ListClips, films.clips)

    request_uploads = act(RequestUploads, uploads.request)
    confirm_uploads = act(ConfirmUploads, uploads.confirm)

    start_video = act(StartVideo, runs.start)
    retry_failed = act(RetryFailed, runs.retry)
    compile_without_failed = act(CompileWithoutFailed, runs.compile_without)
    cancel_video = unit(CancelVideo, runs.cancel)
    raise_cap = act(RaiseCap, runs.raise_cap)
    progress = look(GetProgress, films.how_far)

    estimate = act(GetEstimate, costs.estimate)
    diff_cost = act(DiffCost, costs.difference)

    get_video = look(GetVideo, films.shown)
    list_videos = look(ListVideos, films.listed)
    manifest = look(GetManifest, films.manifest)
    video_stats = look(GetVideoStats, films.stats)

    add_music_track = act(AddMusicTrack, music.add)
    deactivate_music_track = unit(DeactivateMusicTrack, music.deactivate)
    list_music_tracks = look(ListMusicTracks, music.listed)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
