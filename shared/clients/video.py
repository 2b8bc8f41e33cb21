"""The client of video."""

from clients.client import Client, rpc
from contracts.video import drafts, films, runs


class Video(Client):
    """Films: their clips, transitions and joining."""

    create_video = rpc(drafts.CreateVideo)

    start_video = rpc(runs.StartVideo)
    progress = rpc(runs.GetProgress)

    get_video = rpc(films.GetVideo)
    list_videos = rpc(films.ListVideos)
