"""What is known of a project after what has happened to it."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Self
from uuid import UUID

from chassis.domain import value
from media.domain.project_events import ProjectOpened, Upload
from media.domain.project_messages import By
from media.domain.status import Status, status_of

KIND = "image_project"  # what billing calls a project that is to be paid for


@value
class Project:
    opened: ProjectOpened
    title: str
    style_template_id: str
    room_type: str | None
    announced: tuple[Upload, ...] = ()
    originals: Mapping[UUID, str] = field(default_factory=dict)  # keys by image, as they came
    removed: frozenset[UUID] = frozenset()  # images; what they came to stays among the ends below
    clearance: str = "none"  # none | requested | cleared | payment_required
    run: int = 0
    voided: int = 0  # the last run whose clearance is void; those before it are as well
    in_run: frozenset[UUID] = frozenset()
    completed: frozenset[UUID] = frozenset()
    failed: frozenset[UUID] = frozenset()

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.opened.workspace_id

    @property
    def user_id(self) -> UUID:
        """Who made it."""
        return self.opened.user_id

    @property
    def images(self) -> tuple[UUID, ...]:
        """The images in it, in the order they came."""
        return tuple(self.originals)

    def bars(self, by: By | None) -> bool:
        """Whether that person may not change it."""
        return by is not None and not by.any_project and by.user_id != self.user_id

    def waits_in(self, run: int) -> bool:
        """Whether that run is the one it has asked to be cleared."""
        return self.clearance == "requested" and self.run == run

    def may_begin_by(self, run: int) -> bool:
        """Whether a clearance of that run is one to begin by: none that a failed run used up."""
        return self.clearance in ("requested", "payment_required") and run > self.voided

    def upload(self, image_id: UUID) -> Upload | None:
        """The file announced under that id; None if none was, or its image was removed."""
        if image_id in self.removed:
            return None
        return next((each for each in self.announced if each.image_id == image_id), None)

    def expects(self, image_id: UUID) -> bool:
        """Whether a photograph was announced under that id, and not a mask."""
        upload = self.upload(image_id)
        return upload is not None and upload.mask_of is None

    def joined(self, image_id: UUID, key: str) -> Self:
        """The project with that image as well."""
        return replace(self, originals={**self.originals, image_id: key})

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

    def without(self, image_ids: Iterable[UUID]) -> Self:
        """The project without these images; those of the run at work that have ended still count.

        So nobody fetches nine of ten results and deletes the rest to pay nothing.
        """
        gone = frozenset(image_ids)
        left = {id: key for id, key in self.originals.items() if id not in gone}
        in_run = self.in_run - (gone - self.ended)
        return replace(self, originals=left, removed=self.removed | gone, in_run=in_run)

    @property
    def announced_masks(self) -> int:
        """How many masks were announced, with those that never came."""
        return sum(each.mask_of is not None for each in self.announced)

    @property
    def announced_images(self) -> int:
        """How many photographs were announced, likewise."""
        return len(self.announced) - self.announced_masks

    @property
    def thumbnail_key(self) -> str | None:
        """The original that stands for the project: the first."""
        return next(iter(self.originals.values()), None)

    @property
    def ended(self) -> frozenset[UUID]:
        """The images that came out or failed."""
        return self.completed | self.failed

    @property
    def begun(self) -> frozenset[UUID]:
        """The images in it that have begun, ended or not."""
        return (self.in_run | self.ended) & set(self.images)

    @property
    def next_run(self) -> int:
        """The run in which an image begins: the one at work, else the next."""
        return self.run + (1 if self.in_run and not self.working else 0)

    @property
    def working(self) -> frozenset[UUID]:
        """The images begun and not ended."""
        return self.in_run - self.ended

    @property
    def pending(self) -> tuple[UUID, ...]:
        """The images not begun, in the order they came."""
        return tuple(id for id in self.images if id not in self.begun)

    @property
    def due(self) -> tuple[UUID, ...]:
        """What a start begins: what is pending; before anything has come out, what failed too."""
        return self.pending if self.completed or self.working else self.images

    @property
    def completed_count(self) -> int:
        """How many of the images in it came out."""
        return len(self.completed & set(self.images))

    @property
    def failed_count(self) -> int:
        """How many of the images in it failed."""
        return len(self.failed & set(self.images))

    @property
    def status(self) -> Status:
        """The seed's word for it."""
        return status_of(
            images=len(self.images),
            begun=len(self.begun),
            completed=self.completed_count,
            failed=self.failed_count,
        )


@value
class Removed:
    """A project that was deleted: what is still heard for it is for nothing."""

    workspace_id: UUID
