"""From a picture that came out to the result: judged, with our metadata, stored, with small copies.

One way for every engine. What is stored are our bytes: its own metadata goes, whoever made it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from chassis.domain import value
from chassis.errors import Invalid, NotFound, Unavailable
from gateways import pictures
from gateways.copies import Copy
from gateways.port import Blobs
from media import renditions
from media.domain.disclosure import source_type
from media.domain.image_events import Result
from media.gateways.engine import Enhanced
from media.links import result_key

MAX_RESULT_BYTES = 50 * 1024 * 1024
STORAGE_ERROR, BAD_OUTPUT = "media.storage_error", "media.bad_output"


@value
class Storing:
    """The store of pictures, and the folder below which decoders run."""

    blobs: Blobs
    work: Path


@value
class Place:
    """Of which version of which photograph a picture is, and what made it how."""

    workspace_id: UUID
    project_id: UUID
    image_id: UUID
    version_id: UUID
    original_key: str
    engine: str
    params_hash: str


def stored(storing: Storing, place: Place, made: Enhanced) -> Result:
    """Store a picture as the result of a version, under the hash of its content.

    It is upright and sRGB; of the original it has the credits: creator, copyright, date.

    Raises `Unavailable`: media.bad_output for what is no picture of at most 50 MB and 50
    megapixels, media.storage_error where the original has gone, chassis.blobs_unavailable.
    """
    if len(made.content) > MAX_RESULT_BYTES:
        raise Unavailable(BAD_OUTPUT, "what came out has more than 50 MB")
    kind = source_type(place.engine, made.alteration)
    copies = (Copy(source_type=kind), *renditions.ordered(kind))
    with _original(storing.blobs, place.original_key) as original:
        try:
            _, (result, *small) = pictures.copied(
                made.content, copies, "media", storing.work, credits_of=original
            )
        except Invalid as refusal:
            raise Unavailable(BAD_OUTPUT, f"what came out: {refusal.code}") from refusal
    sha256 = hashlib.sha256(result.content).hexdigest()
    key = result_key(place.workspace_id, place.project_id, place.image_id, place.version_id, sha256)
    renditions.keep(storing.blobs, key, small)
    blob = storing.blobs.put(key, result.content)
    return Result(
        key=key,
        size=blob.size,
        sha256=sha256,
        width=result.width,
        height=result.height,
        model=made.model,
        engine=place.engine,
        alteration=made.alteration,
        params_hash=place.params_hash,
    )


@contextmanager
def _original(blobs: Blobs, key: str) -> Iterator[Path]:
    try:
        with blobs.local(key) as path:
            yield path
    except NotFound as error:
        raise Unavailable(STORAGE_ERROR, "the original is not there") from error
