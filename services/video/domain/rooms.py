"""The rooms a clip can show, in the order of a tour, and how the camera moves through each."""

DOLLY_IN = "The camera glides straight in towards the front"
PUSH_FORWARD = "The camera moves forward into the room"
PULL_BACK = "The camera draws back until the whole room is seen"
SLOW_PAN = "The camera pans across the room"
WIDE_SWEEP = "The camera sweeps wide over the scene"
LATERAL_TRACK = "The camera tracks sideways along the room"
MANNER = "slow and steady, at eye level, in one movement; light and materials stay true and sharp."

MOVES = {
    "exterior": DOLLY_IN,
    "hallway": PUSH_FORWARD,
    "living-room": SLOW_PAN,
    "kitchen": LATERAL_TRACK,
    "dining-room": PULL_BACK,
    "tv-room": SLOW_PAN,
    "bedroom": LATERAL_TRACK,
    "childrens-room": LATERAL_TRACK,
    "bathroom": PUSH_FORWARD,
    "toilet": SLOW_PAN,
    "walk-in-closet": LATERAL_TRACK,
    "laundry-room": SLOW_PAN,
    "office": LATERAL_TRACK,
    "library": LATERAL_TRACK,
    "gym": SLOW_PAN,
    "sauna": LATERAL_TRACK,
    "pool-area": WIDE_SWEEP,
    "hobby-room": LATERAL_TRACK,
    "pantry": SLOW_PAN,
    "storage-room": LATERAL_TRACK,
    "utility-room": SLOW_PAN,
    "conservatory": SLOW_PAN,
    "garage": LATERAL_TRACK,
    "terrace": SLOW_PAN,
    "garden": WIDE_SWEEP,
    "landscape": WIDE_SWEEP,
    "other": LATERAL_TRACK,
}
ROOM_TYPES = tuple(MOVES)


def motion_prompt(room_type: str) -> str:
    """Return the words that describe the camera's move through a room of that type."""
    return f"{MOVES[room_type]}, {MANNER}"
