"""The clips of a film, in their order: how many there may be, and which moves the other way."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from chassis.domain import value
from video.domain.pictures import Picture
from video.domain.rooms import MOVES, ROOM_TYPES

CLIPS = (2, 20)
CLIP_SECONDS = (5, 10)
MAX_SECONDS = 100  # of all clips


@value
class Clip:
    id: UUID
    picture: Picture
    room_type: str
    duration_seconds: int = 5
    transition_type: str = "seamless"  # cut | seamless: how it goes over into the next clip
    end_picture: Picture | None = None  # what it leads to; None: it stays with its own
    mirrored: bool = False  # its move goes the other way, as the one before goes this way

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What it shows, in order."""
        return (self.picture,) if self.end_picture is None else (self.picture, self.end_picture)

    @property
    def last(self) -> Picture:
        """What it shows at its end."""
        return self.end_picture or self.picture

    def shows(self, image_generation_id: UUID) -> bool:
        """Return whether it shows that image of media."""
        return any(each.is_of(image_generation_id) for each in self.pictures)

    def without(self, image_generation_id: UUID) -> "Clip":
        """Return it with that image gone."""
        picture, end = (_without(each, image_generation_id) for each in (self.picture, self.last))
        return replace(self, picture=picture, end_picture=end if self.end_picture else None)


def _without(picture: Picture, image_generation_id: UUID) -> Picture:
    return replace(picture, is_gone=True) if picture.is_of(image_generation_id) else picture


def seconds(clips: Sequence[Clip]) -> int:
    """Return how long all clips last, without what stands between them."""
    return sum(clip.duration_seconds for clip in clips)


def arranged(clips: Sequence[Clip]) -> tuple[Clip, ...]:
    """Return the clips as a visitor sees the rooms; those of one kind stay as they stand."""
    return tuple(sorted(clips, key=lambda clip: ROOM_TYPES.index(clip.room_type)))


def mirrored(clips: Sequence[Clip], moved: Collection[UUID]) -> tuple[Clip, ...]:
    """Return the clips, where of those that are new or `moved` none moves as the one before it.

    All others keep their move, whatever stands before them now: so a change of one clip never
    makes another one anew.
    """
    done: list[Clip] = []
    for clip in clips:
        if clip.id in moved:
            same = bool(done) and MOVES[done[-1].room_type] == MOVES[clip.room_type]
            clip = replace(clip, mirrored=same and not done[-1].mirrored)
        done.append(clip)
    return tuple(done)


def moved(before: Sequence[Clip], after: Sequence[Clip]) -> frozenset[UUID]:
    """Return the clips that are new or stand elsewhere: all but the longest run that stays."""
    places = {clip.id: place for place, clip in enumerate(before)}
    stays: tuple[int, ...] = ()
    rising = [stays]  # the longest run that ends in each of them
    for place in (places[clip.id] for clip in after if clip.id in places):
        longest = max((run for run in rising if run[-1:] < (place,)), key=_length)
        rising.append((*longest, place))
    stays = max(rising, key=_length)
    return frozenset(clip.id for clip in after if places.get(clip.id) not in stays)


def _length(run: tuple[int, ...]) -> int:
    return len(run)
