"""media over RPC: a line a method. What each does stands in `acts`."""

from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.media.catalogue import ListRoomTypes, ListStyleTemplates
from contracts.media.projects import (
    CreateProject,
    GetProject,
    ListProjects,
    SetRoomType,
    StartProject,
)
from contracts.media.sources import GetSourceLink
from contracts.media.uploads import ConfirmUploads, RequestUploads
from media import schemas
from media.acts import catalogue, projects, sources, uploads


class MediaService:
    """Image projects and the photographs in them."""

    name, rules = "media", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_project = unit(CreateProject, projects.create)
    start_project = unit(StartProject, projects.start)
    set_room_type = unit(SetRoomType, projects.set_room_type)
    get_project = look(GetProject, projects.shown)
    list_projects = look(ListProjects, projects.listed)

    request_uploads = act(RequestUploads, uploads.request)
    confirm_uploads = act(ConfirmUploads, uploads.confirm)

    list_style_templates = act(ListStyleTemplates, catalogue.styles)
    list_room_types = act(ListRoomTypes, catalogue.room_types)

    source_link = look(GetSourceLink, sources.link)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
