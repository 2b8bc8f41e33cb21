"""A small film to tell tests with: three clips, of which the first two go over seamlessly."""

from datetime import UTC, datetime
from uuid import UUID

from video.domain.clips import Clip
from video.domain.engines import PRICE_LIST
from video.domain.film_messages import (
    Begin,
    CompileStarted,
    FilmBegun,
    FilmMade,
    Look,
    Made,
    PieceFinished,
    Track,
)
from video.domain.pictures import Picture, Source
from video.domain.plan import Planning, Settings, Spec, Wanted, piece_id, run_id, wanted_pieces
from video.domain.video_events import (
    ClipEnd,
    CompileBegun,
    Event,
    FilmFile,
    RunBegun,
    RunEnded,
    SourcesTaken,
    StartCleared,
    StartRequested,
    VideoCreated,
)
from video.domain.video_messages import By, CreateVideo, Ended, Starting

AT = datetime(2026, 3, 1, tzinfo=UTC)
WORKSPACE, USER, OTHER = (UUID(int=n) for n in (1, 2, 3))
VIDEO = UUID(int=77)
FILM_ID = run_id(VIDEO, 1)
MINE = By(user_id=USER, any_video=False)
NOT_MINE = By(user_id=OTHER, any_video=False)
ADMINS = By(user_id=OTHER, any_video=True)
IMAGES = tuple(UUID(int=100 + n) for n in range(3))
ROOMS = ("hallway", "kitchen", "garden")
CLIPS = tuple(
    Clip(id=UUID(int=200 + n), picture=Picture(image_generation_id=image), room_type=room)
    for n, (image, room) in enumerate(zip(IMAGES, ROOMS, strict=True))
)
SETTINGS = Settings(title="Storgata 2")
CLIP_IDS = tuple(clip.id for clip in CLIPS)
SOURCES = tuple(
    Source(
        name=clip.picture.name,
        key=f"{WORKSPACE}/sources/{n}.jpg",
        sha256=f"{n}" * 64,
        image_version=n,
        original_sha256=f"{n + 5}" * 64,
        engine="local",
        model="develop-2",
        alteration=alteration,
    )
    for n, (clip, alteration) in enumerate(
        zip(CLIPS, ("none", "material", "technical"), strict=True)
    )
)
PLANNING = Planning(
    workspace_id=WORKSPACE,
    settings=SETTINGS,
    sources={each.name: each for each in SOURCES},
    words={},
)
CREATE = CreateVideo(workspace_id=WORKSPACE, user_id=USER, settings=SETTINGS, clips=CLIPS)
CREATED = VideoCreated(
    workspace_id=WORKSPACE,
    user_id=USER,
    settings=SETTINGS,
    clips=CLIPS,
    price_list=PRICE_LIST,
    estimated_cost_cents=0,
    revision=1,
)
CAP = 5_000
STARTING = Starting(by=MINE, is_barred=False, needed_cents=0, budget_cents=CAP)
REQUESTED = StartRequested(
    run=1, revision=1, max_price_ore=None, progress_sha256="a" * 64, then="start", cap_cents=CAP
)
CLEARED = StartCleared(run=1)
BEGUN = RunBegun(revision=1, progress_sha256=None, then="start", cap_cents=CAP, clip_ids=CLIP_IDS)
TAKEN = SourcesTaken(sources=SOURCES)
WANTED = wanted_pieces(PLANNING, CLIPS)
GENERATING: tuple[Event, ...] = (CREATED, REQUESTED, CLEARED, BEGUN, TAKEN)
COMPILING: tuple[Event, ...] = (*GENERATING, CompileBegun(revision=1))
ORDER = ("clip 0", "transition 0", "clip 1", "transition 1", "clip 2")  # the blobs, as in a film
FILE = FilmFile(
    key="film",
    sha256="f" * 64,
    size=900,
    thumbnail_key="still",
    thumbnail_sha256="e" * 64,
    thumbnail_size=90,
    duration_ms=17_400,
    duration_seconds=18,
    parts_ms=(5_000, 1_200, 5_000, 1_200, 5_000),
)
ENDS = tuple(
    ClipEnd(
        clip_id=clip.id,
        clip_key=f"clip {n}",
        transition_key=f"transition {n}" if n < len(CLIPS) - 1 else None,
        cause=None,
    )
    for n, clip in enumerate(CLIPS)
)
COMPLETED = RunEnded(
    revision=1,
    run=1,
    outcome="completed",
    reason=None,
    cause=None,
    failed_count=0,
    clips=ENDS,
    film=FILE,
    cost_micro_usd=0,
    at=AT,
)
TRACK = Track(
    track_id=UUID(int=8),
    name="Morning",
    license_type="royalty-free",
    attribution="by nobody",
    audio_key="music/morning.wav",
)
LOOK = Look(aspect_ratio="16:9", native_audio=True, music=TRACK)
BEGIN = Begin(
    workspace_id=WORKSPACE,
    video_project_id=VIDEO,
    revision=1,
    clips=CLIPS,
    sources=SOURCES,
    wanted=WANTED,
    made=(),
    look=LOOK,
)
FILM_BEGUN = FilmBegun(
    workspace_id=WORKSPACE,
    video_project_id=VIDEO,
    revision=1,
    clips=CLIPS,
    sources=SOURCES,
    wanted=WANTED,
    made=(),
    look=LOOK,
)
COMPILE = CompileStarted(pieces=ORDER)
SPEC = Spec(
    kind="clip",
    engine="local",
    source_sha256="a" * 64,
    room_type="kitchen",
    seconds=5,
    aspect_ratio="16:9",
    native_audio=True,
)
PIECE = piece_id(WORKSPACE, SPEC)


def blob(piece: Wanted) -> str:
    """Return the blob of a piece: what it is and where in the film it stands."""
    return f"{piece.spec.kind} {CLIP_IDS.index(piece.clip_ids[0])}"


def made(piece: Wanted) -> Made:
    """Return a piece as one that is there."""
    return Made(piece_id=piece.piece_id, key=blob(piece))


def finished(piece: Wanted, cost_micro_usd: int = 0) -> PieceFinished:
    """Return what a film notes of a piece that came out."""
    return PieceFinished(piece_id=piece.piece_id, key=blob(piece), cost_micro_usd=cost_micro_usd)


def end(clip_id: UUID, **became: str) -> ClipEnd:
    """Return what has become of a clip: `clip_key`, `transition_key`, `cause`."""
    nothing: dict[str, str | None] = {"clip_key": None, "transition_key": None, "cause": None}
    return ClipEnd(clip_id=clip_id, **(nothing | became))


def run_ended(
    outcome: str, *ends: ClipEnd, film: FilmFile | None = None, cost: int = 0
) -> RunEnded:
    """Return the end of the first run; one that failed did so for want of a clip."""
    has_failed = outcome == "failed"
    return RunEnded(
        revision=1,
        run=1,
        outcome=outcome,
        reason="clips_failed" if has_failed else None,
        cause="video.x" if has_failed else None,
        failed_count=int(has_failed),
        clips=ends,
        film=film,
        cost_micro_usd=cost,
        at=AT,
    )


MADE = FilmMade(film=FILE, music=TRACK, at=AT)
NOTHING_YET = Ended()
