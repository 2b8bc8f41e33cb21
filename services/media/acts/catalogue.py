"""What a project may be made of. The words an engine is given stay here."""

from chassis.asked import Page
from chassis.door.edge import Door
from chassis.unit.calls import Call
from contracts.media.catalogue import ListRoomTypes, ListStyleTemplates, RoomType, StyleTemplate
from media.domain import rooms
from media.domain.templates import TEMPLATES


def styles(door: Door, call: Call, asked: ListStyleTemplates) -> Page[StyleTemplate]:
    """Return the styles a project may have."""
    items = (
        StyleTemplate(
            id=each.id, name=each.name, category=each.category, description=each.description
        )
        for each in TEMPLATES.values()
    )
    return Page(items=tuple(items), next_cursor=None)


def room_types(door: Door, call: Call, asked: ListRoomTypes) -> Page[RoomType]:
    """Return the kinds of room, with what people read for them."""
    items = (RoomType(id=each, label=rooms.label(each)) for each in rooms.ROOM_TYPES)
    return Page(items=tuple(items), next_cursor=None)
