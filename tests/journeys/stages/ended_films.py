"""Films of somebody's own two pictures, and what is left of them when they end."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from integration.stages.engine_children import left_over
from journeys.stages.ending import Ending
from waiting import until

ROOMS = ("hallway", "kitchen")
COLOURS = ("peru", "teal")
PX = 360
STOPPED_S = 10  # after which nothing of a film runs any more


class Filmed:
    """A film of somebody's two pictures."""

    def __init__(self, who: Ending, name: str = "Storgata 2", of: "Filmed | None" = None) -> None:
        """Make a draft of it; `of`: a film that shows the same."""
        self.who = who
        self.refs: list[str] = of.refs if of else _sent(who)
        clips = [
            {"source_image_url": ref, "room_type": room, "transition_type": "cut"}
            for ref, room in zip(self.refs, ROOMS, strict=True)
        ]
        about = {"name": name, "clips": clips, "aspect_ratio": "1:1", "idempotency_key": name}
        self.id: str = who.person.call("video", "create_video", **about)["id"]

    def call(self, method: str, **arguments: Any) -> Any:
        return self.who.person.call("video", method, video_project_id=self.id, **arguments)

    def start(self, key: str = "start it") -> str:
        """Start it; return how it stands with its payment."""
        started = self.call("start_video", idempotency_key=f"{key}: {self.id}")
        return str(started["clearance"])

    def made(self) -> "Filmed":
        """Start it and wait for its end; return it."""
        self.start()
        self.who.suite.settle()
        return self

    @property
    def status(self) -> str:
        """The seed's word for it."""
        return str(self.call("get_video")["status"])

    @cached_property
    def _work(self) -> Path:
        return self.who.suite.data_dir / "work" / "video"

    def cancel(self) -> None:
        """Break it off: it is a draft again, and soon nothing of it runs."""
        self.call("cancel_video")
        assert self.status == "draft"

    def rests(self) -> None:
        """Wait until nothing of it runs, and nothing lies about."""
        until(lambda: left_over(self._work) == (set(), []), within_s=STOPPED_S)

    @contextmanager
    def without_a_picture(self) -> Iterator[None]:
        """Let the store have lost one of its pictures, for a while: there is no film of it."""
        blobs = self.who.blobs_of("video")
        key = self.refs[0].removeprefix("blob:")
        content = b"".join(blobs.chunks(key))
        blobs.delete(key)
        yield
        blobs.put(key, content)


def _sent(who: Ending) -> list[str]:
    """Send two pictures; return what a clip names them by."""
    contents = [_picture(each) for each in COLOURS]
    files = [
        {
            "file_name": "a.jpg",
            "content_type": "image/jpeg",
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for content in contents
    ]
    uploads = who.person.call("video", "request_uploads", files=files)["items"]
    for upload, content in zip(uploads, contents, strict=True):
        sent = requests.put(upload["url"], content, headers=upload["headers"], timeout=30)
        sent.raise_for_status()
    asked = [each["upload_id"] for each in uploads]
    taken = who.person.call("video", "confirm_uploads", upload_ids=asked)["items"]
    return [each["ref"] for each in taken]


def _picture(colour: str) -> bytes:
    picture = Image.effect_noise((PX, PX), 40).convert("RGB")
    picture.paste(colour, (0, PX // 2, PX, PX))
    with io.BytesIO() as file:
        picture.save(file, "JPEG")
        return file.getvalue()


def jobs_done(who: Ending, kind: str) -> int:
    """Return how many jobs of a kind were done for somebody's films."""
    query = "select from jobs where kind = '{}' and state = 'done' and workspace_id = '{}'"
    return len(who.suite.sql("video", query.format(kind, who.workspace_id)))


def pieces_made(who: Ending) -> int:
    """Return how many pieces of somebody's films are there."""
    query = "select from piece where state = 'made' and workspace_id = '{}'"
    return len(who.suite.sql("video", query.format(who.workspace_id)))


def told(film: Filmed) -> list[str]:
    """Return what others heard of a film, in order: the events' names."""
    query = (
        "select outbox->>'type' as type from events where stream_id = 'video_project-{}'"
        " and outbox is not null order by version"
    )
    rows = film.who.suite.sql("video", query.format(film.id))
    return [each["type"].partition(".")[2] for each in rows]


def collect(who: Ending, later: timedelta) -> None:
    """Let video look for what nobody wants any more, as if it were so much later."""
    parts = who.suite.parts["video"]
    clock: Callable[[], Any] = parts.app.clock
    (collecting,) = (each for each in parts.schedules if each.name == "collect_pieces")
    collecting.run(replace(parts.app, clock=lambda: clock() + later))
