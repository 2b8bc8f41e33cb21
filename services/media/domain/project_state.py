"""What is known of a project after what has happened to it."""

from dataclasses import replace
from typing import Self
from uuid import UUID

from chassis.domain import value
from media.domain.project_messages import By, CreateProject, Upload
from media.domain.status import status_of

KIND = "image_project"  # what billing calls a project that is to be paid for
MAX_IMAGES = 10  # originals of one project
MAX_ANNOUNCED = 100  # uploads of one project, with those that never came


@value
class Project:
    workspace_id: UUID
    user_id: UUID
    title: str
    style_template_id: str
    room_type: str | None
    announced: tuple[Upload, ...] = ()
    images: tuple[UUID, ...] = ()
    clearance: str = "none"  # none | requested | cleared | payment_required
    run: int = 0
    voided: int = 0  # the last run whose clearance is void; those before it are as well
    in_run: frozenset[UUID] = frozenset()
    completed: frozenset[UUID] = frozenset()
    failed: frozenset[UUID] = frozenset()

    def is_for(self, command: CreateProject) -> bool:
        """Whether that creation, repeated, would make this very project."""
        return (
            command.workspace_id == self.workspace_id
            and command.user_id == self.user_id
            and command.title == self.title
            and command.style_template_id == self.style_template_id
            and command.room_type == self.room_type
        )

    def bars(self, by: By) -> bool:
        """Whether that person may not change it."""
        return not by.any_project and by.user_id != self.user_id

    def waits_in(self, run: int) -> bool:
        """Whether that run is the one it has asked to be cleared."""
        return self.clearance == "requested" and self.run == run

    def may_begin_by(self, run: int) -> bool:
        """Whether a clearance of that run is one to begin by: none that a failed run used up."""
        return self.clearance in ("requested", "payment_required") and run > self.voided

    def upload(self, image_id: UUID) -> Upload | None:
        """The file announced under that id; None if none was."""
        return next((each for each in self.announced if each.image_id == image_id), None)

    def in_run_with(self, run: int, image_ids: tuple[UUID, ...]) -> Self:
        """The project with these images begun, in the run at work or in a new one."""
        begun = self.in_run if run == self.run else frozenset()
        failed = self.failed - set(image_ids)
        return replace(self, run=run, in_run=begun | set(image_ids), failed=failed)

    def ended_with(self, image_id: UUID, completed: bool) -> Self:
        """The project with that image at its end."""
        if completed:
            return replace(self, completed=self.completed | {image_id})
        return replace(self, failed=self.failed | {image_id})

    def returned(self, image_id: UUID) -> Self:
        """The project with that image pending again."""
        return replace(self, in_run=self.in_run - {image_id})

    @property
    def room_left(self) -> int:
        """How many originals may still be added."""
        return MAX_IMAGES - len(self.images)

    @property
    def uploads_left(self) -> int:
        """How many files may still be announced."""
        return MAX_ANNOUNCED - len(self.announced)

    @property
    def ended(self) -> frozenset[UUID]:
        """The images that came out or failed."""
        return self.completed | self.failed

    @property
    def working(self) -> frozenset[UUID]:
        """The images begun and not ended."""
        return self.in_run - self.ended

    @property
    def pending(self) -> tuple[UUID, ...]:
        """The images not begun, in the order they came."""
        return tuple(id for id in self.images if id not in self.ended | self.in_run)

    @property
    def due(self) -> tuple[UUID, ...]:
        """What a start begins: what is pending; before anything has come out, what failed too."""
        return self.pending if self.completed or self.working else self.images

    @property
    def status(self) -> str:
        """The seed's word for it."""
        return status_of(
            images=len(self.images),
            begun=len(self.in_run | self.ended),
            completed=len(self.completed),
            failed=len(self.failed),
        )
