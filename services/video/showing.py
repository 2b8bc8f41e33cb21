"""Videos as they are replied: their rows, and what a film has by now while one is being made."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis import codec
from contracts.video.films import Film, VideoClip
from gateways.port import Blobs, ref_of
from video.domain.failures import FAILURES
from video.domain.video_events import ClipEnd, FilmFile
from video.projections import films
from video.projections.refs import film_columns, shown_as
from video.projections.video_clips import become, columns, words

Row = Mapping[str, Any]
Texts = Mapping[UUID, Mapping[str, str]]  # by row, what is kept of it: field -> text


def is_at_work(film: films.Row | None) -> bool:
    """Return whether a film is being made."""
    return film is not None and film["status"] in films.AT_WORK


def with_film(row: Row, film: films.Row | None) -> Row:
    """Return a video's row with what its film has by now, if one is being made."""
    if film is None or not is_at_work(film):
        return row
    return {**row, "completed_clip_count": films.clips_made(film)}


def clips(rows: Sequence[Row], film: films.Row | None) -> tuple[VideoClip, ...]:
    """Return a video's clips, with what its film has of each by now, if one is being made."""
    ends: dict[str, ClipEnd] = {}
    if film is not None and is_at_work(film):
        ends = {str(end.clip_id): end for end in films.stands(film).ends}
    became = {id: become(end, "processing") for id, end in ends.items()}
    return tuple(VideoClip(**{**row, **became.get(row["id"], {})}) for row in rows)


def as_of(row: Row, film: films.Row) -> Row:
    """Return a video's row as it was when that film was made."""
    look = film["begun"]["look"]
    music, reason = look["music"], film["failure"]
    file = film["file"] and film_columns(codec.load(FilmFile, film["file"]))
    return {
        **row,
        "aspect_ratio": look["aspect_ratio"],
        "music_track_id": music and music["track_id"],
        "music_volume": look["music_volume"],
        "generate_native_audio": look["native_audio"],
        **(file or {"final_video_url": None, "thumbnail_url": None, "duration_seconds": None}),
        "status": "completed" if film["status"] == "made" else "failed",
        "clip_count": len(film["begun"]["clips"]),
        "completed_clip_count": films.clips_made(film),
        "trigger_run_id": film["id"],
        "trigger_access_token": None,
        "error_message": reason and f"{FAILURES[reason]} ({film['cause']}).",
        "revision": film["revision"],
    }


def clips_of(film: films.Row, texts: Texts) -> tuple[VideoClip, ...]:
    """Return the clips of an earlier film, with the customer's words as they are now."""
    stands = films.stands(film)
    copies = {shown_as(each.name): ref_of(each.key) for each in stands.begun.sources}
    shown = []
    for order, (clip, end) in enumerate(zip(stands.begun.clips, stands.ends, strict=True)):
        row = {**columns(clip, order), **become(end, "pending")}
        for name in ("source_image_url", "end_image_url"):
            row[name] = copies.get(row[name], row[name])
        for name in ("room_label", "motion_prompt"):
            row[name] = texts.get(clip.id, {}).get(name)
        shown.append(
            VideoClip(
                **{**row, "motion_prompt": words(row)},
                id=clip.id,
                video_project_id=stands.begun.video_project_id,
                created_at=film["created_at"],
                updated_at=film["updated_at"],
            )
        )
    return tuple(shown)


def files(film: films.Row | None, blobs: Blobs) -> dict[str, Any]:
    """Return a film and its thumbnail with links, if it was made."""
    if film is None or film["file"] is None:
        return {"film": None, "thumbnail": None}
    file: FilmFile = codec.load(FilmFile, film["file"])
    still = file.thumbnail_key, file.thumbnail_sha256, file.thumbnail_size
    return {
        "film": _linked(blobs, "video/mp4", file.key, file.sha256, file.size),
        "thumbnail": _linked(blobs, "image/jpeg", *still),
    }


def _linked(blobs: Blobs, content_type: str, key: str, sha256: str, size: int) -> Film:
    link = blobs.link(key, content_type)
    return Film(ref=ref_of(key), url=link.url, expires_at=link.expires_at, sha256=sha256, size=size)
