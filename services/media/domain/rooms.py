"""The kinds of room that a photograph may show: a closed list."""

ROOM_TYPES = (
    "living-room",
    "kitchen",
    "bedroom",
    "bathroom",
    "toilet",
    "hallway",
    "office",
    "laundry-room",
    "storage-room",
    "walk-in-closet",
    "sauna",
    "gym",
    "childrens-room",
    "pool-area",
    "dining-room",
    "tv-room",
    "library",
    "hobby-room",
    "utility-room",
    "pantry",
    "conservatory",
    "garage",
    "terrace",
    "garden",
    "landscape",
    "exterior",
    "other",
)
LABELS = {  # where hyphens turned into spaces would read wrong
    "walk-in-closet": "Walk-in Closet",
    "childrens-room": "Children's Room",
    "tv-room": "TV Room",
}


def label(room_type: str) -> str:
    """Return what people read for a room type: 'Living Room'."""
    return LABELS.get(room_type, room_type.replace("-", " ").title())
