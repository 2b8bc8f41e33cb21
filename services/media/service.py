"""media over RPC: a line a method. What each does stands in `acts`."""

from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.media.catalogue import ListRoomTypes, ListStyleTemplates
from contracts.media.disclosure import (
    GetDisclosure,
    PublishOriginal,
    RevokeOriginal,
    SetAlteration,
)
from contracts.media.downloads import DownloadProject
from contracts.media.images import (
    CancelImage,
    DeleteImages,
    EditImage,
    GetImage,
    ListImages,
    ListVersions,
    RegenerateImage,
    RetryImage,
    SelectVersion,
)
from contracts.media.projects import (
    CreateProject,
    DeleteProject,
    GetProject,
    GetProjectStats,
    ListProjects,
    SetRoomType,
    StartProject,
    UpdateProject,
)
from contracts.media.sources import GetSourceLink
from contracts.media.uploads import ConfirmUploads, RequestUploads
from media import schemas
from media.acts import (
    catalogue,
    chains,
    deleting,
    disclosing,
    downloads,
    projects,
    showing,
    sources,
    uploads,
)


class MediaService:
    """Image projects and the photographs in them."""

    name, rules = "media", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_project = unit(CreateProject, projects.create)
    update_project = unit(UpdateProject, projects.update)
    delete_project = unit(DeleteProject, deleting.project)
    start_project = unit(StartProject, projects.start)
    set_room_type = unit(SetRoomType, projects.set_room_type)
    get_project = look(GetProject, showing.project)
    list_projects = look(ListProjects, showing.projects)
    project_stats = look(GetProjectStats, showing.stats)

    request_uploads = act(RequestUploads, uploads.request)
    confirm_uploads = act(ConfirmUploads, uploads.confirm)

    retry_image = act(RetryImage, chains.retry)
    regenerate_image = act(RegenerateImage, chains.regenerate)
    edit_image = act(EditImage, chains.edit)
    select_version = unit(SelectVersion, chains.select)
    cancel_image = unit(CancelImage, chains.cancel)
    delete_images = unit(DeleteImages, deleting.images)
    get_image = look(GetImage, showing.image)
    list_images = look(ListImages, showing.images)
    list_versions = look(ListVersions, showing.versions)

    download_project = act(DownloadProject, downloads.link)

    set_alteration = unit(SetAlteration, disclosing.set_alteration)
    publish_original = act(PublishOriginal, disclosing.publish)
    revoke_original = unit(RevokeOriginal, disclosing.revoke)
    disclosure = look(GetDisclosure, disclosing.shown)

    list_style_templates = act(ListStyleTemplates, catalogue.styles)
    list_room_types = act(ListRoomTypes, catalogue.room_types)

    source_link = look(GetSourceLink, sources.link)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
