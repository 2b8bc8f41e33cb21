"""media over RPC: the table of contents. What each method does stands in `projects`, `uploads`."""

from chassis.green.nameko_ext import CallerProvider, DoorProvider, command, query
from media import projects, replies, schemas, uploads


class MediaService:
    """Image projects and the photographs in them."""

    name = "media"
    door = DoorProvider()
    caller = CallerProvider()

    @command(schemas.CreateProject)
    def create_project(self, request, call):
        return self.door.app.unit(call, lambda unit: projects.create(unit, call.actor, request))

    @command(schemas.RequestUploads)
    def request_uploads(self, request, call):
        return uploads.request(self.door.app, self.door.tools, call, request)

    @command(schemas.ConfirmUploads)
    def confirm_uploads(self, request, call):
        return uploads.confirm(self.door.app, self.door.tools, call, request)

    @command(schemas.SetRoomType)
    def set_room_type(self, request, call):
        return self.door.app.unit(
            call, lambda unit: projects.set_room_type(unit, call.actor, request)
        )

    @command(schemas.StartProject, key_required=True)
    def start_project(self, request, call):
        return self.door.app.unit(call, lambda unit: projects.start(unit, call.actor, request))

    @query(schemas.GetProject)
    def get_project(self, request, call):
        return self.door.app.query(
            lambda db: replies.project(db, self.door.tools, call.actor, request.project_id)
        )

    @query(schemas.ListProjects)
    def list_projects(self, request, call):
        return self.door.app.query(
            lambda db: replies.project_list(db, self.door.tools, call.actor, request)
        )

    @query(schemas.GetSourceLink)
    def source_link(self, request, call):
        return self.door.app.query(lambda db: replies.source(db, self.door.tools, request))

    @query(schemas.ListStyleTemplates)
    def list_style_templates(self, request, call):
        return replies.style_templates()

    @query(schemas.ListRoomTypes)
    def list_room_types(self, request, call):
        return replies.room_types()

    @query(schemas.EventsRead)
    def events_read(self, request, call):
        return self.door.events_read(request)

    @query(schemas.Describe)
    def describe(self, request, call):
        return self.door.describe()
