"""The client of media."""

from clients.client import Client, rpc
from contracts.media import catalogue, disclosure, downloads, images, projects, sources, uploads


class Media(Client):
    """Image projects and the photographs in them."""

    create_project = rpc(projects.CreateProject)
    update_project = rpc(projects.UpdateProject)
    delete_project = rpc(projects.DeleteProject)
    start_project = rpc(projects.StartProject)
    set_room_type = rpc(projects.SetRoomType)
    get_project = rpc(projects.GetProject)
    list_projects = rpc(projects.ListProjects)
    project_stats = rpc(projects.GetProjectStats)

    request_uploads = rpc(uploads.RequestUploads)
    confirm_uploads = rpc(uploads.ConfirmUploads)

    retry_image = rpc(images.RetryImage)
    regenerate_image = rpc(images.RegenerateImage)
    edit_image = rpc(images.EditImage)
    select_version = rpc(images.SelectVersion)
    cancel_image = rpc(images.CancelImage)
    delete_images = rpc(images.DeleteImages)
    get_image = rpc(images.GetImage)
    list_images = rpc(images.ListImages)
    list_versions = rpc(images.ListVersions)

    download_project = rpc(downloads.DownloadProject)

    set_alteration = rpc(disclosure.SetAlteration)
    publish_original = rpc(disclosure.PublishOriginal)
    revoke_original = rpc(disclosure.RevokeOriginal)
    disclosure = rpc(disclosure.GetDisclosure)

    list_style_templates = rpc(catalogue.ListStyleTemplates)
    list_room_types = rpc(catalogue.ListRoomTypes)

    source_link = rpc(sources.GetSourceLink)
