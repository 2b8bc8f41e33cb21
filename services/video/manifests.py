"""How a film came to be, moment by moment: from its row."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from uuid import UUID

from chassis import codec
from chassis.domain import value
from contracts.video.films import Manifest, ManifestMusic, ManifestPart, ManifestPicture
from video.domain import disclosure
from video.domain.clips import Clip
from video.domain.disclosure import Seen
from video.domain.engines import ENGINES
from video.domain.film_messages import Track
from video.domain.film_state import Film
from video.domain.pictures import Picture, Source
from video.domain.plan import Wanted, film_order
from video.domain.video_events import FilmFile
from video.projections import films

STRENGTH = ("none", None, "technical", "material")  # of an alteration; None: nobody knows


@value
class Told:
    """What is known of a film's pieces beside its row."""

    prompts: Mapping[UUID, str]  # by piece: what a model was told, as long as it is kept
    models: Mapping[UUID, str]  # by piece: by what it was made, where a provider did


def of_film(row: films.Row, told: Told) -> Manifest:
    """Return the manifest of a film that was made; its parts cover it without a gap."""
    file: FilmFile = codec.load(FilmFile, row["file"])
    film = films.stands(row)
    parts = tuple(_parts(film, file, told))
    return Manifest(
        revision=row["revision"],
        duration_ms=file.duration_ms,
        film_sha256=file.sha256,
        parts=parts,
        music=_music(row),
        dropped_clip_ids=tuple(each.id for each in film.begun.clips if each.id in film.dropped),
        disclosure=disclosure.statement(
            [_seen(each) for each in parts], film.begun.look.native_audio
        ),
    )


def _music(row: films.Row) -> ManifestMusic | None:
    if row["music"] is None:
        return None
    track: Track = codec.load(Track, row["music"])
    return ManifestMusic(
        track_id=track.track_id,
        name=track.name,
        license_type=track.license_type,
        attribution=track.attribution,
    )


def _parts(film: Film, file: FilmFile, told: Told) -> Iterator[ManifestPart]:
    begun = film.begun
    order = film_order(begun.clips, begun.wanted, film.dropped)
    pieces = [each for each in order if each[1].piece_id in film.keys]
    spans = list(pairwise(accumulate(file.parts_ms, initial=0)))
    sources = {each.name: each for each in begun.sources}
    for (clip_id, piece), (from_ms, to_ms) in zip(pieces, spans, strict=False):
        shown = _shown(begun.clips, clip_id, piece)
        pictures = tuple(_picture(each, sources[each.name]) for each in shown)
        first = pictures[0]
        yield ManifestPart(
            from_ms=from_ms,
            to_ms=to_ms,
            kind="clip" if piece.spec.kind == "clip" else "transition",
            clip_id=clip_id,
            image_generation_id=first.image_generation_id,
            image_version=first.image_version,
            source_sha256=first.source_sha256,
            original_sha256=first.original_sha256,
            engine=piece.spec.engine,
            model=told.models.get(piece.piece_id) or piece.spec.model or None,
            prompt=told.prompts.get(piece.piece_id) if ENGINES[piece.spec.engine].reads else None,
            alteration=max((each.alteration for each in pictures), key=STRENGTH.index),
            pictures=pictures,
        )
    for from_ms, to_ms in spans[len(pieces) :]:
        yield _card(from_ms, to_ms)


def _shown(clips: Sequence[Clip], clip_id: UUID, piece: Wanted) -> tuple[Picture, ...]:
    """Return the pictures that a piece moves through."""
    place = [clip.id for clip in clips].index(clip_id)
    if piece.spec.kind == "clip":
        return clips[place].pictures
    return clips[place].last, clips[place + 1].picture


def _picture(picture: Picture, source: Source) -> ManifestPicture:
    return ManifestPicture(
        image_generation_id=picture.image_generation_id,
        image_version=source.image_version,
        source_sha256=source.sha256,
        original_sha256=source.original_sha256,
        engine=source.engine,
        model=source.model,
        alteration=source.alteration,
    )


def _card(from_ms: int, to_ms: int) -> ManifestPart:
    return ManifestPart(
        from_ms=from_ms,
        to_ms=to_ms,
        kind="end_card",
        clip_id=None,
        image_generation_id=None,
        image_version=None,
        source_sha256=None,
        original_sha256=None,
        engine="local",
        model=None,
        prompt=None,
        alteration=None,
        pictures=(),
    )


def _seen(part: ManifestPart) -> Seen:
    return Seen(
        from_ms=part.from_ms,
        to_ms=part.to_ms,
        kind=part.kind,
        engine=part.engine,
        model=part.model,
        alteration=part.alteration,
    )
