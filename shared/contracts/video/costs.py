"""What a film costs to make, in US cents by our price list; the customer's price is billing's."""

from typing import Literal
from uuid import UUID

from chassis.asked import Asked
from chassis.domain import value
from contracts.video.drafts import AspectRatio, NewClip


@value
class CostItem:
    """One piece of a film, or the joining of all; what is `reused` costs nothing."""

    kind: Literal["clip", "transition", "compile"]
    clip_id: UUID | None
    milliseconds: int
    cents: int
    reused: bool


@value
class Estimate:
    """What a film costs, by a list of prices that is named; `seconds` is rounded up."""

    price_list: str
    items: tuple[CostItem, ...]
    total_cents: int
    seconds: int


@value
class GetEstimate(Asked[Estimate]):
    """Return what the film of a video would cost now."""

    video_project_id: UUID


@value
class ClipAsIs(NewClip):
    """A clip as it would be; with the id of one that is there, in its place."""

    clip_id: UUID | None = None


@value
class DiffCost(Asked[Estimate]):
    """Return what the film would cost if its clips were these; nothing is changed."""

    video_project_id: UUID
    clips: tuple[ClipAsIs, ...]
    aspect_ratio: AspectRatio | None = None
    generate_native_audio: bool | None = None
