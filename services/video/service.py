"""video over RPC: a line a method. What each does stands in `acts`."""

from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.video.drafts import CreateVideo
from contracts.video.films import GetVideo, ListVideos
from contracts.video.runs import GetProgress, StartVideo
from video import schemas
from video.acts import drafts, films, runs


class VideoService:
    """Films: their clips, transitions and joining."""

    name, rules = "video", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_video = act(CreateVideo, drafts.create)

    start_video = unit(StartVideo, runs.start)
    progress = look(GetProgress, runs.how_far)

    get_video = look(GetVideo, films.shown)
    list_videos = look(ListVideos, films.listed)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
