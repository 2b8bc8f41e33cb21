"""media at work on a database of its own, with photographs that nobody had to send.

The engine stands in at the rim: what comes out of a job is a word here, what is recorded of it is
media's own. Files are a few bytes at the keys that photographs have.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from chassis import codec, ids
from chassis.errors import ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, Worker
from chassis.unit.deciding import Unit
from embedded.direct import DirectPort
from integration.stages.at_work import AtWork, at_work
from media import app as media
from media import starting
from media.domain import customer, image, project
from media.domain import project_messages as messages
from media.domain.image_events import Original, Result
from media.domain.image_messages import AddImage, AddMask
from media.domain.project_events import Upload
from media.links import mask_key, original_key
from media.service import MediaService
from media.settings import Settings
from servers.postgres import Server

T = TypeVar("T")
MOST = messages.Most(images=10, announced=100, masks=50)
SHA256 = "a" * 64
WIDE, HIGH = 300, 200  # of every photograph, px
SIZE = {"width": WIDE, "height": HIGH}


@dataclass
class Studio(AtWork):
    """media and its people; `outside`: by version, the error that its next attempt ends in."""

    service = "media"
    facade = MediaService

    outside: dict[str, ServiceError] = field(default_factory=dict)
    made: list[Mapping[str, Any]] = field(default_factory=list)  # arguments of jobs, as they came

    def told(self, stream: str) -> list[dict[str, Any]]:
        """Return what others hear of a stream, in its order."""
        return [each["data"] for each in self.outbox(stream)]

    def work(self) -> int:
        """Do what pictures there are to make, and let go what files there are; return how many."""
        kinds = [self._come(each) for each in self.parts.kinds if each.name in ENGINES]
        kinds += [each for each in self.parts.kinds if each.name in ENDINGS]
        worker, count = Worker(self.parts.app, kinds), 0
        while worker.work():
            count += 1
        return count

    def _come(self, kind: Kind) -> Kind:
        def run(task: Task, control: Control) -> Any:
            self.made.append(task.args)
            if (error := self.outside.pop(str(task.subject), None)) is not None:
                raise error
            return codec.plain(self._result(task))

        return replace(kind, run=run, attempts=1)

    def _result(self, task: Task) -> Result:
        where = task.args
        key = f"{where['workspace_id']}/{where['project_id']}/result/{where['image_id']}"
        blob = self.blobs.put(f"{key}/{task.subject}-x.jpg", b"result")
        sha256 = hashlib.sha256(task.subject.bytes).hexdigest()
        return Result(
            key=blob.key,
            size=blob.size,
            sha256=sha256,
            width=WIDE,
            height=HIGH,
            model="m",
            engine="local",
            alteration="technical",
            params_hash="p",
        )


ENGINES = ("enhance_image", "inpaint_image")
ENDINGS = ("forget_files", "hold_work", "purge_workspace")


@dataclass
class House:
    """A project of somebody's, its photographs, and what they may do with them."""

    studio: Studio
    workspace_id: UUID
    owner: DirectPort
    project_id: str
    image_ids: list[str]

    def call(self, method: str, **arguments: Any) -> Any:
        return self.owner.call(method, **arguments)

    def mask(self, image_id: str, width: int = WIDE, height: int = HIGH) -> str:
        """Return a mask of a photograph that was judged."""
        file = {"file_name": "mask.png", "content_type": "image/png", "size_bytes": 1}
        file |= {"sha256": SHA256, "mask_of": image_id}
        announced = self.call("request_uploads", project_id=self.project_id, files=[file])
        mask_id = UUID(announced["items"][0]["image_id"])
        key = mask_key(self.workspace_id, UUID(self.project_id), mask_id)
        self.studio.blobs.put(key, b"mask")
        adding = AddMask(mask_id=mask_id, key=key, width=width, height=height, is_empty=False)
        self.studio.decide(lambda unit: unit.decide(image.decider, UUID(image_id), adding))
        return str(mask_id)

    def versions(self, image_id: str) -> list[tuple[int, str, bool]]:
        """Return number and status of each version, and whether it stands for the photograph."""
        items = self.call("list_versions", image_generation_id=image_id)["items"]
        return [(each["version"], each["status"], each["is_current"]) for each in items]

    def project(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("get_project", project_id=self.project_id)
        return found

    def files(self) -> list[str]:
        """Return the keys below the project's, without their beginning."""
        prefix = f"{self.workspace_id}/{self.project_id}/"
        listed = self.studio.blobs.listed(prefix)
        return sorted(each.key.removeprefix(prefix) for each in listed)


def house(
    studio: Studio, photographs: int = 1, *, cleared: bool = True, of: House | None = None
) -> House:
    """Return a project whose photographs have begun, if it is `cleared`; `of`: whose it is."""
    workspace_id = of.workspace_id if of else uuid4()
    owner = of.owner if of else studio.person(workspace_id)
    project_id = owner.call("create_project", name="Storgata 2", style_template_id="modern")["id"]
    image_ids = [uuid4() for _ in range(photographs)]

    def work(unit: Unit) -> None:
        _joined(studio, unit, UUID(project_id), image_ids)
        met = customer.NoteWorkspace(workspace_id=workspace_id)
        unit.decide(customer.decider, workspace_id, met)

    studio.decide(work)
    made = House(studio, workspace_id, owner, project_id, [str(each) for each in image_ids])
    if cleared:
        start(made, owner)
    return made


def _joined(studio: Studio, unit: Unit, project_id: UUID, image_ids: list[UUID]) -> None:
    state = unit.state(project.decider, project_id)
    by = messages.By(user_id=state.user_id, any_project=True)
    uploads = tuple(
        Upload(image_id=each, content_type="image/jpeg", size=1, sha256=SHA256)
        for each in image_ids
    )
    announcing = messages.RequestUploads(by=by, uploads=uploads, most=MOST)
    unit.decide(project.decider, project_id, announcing)
    for image_id in image_ids:
        key = original_key(state.workspace_id, project_id, image_id, "image/jpeg")
        blob = studio.blobs.put(key, b"original")
        original = Original(
            key=key, content_type="image/jpeg", size=blob.size, sha256=SHA256, **SIZE
        )
        adding = AddImage(
            image_id=image_id,
            workspace_id=state.workspace_id,
            project_id=project_id,
            user_id=state.user_id,
            original=original,
            style_template_id="modern",
            room_type="kitchen",
        )
        unit.decide(image.decider, image_id, adding)
        joining = messages.NoteImageAdded(image_id=image_id, original_key=key, most=MOST.images)
        unit.decide(project.decider, project_id, joining)


def start(made: House, by: DirectPort) -> None:
    """Start a project, which billing clears."""
    by.call("start_project", project_id=made.project_id, idempotency_key=str(uuid4()))
    made.studio.decide(lambda unit: _clear(unit, made))


def _clear(unit: Unit, made: House) -> None:
    state = unit.state(project.decider, UUID(made.project_id))
    cleared = messages.NoteCleared(
        workspace_id=made.workspace_id, run=state.run, unplaced=frozenset(), is_barred=False
    )
    decided = unit.decide(project.decider, UUID(made.project_id), cleared)
    starting.queue(unit, decided.state)


@contextmanager
def studio_on(
    server: Server, folder: Path, clock: Callable[[], datetime] = ids.now, /, **limits: str
) -> Iterator[Studio]:
    """Yield media on a database of its own; `limits`: settings."""
    with at_work(Studio, (Settings, media.build), server, folder, clock, limits) as studio:
        yield studio
