"""How much of media one customer may have at a time: settings, each with its default."""

from dataclasses import dataclass

from chassis.setting_rules import Count
from media.domain.project_messages import Most


@dataclass(frozen=True, kw_only=True)  # a value without slots: of a class's bases one may have some
class Limits:
    """The limits, for media's own `Settings` to extend."""

    images_per_project: Count = 10
    uploads_per_project: Count = 100  # announced, with those that never came
    masks_per_project: Count = 50
    versions_per_image: Count = 50
    retries_per_version: Count = 10
    versions_at_work: Count = 100  # of a workspace, by edits and regenerations
    paid_work_per_project_micro_usd: Count = 5_000_000

    @property
    def of_a_project(self) -> Most:
        """What a project may have."""
        return Most(
            images=self.images_per_project,
            announced=self.uploads_per_project,
            masks=self.masks_per_project,
        )
