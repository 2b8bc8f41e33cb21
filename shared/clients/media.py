"""The client of media."""

from uuid import UUID

from clients.client import Client
from clients.page import Page
from clients.rows.every_service import Written
from clients.rows.media import (
    Confirmation,
    Project,
    ProjectStarted,
    ProjectWithImages,
    RoomType,
    StyleTemplate,
    Uploads,
)
from contracts import media as asked
from contracts.media import SourceLink


class Media(Client):
    """Image projects and the photographs in them."""

    def create_project(
        self,
        *,
        name: str,
        style_template_id: str,
        room_type: str | None = None,
        project_id: UUID | None = None,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Make a project in one's own workspace, with an id of one's choice or a new one."""
        request = asked.CreateProject(
            name=name,
            style_template_id=style_template_id,
            room_type=room_type,
            project_id=project_id,
        )
        return self._command("create_project", request, Written, idempotency_key, expected_version)

    def request_uploads(
        self,
        *,
        project_id: UUID,
        files: tuple[asked.FileToUpload, ...],
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Uploads:
        """Announce photographs; each is sent to its link."""
        request = asked.RequestUploads(project_id=project_id, files=files)
        return self._command("request_uploads", request, Uploads, idempotency_key, expected_version)

    def confirm_uploads(
        self,
        *,
        project_id: UUID,
        image_ids: tuple[UUID, ...],
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Confirmation:
        """Take the photographs that were sent; each is judged for itself."""
        request = asked.ConfirmUploads(project_id=project_id, image_ids=image_ids)
        return self._command(
            "confirm_uploads", request, Confirmation, idempotency_key, expected_version
        )

    def set_room_type(
        self,
        *,
        project_id: UUID,
        image_ids: tuple[UUID, ...],
        room_type: str,
        idempotency_key: str | None = None,
        expected_version: int | None = None,
    ) -> Written:
        """Say what room these images show."""
        request = asked.SetRoomType(project_id=project_id, image_ids=image_ids, room_type=room_type)
        return self._command("set_room_type", request, Written, idempotency_key, expected_version)

    def start_project(
        self,
        *,
        project_id: UUID,
        idempotency_key: str,
        max_price_ore: int | None = None,
        expected_version: int | None = None,
    ) -> ProjectStarted:
        """Have a project done, if it costs no more than `max_price_ore` (øre, net)."""
        request = asked.StartProject(project_id=project_id, max_price_ore=max_price_ore)
        return self._command(
            "start_project", request, ProjectStarted, idempotency_key, expected_version
        )

    def get_project(
        self,
        *,
        project_id: UUID,
    ) -> ProjectWithImages:
        """Return a project with its images."""
        request = asked.GetProject(project_id=project_id)
        return self._query("get_project", request, ProjectWithImages)

    def list_projects(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Project]:
        """Return a page of the workspace's projects."""
        request = asked.ListProjects(limit=limit, cursor=cursor)
        return self._page("list_projects", request, Project)

    def source_link(
        self,
        *,
        image_generation_id: UUID,
        workspace_id: UUID,
        version_id: UUID | None = None,
    ) -> SourceLink:
        """Return a link to a workspace's finished photograph; for video."""
        request = asked.GetSourceLink(
            image_generation_id=image_generation_id,
            workspace_id=workspace_id,
            version_id=version_id,
        )
        return self._query("source_link", request, SourceLink)

    def list_style_templates(self) -> Page[StyleTemplate]:
        """Return the styles that a project may have, all of them."""
        return self._page("list_style_templates", asked.ListStyleTemplates(), StyleTemplate)

    def list_room_types(self) -> Page[RoomType]:
        """Return the kinds of room, all of them."""
        return self._page("list_room_types", asked.ListRoomTypes(), RoomType)
