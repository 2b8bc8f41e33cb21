"""What is known of a video after what has happened to it: one of five states, and what stays."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Self
from uuid import UUID

from chassis.domain import value
from video.domain.clips import Clip
from video.domain.pictures import Source
from video.domain.plan import Settings
from video.domain.prices import MICRO_USD_A_CENT
from video.domain.video_events import ClipsChanged, RunBegun, RunEnded, VideoCreated
from video.domain.video_messages import By, NoteCleared, NotePaymentRequired, Starting


@value
class Video:
    """What every state of a video holds."""

    created: VideoCreated
    settings: Settings
    clips: tuple[Clip, ...]
    revision: int = 1
    run: int = 0  # the starts that billing was asked for
    clearance: str = "none"  # none | requested | payment_required | cleared
    then: str = "start"  # what begins once it is cleared: start | retry | drop
    progress_sha256: str | None = None  # of the token that was given out with the last start
    is_delivered: bool = False  # a revision was completed: no clearance is void any more
    sources: Mapping[str, Source] = field(default_factory=dict)  # our copies, by picture
    spent_micro_usd: int = 0
    cap_cents: int = 0  # what it may cost: as of its last start, or raised since

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.created.workspace_id

    @property
    def user_id(self) -> UUID:
        """Who made it."""
        return self.created.user_id

    @property
    def clip_ids(self) -> tuple[UUID, ...]:
        """Its clips, in their order."""
        return tuple(clip.id for clip in self.clips)

    def bars(self, by: By | None) -> bool:
        """Whether that person may not change it."""
        return by is not None and not by.any_video and by.user_id != self.user_id

    def is_run(self, command: NoteCleared | NotePaymentRequired) -> bool:
        """Whether billing speaks of the start that this video waits for."""
        asked = self.clearance in ("requested", "payment_required")
        of_it = (command.workspace_id, command.run) == (self.workspace_id, self.run)
        return asked and of_it

    @property
    def is_waiting(self) -> bool:
        """Whether a start was asked for that may be withdrawn."""
        return self.clearance in ("requested", "payment_required")

    def cap_of(self, budget_cents: int) -> int:
        """What it may cost, in cents, where all may cost that much."""
        return max(self.cap_cents, budget_cents)

    @property
    def spent_cents(self) -> int:
        """What it has cost, in cents, begun ones counted."""
        return -(-self.spent_micro_usd // MICRO_USD_A_CENT)

    def overruns(self, start: Starting) -> bool:
        """Whether what is to be made would cost more than it may."""
        cap = self.cap_of(start.budget_cents)
        return start.needed_cents > 0 and self.spent_cents + start.needed_cents > cap

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the pictures that its clips show and of which we have no copy."""
        names = dict.fromkeys(each.name for clip in self.clips for each in clip.pictures)
        return tuple(name for name in names if name not in self.sources)

    def with_clips(self, changed: ClipsChanged) -> Self:
        """The video with these clips; what was set again is copied again."""
        kept = {name: each for name, each in self.sources.items() if name not in changed.anew}
        return replace(self, clips=changed.clips, sources=kept)

    def with_sources(self, sources: tuple[Source, ...]) -> Self:
        """The video with these copies as well."""
        return replace(self, sources={**self.sources, **{each.name: each for each in sources}})

    def begun(self, begun: RunBegun) -> Self:
        """The video at work; the token of its start stays, where this names no other."""
        token = begun.progress_sha256 or self.progress_sha256
        return replace(
            self,
            clearance="cleared",
            then=begun.then,
            progress_sha256=token,
            cap_cents=begun.cap_cents,
        )

    def charged(self, cost_micro_usd: int) -> Self:
        """The video with that much more spent."""
        return replace(self, spent_micro_usd=self.spent_micro_usd + cost_micro_usd)

    def after(self, ended: RunEnded) -> Self:
        """The video after that run.

        Its clearance is void where it failed and nothing was ever delivered: billing may have
        given the money back.
        """
        spent = self.charged(ended.cost_micro_usd)
        if ended.outcome == "completed":
            return replace(spent, is_delivered=True)
        if ended.outcome == "failed" and not self.is_delivered:
            return replace(spent, clearance="none")
        return spent


@value
class Draft:
    video: Video

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.video.workspace_id


@value
class Running:
    video: Video
    joining: bool = False  # all pieces have ended

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.video.workspace_id


@value
class Completed:
    video: Video

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.video.workspace_id


@value
class Failed:
    video: Video
    reason: str

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.video.workspace_id


@value
class Removed:
    """A video that was deleted: what is still heard for it is for nothing."""

    workspace_id: UUID


Standing = Draft | Running | Completed | Failed
State = Standing | Removed
