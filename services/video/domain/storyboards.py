"""Storyboards: films whose rooms and lengths are chosen already; a picture a slot is missing."""

from chassis.domain import value


@value
class Storyboard:
    id: str
    name: str
    room_types: tuple[str, ...]  # a slot each

    @property
    def seconds(self) -> int:
        """How long all slots last."""
        return len(self.room_types) * SLOT_SECONDS


SLOT_SECONDS = 5

STORYBOARDS = {
    each.id: each
    for each in (
        Storyboard(
            id="classic-tour",
            name="Classic tour",
            room_types=(
                "exterior",
                "hallway",
                "living-room",
                "kitchen",
                "dining-room",
                "bedroom",
                "bathroom",
                "terrace",
            ),
        ),
        Storyboard(
            id="highlight-reel",
            name="Highlight reel",
            room_types=("exterior", "living-room", "kitchen", "bedroom"),
        ),
        Storyboard(id="room-tour", name="Room tour", room_types=("other", "other", "other")),
        Storyboard(
            id="exterior-special",
            name="Exterior special",
            room_types=("exterior", "garden", "exterior"),
        ),
        Storyboard(
            id="social-teaser", name="Social teaser", room_types=("living-room", "exterior")
        ),
    )
}
