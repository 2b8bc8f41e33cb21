"""A film's work as a process of its own, killed before any step that leaves something behind.

All of it is real but the length of a piece, which is a second: of own pictures, so that media is
not asked for any.
"""

import hashlib
import io
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from uuid import UUID, uuid4

from PIL import Image

from chassis import ids, settings
from chassis.jobs.jobs import Worker
from chassis.running.parts import Port
from integration.stages import mortal
from integration.stages.engine_children import announced, short_clips
from integration.stages.films_at_work import OUTSIDE, Films, Tour
from integration.stages.mortal import Step
from video import app as video
from video.gateways import ffmpeg
from video.links import incoming_key
from video.settings import Settings

ROOMS = ("hallway", "kitchen")
PX = 360


def preloaded() -> AbstractContextManager[None]:
    """Let the processes of films find our modules, which are imported once."""
    return mortal.preloaded(__name__)


def begun(films: Films) -> Tour:
    """Return a film of two clips of own pictures, somebody's new, that is cleared."""
    workspace_id = uuid4()
    owner = films.person(workspace_id)
    contents = [_picture(number) for number in range(len(ROOMS))]
    files = [
        {
            "file_name": "1.jpg",
            "content_type": "image/jpeg",
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for content in contents
    ]
    asked = owner.call("request_uploads", files=files)["items"]
    upload_ids = [each["upload_id"] for each in asked]
    for upload_id, content in zip(upload_ids, contents, strict=True):
        films.blobs.put(incoming_key(workspace_id, UUID(upload_id)), content)
    taken = owner.call("confirm_uploads", upload_ids=upload_ids)["items"]
    clips = [
        {"source_image_url": each["ref"], "room_type": room}
        for each, room in zip(taken, ROOMS, strict=True)
    ]
    made = owner.call("create_video", name="Storgata 2", clips=clips, aspect_ratio="1:1")
    return Tour(films, workspace_id, owner, made["id"]).begin()


def _picture(number: int) -> bytes:
    """Return a wall and a floor, each time of other colours."""
    picture = Image.effect_noise((PX, PX), 40).convert("RGB")
    picture.paste((40 + 90 * number, 80, 140 - 90 * number), (0, PX // 2, PX, PX))
    with io.BytesIO() as file:
        picture.save(file, "JPEG")
        return file.getvalue()


def worked(films: Films, passing: Sequence[str] = ()) -> list[str]:
    """Let a process do all that waits; return its steps.

    Raises `Killed` where it died: before the last of the steps `passing`, others between them.
    """
    dies = partial(_have_passed, passing) if passing else None
    return mortal.lived(_work, films.variables, dies=dies)


def _have_passed(passing: Sequence[str], steps: Sequence[str]) -> bool:
    left = iter(steps)
    return all(each in left for each in passing)


def _work(step: Step, variables: Mapping[str, str]) -> None:
    parts = video.build(settings.load(Settings, dict(variables)), _nobody, ids.now)
    mortal.announce(parts.app.engine, step, room=1)
    worker = Worker(parts.app, [each for each in parts.kinds if each.name in OUTSIDE])
    worker.release()  # who was here before is dead
    with short_clips(), announced(ffmpeg, lambda _: step("ffmpeg")):
        while worker.work():
            pass


def of_rows(films: Films, film: Tour) -> set[str]:
    """Return the keys of the files that the rows of a film's workspace say there are."""
    about = {"id": str(film.workspace_id)}
    query = "select key from {} where workspace_id = :id and key is not null"
    taken = films.rows(query.format("own_upload"), **about)
    made = films.rows(query.format("piece"), **about)
    query = "select begun, file from film where workspace_id = :id"
    ((begun, file),) = films.rows(query, **about)
    keys = {key for (key,) in (*taken, *made)} | {each["key"] for each in begun["sources"]}
    return keys | {file["key"], file["thumbnail_key"]}


def in_store(films: Films, film: Tour) -> set[str]:
    """Return the keys of all files of a film's workspace."""
    return {each.key for each in films.blobs.listed(f"{film.workspace_id}/")}


def count(films: Films, film: Tour, events: Collection[str]) -> dict[str, int]:
    """Return how often each of these events happened in a film's workspace."""
    query = "select type, count(*) from events where meta->>'workspace' = :id group by 1"
    found = dict(map(tuple, films.rows(query, id=str(film.workspace_id))))
    return {each: found.get(each, 0) for each in events}


def _nobody(service: str) -> Port:
    raise AssertionError(f"{service} is not called here")
