"""How rows name pictures and films: a picture by where it comes from, until it has been copied."""

from typing import Any

from gateways.port import key_of, ref_of
from video.domain.pictures import Picture
from video.domain.video_events import FilmFile

IMAGE, UPLOAD = "image:", "upload:"


def shown_as(name: str) -> str:
    """Return the reference to a picture, by its name.

    `media:<image>`, `blob:<key>` of an own upload, or `address:<SHA-256>`.
    """
    if name.startswith(IMAGE):
        return f"media:{name.removeprefix(IMAGE)}"
    if name.startswith(UPLOAD):
        return ref_of(key_of(name.removeprefix(UPLOAD)))
    return name


def columns_of(picture: Picture | None) -> tuple[str | None, str | None]:
    """Return a picture's reference, and the image of media that it shows as long as it exists."""
    if picture is None:
        return None, None
    image = picture.image_generation_id
    return shown_as(picture.name), None if image is None or picture.is_gone else str(image)


def film_columns(film: FilmFile) -> dict[str, Any]:
    """Return the columns that say where a film lies, and how long it is."""
    return {
        "final_video_url": ref_of(film.key),
        "thumbnail_url": ref_of(film.thumbnail_key),
        "duration_seconds": film.duration_seconds,
    }
