"""What is known of a film: which pieces it wants, which are there, which are lost."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Self
from uuid import UUID

from chassis.domain import value
from video.domain.film_messages import FilmBegun, Track
from video.domain.plan import Wanted, film_order
from video.domain.video_events import ClipEnd, FilmFile


@value
class Film:
    """What every state of a film holds."""

    begun: FilmBegun
    keys: Mapping[UUID, str]  # piece that is there -> its blob
    lost: Mapping[UUID, str] = field(default_factory=dict)  # piece that failed -> an error's code
    dropped: frozenset[UUID] = frozenset()  # clips that the film does without
    cost_micro_usd: int = 0  # of the run that is at work

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.begun.workspace_id

    @property
    def is_complete(self) -> bool:
        """Whether every piece has ended."""
        return all(each.piece_id in self.keys or each.piece_id in self.lost for each in self.needed)

    @property
    def needed(self) -> tuple[Wanted, ...]:
        """The pieces that it is made of, without what was dropped."""
        order = film_order(self.begun.clips, self.begun.wanted, self.dropped)
        return tuple({piece.piece_id: piece for _, piece in order}.values())

    @property
    def unfinished(self) -> tuple[UUID, ...]:
        """The pieces that are not there."""
        return tuple(each.piece_id for each in self.needed if each.piece_id not in self.keys)

    @property
    def absent_clips(self) -> tuple[UUID, ...]:
        """The clips that are not there, whether they failed or were not begun."""
        clips = (each for each in self.needed if each.spec.kind == "clip")
        return tuple(id for each in clips if each.piece_id not in self.keys for id in each.clip_ids)

    @property
    def failed_clips(self) -> tuple[UUID, ...]:
        """The clips that could not be made."""
        clips = (each for each in self.needed if each.spec.kind == "clip")
        return tuple(id for each in clips if each.piece_id in self.lost for id in each.clip_ids)

    @property
    def pieces(self) -> tuple[str, ...]:
        """The blobs that it is joined of, in its order; a transition that is lost is a cut."""
        order = film_order(self.begun.clips, self.begun.wanted, self.dropped)
        return tuple(self.keys[piece.piece_id] for _, piece in order if piece.piece_id in self.keys)

    def awaited(self, piece_id: UUID) -> Wanted | None:
        """The piece if this film wants it and has not heard of its end."""
        wanted = (each for each in self.needed if each.piece_id == piece_id)
        ended = piece_id in self.keys or piece_id in self.lost
        return None if ended else next(wanted, None)

    def with_piece(self, piece_id: UUID, key: str, cost_micro_usd: int) -> Self:
        """The film with that piece there."""
        cost = self.cost_micro_usd + cost_micro_usd
        return replace(self, keys={**self.keys, piece_id: key}, cost_micro_usd=cost)

    def without_piece(self, piece_id: UUID, cause: str, cost_micro_usd: int) -> Self:
        """The film with that piece lost."""
        cost = self.cost_micro_usd + cost_micro_usd
        return replace(self, lost={**self.lost, piece_id: cause}, cost_micro_usd=cost)

    def wanting(self, piece_ids: tuple[UUID, ...]) -> Self:
        """The film that waits for these pieces once more."""
        keys = {id: key for id, key in self.keys.items() if id not in piece_ids}
        lost = {id: why for id, why in self.lost.items() if id not in piece_ids}
        return replace(self, keys=keys, lost=lost)

    def without(self, clip_ids: tuple[UUID, ...]) -> Self:
        """The film without these clips."""
        return replace(self, dropped=self.dropped | set(clip_ids))

    def resumed(self) -> Self:
        """The film in another run, of which nothing is charged yet."""
        return replace(self, cost_micro_usd=0)

    @property
    def ends(self) -> tuple[ClipEnd, ...]:
        """What has become of each clip by now."""
        wanted = self.begun.wanted
        pieces = {(each.spec.kind, id): each.piece_id for each in wanted for id in each.clip_ids}
        return tuple(self._end(clip.id, pieces) for clip in self.begun.clips)

    def _end(self, clip_id: UUID, pieces: Mapping[tuple[str, UUID], UUID]) -> ClipEnd:
        clip, after = pieces["clip", clip_id], pieces.get(("transition", clip_id))
        return ClipEnd(
            clip_id=clip_id,
            clip_key=self.keys.get(clip),
            transition_key=self.keys.get(after) if after else None,
            cause=self.lost.get(clip) or (self.lost.get(after) if after else None),
        )


def of_begun(begun: FilmBegun) -> Film:
    """Return the film that begins with what is there already."""
    return Film(begun=begun, keys={each.piece_id: each.key for each in begun.made})


@value
class Working:
    film: Film

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.film.workspace_id


@value
class Joining:
    film: Film

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.film.workspace_id


@value
class Finished:
    film: Film
    file: FilmFile
    music: Track | None

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.film.workspace_id


@value
class Broken:
    film: Film
    reason: str  # clips_failed | compile_failed | over_budget
    cause: str

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.film.workspace_id


@value
class Stopped:
    film: Film

    @property
    def workspace_id(self) -> UUID:
        """Whose it is."""
        return self.film.workspace_id


State = Working | Joining | Finished | Broken | Stopped
