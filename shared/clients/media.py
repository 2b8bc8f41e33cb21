"""The client of media."""

from clients.client import Client, rpc
from contracts.media import catalogue, projects, sources, uploads


class Media(Client):
    """Image projects and the photographs in them."""

    create_project = rpc(projects.CreateProject)
    start_project = rpc(projects.StartProject)
    set_room_type = rpc(projects.SetRoomType)
    get_project = rpc(projects.GetProject)
    list_projects = rpc(projects.ListProjects)

    request_uploads = rpc(uploads.RequestUploads)
    confirm_uploads = rpc(uploads.ConfirmUploads)

    list_style_templates = rpc(catalogue.ListStyleTemplates)
    list_room_types = rpc(catalogue.ListRoomTypes)

    source_link = rpc(sources.GetSourceLink)
