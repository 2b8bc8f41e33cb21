"""video over RPC: the table of contents. What each method does stands in `films` and `domain`."""

from dataclasses import asdict

from chassis.green.nameko_ext import CallerProvider, DoorProvider, command, query
from contracts.video import Progress
from video import films, schemas
from video.projections import progress, video_clips, video_projects


class VideoService:
    """Films: their clips, transitions and joining."""

    name = "video"
    door = DoorProvider()
    caller = CallerProvider()

    @command(schemas.CreateVideo)
    def create_video(self, request, call):
        engine = self.door.tools.engine.name
        return self.door.app.unit(call, lambda unit: films.create(unit, request, engine))

    @command(schemas.StartVideo, key_required=True)
    def start_video(self, request, call):
        return self.door.app.unit(call, lambda unit: films.start(unit, request))

    @query(schemas.GetVideo)
    def get_video(self, request, call):
        id, blobs = request.video_project_id, self.door.tools.blobs
        return self.door.app.query(
            lambda db: films.shown(
                video_projects.get(db, id, call.actor), video_clips.of_video(db, id), blobs
            )
        )

    @query(schemas.ListVideos)
    def list_videos(self, request, call):
        return self.door.app.query(
            lambda db: video_projects.newest(db, call.actor, request.limit, request.cursor)
        )

    @query(schemas.GetProgress)
    def progress(self, request, call):
        return self.door.app.query(
            lambda db: asdict(Progress(**progress.of_run(db, request.run_id, call.actor)))
        )

    @query(schemas.EventsRead)
    def events_read(self, request, call):
        return self.door.events_read(request)

    @query(schemas.Describe)
    def describe(self, request, call):
        return self.door.describe()
