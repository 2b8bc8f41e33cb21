"""A photograph's life as a process of its own, killed before any step that leaves something behind.

Who comes after it asks for all of it again, by the same keys, as its client would.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from chassis import settings
from chassis.door.edge import Caller
from chassis.jobs.jobs import Worker
from embedded.direct import DirectPort
from gateways.fal import Fal
from gateways.port import key_of
from integration.stages import mortal
from integration.stages.lives_of_photographs import PHASES, Life, Living
from integration.stages.mortal import Step
from integration.stages.photographs import Studio
from media import app as media
from media.links import (
    RENDITIONS,
    is_passing,
    labelled_key,
    published_key,
    rendition_key,
)
from media.service import MediaService
from media.settings import Settings

KINDS = (
    *("enhance_image", "label_image", "forget_files"),
    *("ask_provider", "await_answer", "cancel_provider", "forget_call"),
)


def preloaded() -> AbstractContextManager[None]:
    """Let the processes of lives find our modules, which are imported once."""
    return mortal.preloaded(__name__)


def lived(studio: Studio, life: Life, phase: str, die_at: int | None = None) -> list[str]:
    """Let a process do a phase of a life; return its steps. Raises `Killed` where it died."""
    owner = studio.person(life.workspace_id, "owner", life.user_id).caller
    given = studio.variables, studio.clock, life, owner, phase
    dies = partial(_is_step, die_at) if die_at is not None else None
    return mortal.lived(_live, *given, dies=dies)


def _is_step(number: int, steps: Sequence[str]) -> bool:
    return len(steps) == number


def _live(
    step: Step,
    variables: Mapping[str, str],
    clock: Callable[[], datetime],
    life: Life,
    owner: Caller,
    phase: str,
) -> None:
    parts = media.build(settings.load(Settings, dict(variables)), _nobody, clock)
    mortal.announce(parts.app.engine, step, room=2)
    Fal.submit = _told(Fal.submit, step)  # type: ignore[method-assign]
    port = DirectPort(facade=MediaService, door=lambda: parts.door, caller=owner)
    worker = Worker(parts.app, [each for each in parts.kinds if each.name in KINDS])
    worker.release()  # who was here before is dead
    PHASES[phase](Living(parts=parts, worker=worker, port=port, life=life))


def _told(submit: Callable[..., Any], step: Callable[[str], None]) -> Callable[..., Any]:
    def told(*given: Any) -> Any:
        step("submit")
        return submit(*given)

    return told


def of_rows(studio: Studio, workspace_id: UUID) -> set[str]:
    """Return the keys of the files that the rows of a workspace say there are."""
    query = "select * from image_generation where workspace_id = :id"
    keys: set[str] = set()
    for row in studio.rows(query, id=str(workspace_id)):
        pictures = [key_of(each) for each in (row.original_image_url, row.result_image_url) if each]
        keys |= {*pictures, *(rendition_key(each, px) for each in pictures for px in RENDITIONS)}
        if row.alteration == "material":
            keys.add(labelled_key(pictures[-1]))
        if row.published_token_sha256:
            where = workspace_id, UUID(row.project_id), UUID(row.id)
            keys.add(published_key(*where, row.published_token_sha256))
    return keys


def in_store(studio: Studio, workspace_id: UUID) -> set[str]:
    """Return the keys of a workspace's files, but of those that the hourly sweep lets go."""
    listed = studio.parts.door.tools.blobs.listed(f"{workspace_id}/")
    return {each.key for each in listed if not is_passing(each.key)}


def _nobody(service: str) -> Any:
    raise AssertionError(f"media calls nobody, not {service} either")
