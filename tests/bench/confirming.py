"""Confirming: ten photographs of 12 megapixels, judged and kept in one call; and that once more."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import cv2
import numpy as np

from bench.enhancing import sample
from bench.stage import Stage
from chassis.door.edge import Caller
from chassis.identity import Actor
from embedded.direct import DirectPort
from integration.stages.media_at_work import media_at_work
from media.links import incoming_key
from media.service import MediaService

PHOTOGRAPHS, QUALITY = 10, 92


@contextmanager
def contest(stage: Stage, megapixels: float) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield what confirms ten photographs of that size, and again, and gives the seconds."""
    contents = photographs(megapixels)
    with tempfile.TemporaryDirectory() as folder:
        store = {"BLOBS": "folder", "BLOBS_FOLDER": f"{folder}/blobs", "BLOBS_KEY": "k" * 32}
        Path(folder, "blobs").mkdir()
        with media_at_work(stage.server, store, Path(folder, "work")) as (parts, issuer, clock):
            workspace_id = uuid4()
            person = Actor(
                kind="person",
                id=str(uuid4()),
                session_id=uuid4(),
                workspace_id=workspace_id,
                role="member",
            )
            caller = Caller(auth_token=issuer.issue(person, clock()))
            port = DirectPort(facade=MediaService, door=lambda: parts.door, caller=caller)

            def sent() -> dict[str, Any]:
                about = {"name": "Storgata 2", "style_template_id": "modern"}
                project_id = port.call("create_project", **about)["id"]
                files = [announced(each) for each in contents]
                items = port.call("request_uploads", project_id=project_id, files=files)["items"]
                ids = [each["image_id"] for each in items]
                for image_id, content in zip(ids, contents, strict=True):
                    key = incoming_key(workspace_id, UUID(project_id), UUID(image_id))
                    parts.door.tools.blobs.put(key, content)
                return {"project_id": project_id, "image_ids": ids}

            def confirmed(asked: dict[str, Any]) -> float:
                began = time.perf_counter()
                items = port.call("confirm_uploads", **asked)["items"]
                took = time.perf_counter() - began
                assert {each["status"] for each in items} == {"pending"}
                return took

            confirmed(done := sent())
            yield {"first": lambda: confirmed(sent()), "again": lambda: confirmed(done)}


def photographs(megapixels: float) -> list[bytes]:
    """Return ten JPEGs of that size, no two alike."""
    pixels = cv2.cvtColor(sample(megapixels), cv2.COLOR_RGB2BGR)
    made = (np.roll(pixels, 16 * number, axis=1) for number in range(PHOTOGRAPHS))
    quality = (cv2.IMWRITE_JPEG_QUALITY, QUALITY)
    return [cv2.imencode(".jpg", each, quality)[1].tobytes() for each in made]


def announced(content: bytes) -> dict[str, Any]:
    return {
        "file_name": "a.jpg",
        "content_type": "image/jpeg",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
