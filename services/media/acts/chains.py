"""The versions of a photograph: made, tried again, chosen, taken back.

The photograph decides first: the version that a caller expects is its. What a version needs beyond
that, its project and its workspace say in the same unit, which writes nothing where one says no.
"""

from typing import cast
from uuid import UUID

from asking import kept
from chassis import ids
from chassis.asked import Written
from chassis.door.edge import Door
from chassis.errors import NotFound, Rejected
from chassis.personal import keep
from chassis.unit.calls import Call, Decided
from chassis.unit.deciding import Unit
from contracts.media.images import (
    CancelImage,
    Cancelled,
    EditImage,
    RegenerateImage,
    Retried,
    RetryImage,
    SelectVersion,
    VersionBegun,
)
from media import starting
from media.acts.projects import acting, own_workspace
from media.domain import customer, image, project
from media.domain.image_events import Mode
from media.domain.image_messages import Cancel, Edit, Regenerate, Retry, Select
from media.domain.image_state import Image
from media.domain.project_messages import ChangeImages, NoteImageFinished, NoteImageRetried
from media.domain.project_state import Project
from media.equipment import Tools
from media.limits import Limits
from media.projections.image_rows import NO_IMAGE, at_work, root_of


def retry(door: Door, call: Call, asked: RetryImage) -> Retried:
    """Try a version again that has failed: a first one in a run of its project, at no charge."""
    limits: Limits = door.tools.limits

    def work(unit: Unit) -> Retried:
        root = root_of(unit.connection, asked.image_generation_id)
        is_first = asked.image_generation_id == root
        _hold_workspace(unit)
        again = Retry(
            version_id=asked.image_generation_id,
            run=_next_run(unit, root) if is_first else None,
            most=limits.retries_per_version,
        )
        decided = unit.decide(image.decider, root, again)
        _may_begin(unit, decided, limits)
        if is_first:
            noting = NoteImageRetried(image_id=root)
            unit.decide(project.decider, decided.state.project_id, noting)
        return Retried(id=root, version=decided.version, run=again.run)

    return door.app.unit(call, work, Retried)


def _next_run(unit: Unit, root: UUID) -> int | None:
    """Return the run that a photograph would be in; None for one that is being deleted."""
    known = unit.state(image.decider, root)
    of = unit.state(project.decider, known.project_id)
    return of.next_run if isinstance(of, Project) else None


def regenerate(door: Door, call: Call, asked: RegenerateImage) -> VersionBegun:
    """Make a photograph from its original once more."""
    limits: Limits = door.tools.limits

    def work(unit: Unit) -> VersionBegun:
        command = Regenerate(
            version_id=ids.derive(call.id, "version"),
            user_id=call.actor.user_id,
            source_id=asked.image_generation_id,
            style_template_id=asked.style_template_id,
            room_type=asked.room_type,
            most=limits.versions_per_image,
        )
        return _begun(unit, command, limits)

    return door.app.unit(call, work, VersionBegun)


def edit(door: Door, call: Call, asked: EditImage) -> VersionBegun:
    """Change what a mask marks. The customer's words are kept with the personal texts.

    Raises `Rejected("media.needs_generative_engine")` for what the engine here cannot do.
    """
    tools: Tools = door.tools
    if asked.mode == "add" and not tools.generative:
        raise Rejected("media.needs_generative_engine", "the engine here invents nothing")

    def work(unit: Unit) -> VersionBegun:
        command = Edit(
            version_id=ids.derive(call.id, "version"),
            user_id=call.actor.user_id,
            source_id=asked.image_generation_id,
            mode=cast(Mode, asked.mode),
            mask_id=asked.mask_id,
            own_prompt=asked.prompt is not None,
            most=tools.limits.versions_per_image,
        )
        begun = _begun(unit, command, tools.limits)
        if asked.prompt is not None:
            words = {"prompt": asked.prompt}
            unit.execute(keep(command.version_id, own_workspace(call.actor), words))
        return begun

    return door.app.unit(call, work, VersionBegun)


def _begun(unit: Unit, command: Edit | Regenerate, limits: Limits) -> VersionBegun:
    root = root_of(unit.connection, command.source_id)
    _hold_workspace(unit)
    decided = unit.decide(image.decider, root, command)
    _may_begin(unit, decided, limits)
    return VersionBegun(
        id=root,
        version=decided.version,
        image_generation_id=command.version_id,
        image_version=decided.state.version(command.version_id).number,
    )


def _hold_workspace(unit: Unit) -> None:
    """Let one begin after the other: what is at work in a workspace is counted, and so limited."""
    unit.hold(customer.decider, own_workspace(unit.call.actor))


def _may_begin(unit: Unit, photograph: Decided, limits: Limits) -> None:
    """Raise unless the caller may have work begun at a photograph of theirs."""
    state: Image = photograph.state
    _may_change(unit, state)
    if starting.is_barred(unit, state.workspace_id):
        raise Rejected("media.workspace_suspended", "nothing is begun in this workspace")
    if at_work(unit.connection, state.workspace_id) >= limits.versions_at_work:
        raise Rejected("media.too_much_at_work", f"{limits.versions_at_work} versions are at work")
    if kept.spent(unit.connection, state.project_id) >= limits.paid_work_per_project_micro_usd:
        raise Rejected("media.paid_work_exhausted", "the project has had its share of paid work")


def _may_change(unit: Unit, state: Image) -> None:
    unit.may(project.decider, state.project_id, ChangeImages(by=acting(unit.call.actor)))


def select(unit: Unit, asked: SelectVersion) -> Written:
    """Let a version stand for its photograph."""
    root = root_of(unit.connection, asked.image_generation_id)
    decided = unit.decide(image.decider, root, Select(version_id=asked.image_generation_id))
    _may_change(unit, decided.state)
    return decided.written


def cancel(unit: Unit, asked: CancelImage) -> Cancelled:
    """End the work at a version. To its project a first one has failed."""
    version_id = asked.image_generation_id
    root = root_of(unit.connection, version_id)
    decided = unit.decide(image.decider, root, Cancel(version_id=version_id))
    if not isinstance(decided.state, Image):  # a rival has just deleted it
        raise NotFound(NO_IMAGE, "no such image")
    _may_change(unit, decided.state)
    status = decided.state.version(version_id).status
    if version_id == root and status == "failed":
        ended = NoteImageFinished(image_id=root, completed=False)
        unit.decide(project.decider, decided.state.project_id, ended)
    return Cancelled(id=root, version=decided.version, status=status)
