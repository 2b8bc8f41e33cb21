"""The work of the main job: photographs are enhanced, and a film is made of them."""

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import requests

from chassis.domain import value
from demo.people import Person

POLL_S = 0.1
WORK_TIMEOUT_S = 600


class Display(Protocol):
    """Where the main job says what it does; long work shows how far it is."""

    def step(self, title: str) -> None:
        """A step begins."""

    def work(self, title: str) -> AbstractContextManager[Callable[[float], None]]:
        """Long work begins; the function it gives is told the percentage done."""


@value
class Photo:
    """One photograph and the room it shows."""

    path: Path
    room: str


class Work:
    """What a customer has made."""

    def __init__(
        self,
        customer: Person,
        photos: Sequence[Photo],
        display: Display,
        aspect_ratio: str = "16:9",
        name: str = "Storgata 2",
    ) -> None:
        """`photos`: for a film two or more, their rooms become its order; `name`: the home's."""
        self.customer, self.photos, self.display = customer, photos, display
        self.aspect_ratio, self.name = aspect_ratio, name

    def photographs(self) -> dict[str, Any]:
        """Have the photographs enhanced; return the project with its images."""
        many = len(self.photos)
        with self.display.work(f"{many} photograph{'' if many == 1 else 's'}, enhanced") as done:
            project_id = self.started()
            return self._wait(
                lambda: self.project_now(project_id),
                lambda row: 100 * row["completed_count"] / max(1, row["image_count"]),
                done,
            )

    def started(self) -> str:
        """Upload the photographs and ask for the work on them; return the project's id."""
        project_id = self._uploaded()
        self.customer.call(
            "media", "start_project", project_id=project_id, idempotency_key="start the project"
        )
        return project_id

    def _uploaded(self) -> str:
        project_id: str = self.customer.call(
            "media",
            "create_project",
            name=self.name,
            style_template_id="scandinavian",
            idempotency_key="create the project",
        )["id"]
        contents = [photo.path.read_bytes() for photo in self.photos]
        files = [
            {
                "file_name": photo.path.name,
                "content_type": "image/jpeg",
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for photo, content in zip(self.photos, contents, strict=True)
        ]
        uploads = self.customer.call(
            "media",
            "request_uploads",
            project_id=project_id,
            files=files,
            idempotency_key="announce the photographs",
        )["items"]
        for upload, content in zip(uploads, contents, strict=True):
            sent = requests.put(upload["url"], content, headers=upload["headers"], timeout=30)
            sent.raise_for_status()
        image_ids = [upload["image_id"] for upload in uploads]
        self.customer.call("media", "confirm_uploads", project_id=project_id, image_ids=image_ids)
        for image_id, photo in zip(image_ids, self.photos, strict=True):
            self.customer.call(
                "media",
                "set_room_type",
                project_id=project_id,
                image_ids=[image_id],
                room_type=photo.room,
            )
        return project_id

    def project_now(self, project_id: str) -> dict[str, Any]:
        """Return the project as it is, with links that are fresh."""
        row: dict[str, Any] = self.customer.call("media", "get_project", project_id=project_id)
        return row

    def film(self, project: dict[str, Any]) -> dict[str, Any]:
        """Have a film made of the project's images; return the video."""
        images = sorted(project["images"], key=lambda image: self._place(image["room_type"]))
        with self.display.work("A film of them") as done:
            video_id = self.customer.call(
                "video",
                "create_video",
                name=self.name,
                clips=[
                    {
                        "image_generation_id": image["id"],
                        "room_type": image["room_type"],
                        "transition_type": "cut",
                    }
                    for image in images
                ],
                aspect_ratio=self.aspect_ratio,
                idempotency_key="create the video",
            )["id"]
            run_id = self.customer.call(
                "video",
                "start_video",
                video_project_id=video_id,
                idempotency_key="start the video",
            )["run_id"]
            return self._wait(
                lambda: self.customer.call("video", "get_video", video_project_id=video_id),
                lambda row: self.customer.call("video", "progress", run_id=run_id)["percent"],
                done,
            )

    def _place(self, room: str) -> int:
        return [photo.room for photo in self.photos].index(room)

    def _wait(
        self,
        look: Callable[[], dict[str, Any]],
        percent: Callable[[dict[str, Any]], float],
        done: Callable[[float], None],
    ) -> dict[str, Any]:
        deadline = time.monotonic() + WORK_TIMEOUT_S
        while (row := look())["status"] not in ("completed", "failed"):
            done(percent(row))
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {row['status']} after {WORK_TIMEOUT_S} s")
            time.sleep(POLL_S)
        if row["status"] == "failed":
            raise RuntimeError(f"the work failed: {row}")
        done(100)
        return row
