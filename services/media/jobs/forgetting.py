"""What of media goes with a photograph, a project or an address that is revoked: its files."""

from uuid import UUID

from chassis.unit.calls import Job
from emptying import files
from media.domain.image_state import Image
from media.domain.project_state import Project
from media.links import image_prefixes, mask_prefixes, project_prefix, published_key, stem


def of_project(workspace_id: UUID, project_id: UUID) -> Job:
    """Return the job that the removal of a project asks for."""
    return files.below(project_id, [project_prefix(workspace_id, project_id)])


def of_images(project_id: UUID, state: Project, image_ids: tuple[UUID, ...]) -> Job:
    """Return the job that the removal of photographs asks for; their masks go with them."""
    where = state.workspace_id, project_id
    masks = [each.image_id for each in state.announced if each.mask_of in image_ids]
    prefixes = [prefix for each in image_ids for prefix in image_prefixes(*where, each)]
    return files.below(
        project_id, [*prefixes, *(p for each in masks for p in mask_prefixes(*where, each))]
    )


def of_publication(image_id: UUID, state: Image, token_sha256: str) -> Job:
    """Return the job that a revocation asks for: the copy that everybody saw goes."""
    key = published_key(state.workspace_id, state.project_id, image_id, token_sha256)
    return files.below(image_id, [stem(key)])
