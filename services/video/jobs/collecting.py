"""What comes round: pieces, copies and uploads that nobody wants go; the shipped music comes.

A piece is forgotten first, and its blob deleted then: a film that took it in between finds it
missing, and has it made again.
"""

from datetime import timedelta
from functools import partial
from itertools import groupby
from uuid import UUID

from chassis import ids
from chassis.identity import service_actor
from chassis.jobs.schedules import Schedule
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.port import Blobs
from gateways.work_folder import WorkFolder, scratch
from video import kept, music
from video.domain import music_track, piece
from video.domain.music_track import Add
from video.domain.piece_messages import Forget
from video.links import is_copy, is_passing, track_prefix, workspace_of
from video.projections import films, music_tracks, pieces

DAY_S = 86_400
UNWANTED = timedelta(days=30)
UNUSED = timedelta(days=7)
PASSING = timedelta(hours=24)


def schedules(blobs: Blobs, work: WorkFolder, *, ships: bool) -> tuple[Schedule, ...]:
    """Return what comes round in video; `ships`: whether our own music is offered."""
    shipping = partial(ship_music, blobs, work)
    music_ = Schedule(name="ship_music", every_s=DAY_S, run=shipping, makes_up=True)
    return (
        *((music_,) if ships else ()),
        Schedule(name="sweep_incoming", every_s=3_600, run=partial(_sweep_incoming, blobs)),
        Schedule(name="collect_pieces", every_s=DAY_S, run=partial(_collect, blobs), at_s=3_600),
        Schedule(name="sweep_uploads", every_s=DAY_S, run=partial(_sweep_uploads, blobs)),
    )


def ship_music(blobs: Blobs, work: WorkFolder, app: App) -> None:
    """Compose the tracks that are missing and offer them; the same sound everywhere."""
    there = app.query(music_tracks.ids)
    for track in music.TRACKS:
        if track.id not in there:
            key = f"{track_prefix(track.id)}audio.wav"
            with scratch(work.path) as folder:
                music.written(track, folder / "track.wav")
                blobs.put_file(key, folder / "track.wav")
            app.attempt(_call(app, "ship_music"), partial(_ship, track, key))


def _ship(track: music.Track, key: str, unit: Unit) -> None:
    if unit.state(music_track.decider, track.id) is None:
        add = Add(
            name=track.name,
            artist=track.artist,
            category=track.category,
            mood=track.mood,
            bpm=track.bpm,
            license_type=track.license_type,
            attribution=track.attribution,
            audio_key=key,
        )
        unit.decide(music_track.decider, track.id, add)


def _sweep_incoming(blobs: Blobs, app: App) -> None:
    """Delete what came in, or was sent, more than 24 hours ago; what is kept has been copied."""
    for each in blobs.listed(""):
        if is_passing(each.key) and each.modified_at < app.clock() - PASSING:
            blobs.delete(each.key)


def _collect(blobs: Blobs, app: App) -> None:
    """Let go of pieces, and then of copies, that no film or clip of a video names any more."""
    before = app.clock() - UNWANTED
    for piece_id, key in app.query(lambda db: pieces.collectable(db, before)):
        app.attempt(_call(app, "collect_pieces"), partial(_forget, piece_id))
        blobs.delete(key)
    old = (each.key for each in blobs.listed("") if each.modified_at < before)
    for workspace_id, keys in groupby(sorted(filter(is_copy, old)), key=workspace_of):
        named = app.query(partial(films.named_sources, workspace_id=workspace_id))
        for key in keys:
            if key not in named:
                blobs.delete(key)


def _forget(piece_id: UUID, unit: Unit) -> None:
    unit.decide(piece.decider, piece_id, Forget())


def _sweep_uploads(blobs: Blobs, app: App) -> None:
    """Let go of own uploads that no clip shows."""
    for upload_id, key in app.query(lambda db: kept.sweepable_uploads(db, app.clock() - UNUSED)):
        if app.attempt(_call(app, "sweep_uploads"), partial(kept.forget_upload, upload_id)):
            blobs.delete(key)


def _call(app: App, name: str) -> Call:
    actor = service_actor(app.service.name)
    return Call(id=ids.fresh(), at=app.clock(), actor=actor, correlation_id=name)
