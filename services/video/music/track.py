"""A track: what a customer reads of it, and the piece itself."""

from collections.abc import Mapping
from uuid import UUID

from chassis.domain import value
from chassis.ids import derive
from video.music.band import Part
from video.music.circle import SECONDS
from video.music.score import Score

TRACKS_OF_OURS = UUID("0f0e6a3e-6b0d-5a59-8f6c-5d0f6d0b3c11")
ARTIST = "AI Studio"


@value
class Track:
    """A piece that ships: its words are the seed's, `key` names it for ever."""

    key: str
    name: str
    category: str  # modern | classical | upbeat | calm | cinematic
    mood: str  # energetic | relaxing | professional | warm | elegant
    score: Score
    parts: Mapping[str, Part]
    artist: str = ARTIST
    license_type: str = "royalty-free"
    seconds: int = SECONDS

    @property
    def id(self) -> UUID:
        """The track's id, the same in every installation."""
        return derive(TRACKS_OF_OURS, self.key)

    @property
    def bpm(self) -> int:
        """Beats a minute."""
        return self.score.bpm

    @property
    def attribution(self) -> str:
        """What may be said of it; nobody has to."""
        return f"'{self.name}' by {self.artist}"
