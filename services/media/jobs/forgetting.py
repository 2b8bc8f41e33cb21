"""`forget_files`: what lies below some keys goes, and again until nobody writes there any more.

By prefix and never by a remembered list: whoever was at work may have written since.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from gateways.port import Blobs
from media.domain.image_state import Image
from media.domain.project_state import Project
from media.links import image_prefixes, mask_prefixes, project_prefix, published_key, stem

FORGET_FILES = "forget_files"
# After what was told to stop has stopped, within seconds; and after the longest that anybody is at
# work at a picture (900 s), who may not have heard of it, and a minute.
AGAIN_S = (60, 900)


def of_project(workspace_id: UUID, project_id: UUID) -> Job:
    """Return the job that the removal of a project asks for."""
    return _job(project_id, [project_prefix(workspace_id, project_id)])


def of_workspace(workspace_id: UUID) -> Job:
    """Return the job that is asked for once a workspace is empty."""
    return _job(workspace_id, [f"{workspace_id}/"])


def of_images(project_id: UUID, state: Project, image_ids: tuple[UUID, ...]) -> Job:
    """Return the job that the removal of photographs asks for; their masks go with them."""
    where = state.workspace_id, project_id
    masks = [each.image_id for each in state.announced if each.mask_of in image_ids]
    prefixes = [prefix for each in image_ids for prefix in image_prefixes(*where, each)]
    return _job(
        project_id, [*prefixes, *(p for each in masks for p in mask_prefixes(*where, each))]
    )


def of_publication(image_id: UUID, state: Image, token_sha256: str) -> Job:
    """Return the job that a revocation asks for: the copy that everybody saw goes."""
    key = published_key(state.workspace_id, state.project_id, image_id, token_sha256)
    return _job(image_id, [stem(key)])


def _job(subject: UUID, prefixes: Iterable[str]) -> Job:
    return Job(kind=FORGET_FILES, subject=subject, args={"prefixes": list(prefixes)})


def kind(blobs: Blobs) -> Kind:
    """Return how files go."""
    return Kind(
        name=FORGET_FILES,
        run=partial(_forget, blobs),
        finish=_once_more,
        give_up=_once_more,
        attempts=8,
        timeout_s=120,
        backoff_s=(5, 15, 60, 300),
    )


def _forget(blobs: Blobs, task: Task, control: Control) -> None:
    for prefix in task.args["prefixes"]:
        for each in blobs.listed(prefix):
            control.check()
            blobs.delete(each.key)


def _once_more(unit: Unit, task: Task, _: Any) -> None:
    passed = task.args.get("passed", 0)
    if passed < len(AGAIN_S):
        args = {**task.args, "passed": passed + 1}
        again = Job(kind=FORGET_FILES, subject=task.subject, args=args, delay_s=AGAIN_S[passed])
        unit.queue(again, task.workspace_id)
