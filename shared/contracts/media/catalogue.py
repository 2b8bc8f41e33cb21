"""What a project may be made of: styles and kinds of room."""

from chassis.asked import Asked, Page
from chassis.domain import value


@value
class StyleTemplate:
    """A style that a project may have."""

    id: str
    name: str
    category: str
    description: str


@value
class ListStyleTemplates(Asked[Page[StyleTemplate]]):
    """Return the styles that a project may have, all of them."""


@value
class RoomType:
    """A kind of room, and what people read for it."""

    id: str
    label: str


@value
class ListRoomTypes(Asked[Page[RoomType]]):
    """Return the kinds of room, all of them."""
