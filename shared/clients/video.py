"""The client of video."""

from clients.client import Client, rpc
from contracts.video import clips, costs, drafts, films, music, runs, uploads


class Video(Client):
    """Films: their clips, transitions, music and joining."""

    create_video = rpc(drafts.CreateVideo)
    create_from_storyboard = rpc(drafts.CreateFromStoryboard)
    update_video = rpc(drafts.UpdateVideo)
    new_revision = rpc(drafts.NewRevision)
    delete_video = rpc(drafts.DeleteVideo)
    list_storyboards = rpc(drafts.ListStoryboards)

    add_clip = rpc(clips.AddClip)
    update_clip = rpc(clips.UpdateClip)
    remove_clip = rpc(clips.RemoveClip)
    reorder_clips = rpc(clips.ReorderClips)
    auto_arrange = rpc(clips.AutoArrange)
    list_clips = rpc(clips.ListClips)

    request_uploads = rpc(uploads.RequestUploads)
    confirm_uploads = rpc(uploads.ConfirmUploads)

    start_video = rpc(runs.StartVideo)
    retry_failed = rpc(runs.RetryFailed)
    compile_without_failed = rpc(runs.CompileWithoutFailed)
    cancel_video = rpc(runs.CancelVideo)
    raise_cap = rpc(runs.RaiseCap)
    progress = rpc(runs.GetProgress)

    estimate = rpc(costs.GetEstimate)
    diff_cost = rpc(costs.DiffCost)

    get_video = rpc(films.GetVideo)
    list_videos = rpc(films.ListVideos)
    manifest = rpc(films.GetManifest)
    video_stats = rpc(films.GetVideoStats)

    add_music_track = rpc(music.AddMusicTrack)
    deactivate_music_track = rpc(music.DeactivateMusicTrack)
    list_music_tracks = rpc(music.ListMusicTracks)
