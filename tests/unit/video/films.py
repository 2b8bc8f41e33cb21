"""A small film to tell tests with: three clips, of which the first two go over seamlessly."""

from uuid import UUID

from video.domain.plan import Clip, Settings, Source, Spec, Wanted, wanted_pieces
from video.domain.video import (
    CreateVideo,
    Event,
    Film,
    GenerationStarted,
    PieceFinished,
    StartCleared,
    StartRequested,
    VideoCreated,
)

WORKSPACE, USER, OTHER = (UUID(int=n) for n in (1, 2, 3))
IMAGES = tuple(UUID(int=100 + n) for n in range(3))
CLIPS = tuple(
    Clip(
        id=UUID(int=200 + n),
        image_generation_id=image,
        room_type=room,
        duration_seconds=5,
        transition_type="seamless",
    )
    for n, (image, room) in enumerate(zip(IMAGES, ("hallway", "kitchen", "garden"), strict=True))
)
SETTINGS = Settings(
    title="Storgata 2",
    clips=CLIPS,
    aspect_ratio="16:9",
    music_volume=50,
    generate_native_audio=True,
    engine="local",
)
SOURCES = tuple(Source(image_generation_id=each, sha256=f"{each.int:064x}") for each in IMAGES)
CREATE = CreateVideo(workspace_id=WORKSPACE, user_id=USER, settings=SETTINGS)
CREATED = VideoCreated(
    workspace_id=WORKSPACE,
    user_id=USER,
    settings=SETTINGS,
    price_list="engines-1",
    estimated_cost_cents=0,
    revision=1,
)
REQUESTED = StartRequested(revision=1, max_price_ore=None)
CLEARED = StartCleared(revision=1)
WANTED = wanted_pieces(WORKSPACE, SETTINGS, SOURCES)
STARTED = GenerationStarted(revision=1, wanted=WANTED)
GENERATING: tuple[Event, ...] = (CREATED, REQUESTED, CLEARED, STARTED)
ORDER = ("clip 0", "transition 0", "clip 1", "transition 1", "clip 2")  # the blobs, as in a film
FILM = Film(key="film", sha256="f" * 64, size=1, thumbnail_key="still", duration_seconds=25)
SPEC = Spec(
    kind="clip",
    engine="local",
    source_sha256="a" * 64,
    room_type="kitchen",
    seconds=5,
    aspect_ratio="16:9",
    native_audio=True,
)


def blob(piece: Wanted) -> str:
    """Return the blob of a piece: what it is and where in the film it stands."""
    return f"{piece.spec.kind} {[clip.id for clip in CLIPS].index(piece.clip_ids[0])}"


def finished(piece: Wanted) -> PieceFinished:
    """Return what a video notes of a piece that came out."""
    return PieceFinished(
        revision=1,
        piece_id=piece.piece_id,
        kind=piece.spec.kind,
        clip_ids=piece.clip_ids,
        key=blob(piece),
    )
