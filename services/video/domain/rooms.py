"""The rooms a clip can show, in the order of a tour, and how the camera moves through each."""

from unicodedata import normalize

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
OUTSIDE = frozenset({"exterior", "pool-area", "terrace", "garden", "landscape"})
INDOORS = "The sound is the quiet of the room"
OUTDOORS = "The sound is a light wind and birds far away"


def motion_prompt(room_type: str) -> str:
    """Return the words that describe the camera's move through a room of that type."""
    return f"{MOVES[room_type]}, {MANNER}"


def towards(label: str) -> str:
    """Return the words that lead on to the room of that label."""
    return f"The camera moves on towards {label}."


def ambience(room_type: str) -> str:
    """Return the words for what is heard in a room of that type."""
    heard = OUTDOORS if room_type in OUTSIDE else INDOORS
    return f"{heard}; no voices, no music."


NORWEGIAN = {
    "stue": "living-room",
    "kjokken": "kitchen",
    "kjøkken": "kitchen",
    "soverom": "bedroom",
    "bad": "bathroom",
    "toalett": "toilet",
    "gang": "hallway",
    "vaskerom": "laundry-room",
    "bod": "storage-room",
    "garderobe": "walk-in-closet",
    "badstue": "sauna",
    "treningsrom": "gym",
    "barnerom": "childrens-room",
    "bassengområde": "pool-area",
    "tvstue": "tv-room",
    "bibliotek": "library",
    "hobbyrom": "hobby-room",
    "tekniskrom": "utility-room",
    "matbod": "pantry",
    "vinterhage": "conservatory",
    "garasje": "garage",
    "terrasse": "terrace",
    "hage": "garden",
    "landskap": "landscape",
    "eksterior": "exterior",
}


def room_of(name: str, label: str | None = None) -> str | None:
    """Return the room type of that name, which may be Norwegian; None for no such room.

    What is of the type 'other' is of the type that its label names, if it names one.
    """
    room = name if name in MOVES else NORWEGIAN.get(_plain(name))
    if room == "other" and label is not None:
        return NORWEGIAN.get(_plain(label), room)
    return room


def _plain(written: str) -> str:
    """A word as it is told apart: an 'å' may have been written as an 'a' with a ring."""
    return normalize("NFC", written.strip()).casefold()
