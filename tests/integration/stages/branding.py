"""auth with one workspace, whose owner says how it looks: logos sent by links, and waited for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from PIL import Image
from werkzeug.test import Client

from auth.service import AuthService
from chassis.door.edge import Caller
from chassis.jobs.control import Control
from chassis.jobs.jobs import Task, Worker
from embedded.direct import DirectPort
from integration.stages.deaf_services import Browser, Person, Services
from servers.postgres import Server
from unit.stages.picture_files import saved


class Looks:
    """Somebody's own workspace, and auth's public door."""

    def __init__(self, services: Services) -> None:
        self.services, self.parts = services, services.parts["auth"]
        self.door, self.blobs = Client(self.parts.web), self.parts.door.tools.blobs
        self.worker = Worker(self.parts.app, [k for k in self.parts.kinds if k.name == "take_logo"])
        self.owner: Person = services.somebody()
        self.browser: Browser = self.owner.signed_in()
        self.workspace_id: str = self.call("get_workspace")["id"]

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Call as the owner."""
        return self.services.call("auth", method, self.browser.access(), **arguments)

    def branding(self) -> Any:
        """Ask as video does."""
        door, video = self.parts.door, Caller(service="video")
        port = DirectPort(facade=AuthService, door=lambda: door, caller=video)
        return port.call("branding", workspace_id=self.workspace_id)

    def announce(self, content: bytes, content_type: str = "image/png", **more: Any) -> Any:
        """Say that this file is to be the logo; return where it is to be sent."""
        digest = sha256(content).hexdigest()
        logo = {"content_type": content_type, "size_bytes": len(content), "sha256": digest}
        return self.call("set_branding", logo=logo, **more)["upload"]

    def send(self, upload: Any, content: bytes) -> int:
        """Send a file as the link says; return the door's status."""
        path, how = urlsplit(upload["url"]).path, {"method": upload["method"], "data": content}
        with self.door.open(path, headers=dict(upload["headers"]), **how) as answer:
            return answer.status_code

    def take(self, content: bytes, content_type: str = "image/png") -> None:
        """Let a file become the logo."""
        assert self.send(self.announce(content, content_type), content) == 201
        assert self.look() == 1

    def look(self) -> int:
        """Let what waits for a logo look once; return how many did."""
        self.services.run("auth", f"update jobs set run_at = now() where {WAITING}")
        looked = 0
        while self.worker.work():
            looked += 1
        return looked

    def waits_s(self) -> list[int]:
        """Return in how many seconds those look that wait."""
        seconds = "ceil(extract(epoch from run_at - now()))::int"
        query = f"select {seconds} from jobs where {WAITING}"
        return [each for (each,) in self.services.run("auth", query)]

    def waiting_key(self) -> str:
        """Return where the announced file is looked for."""
        query = f"select args->>'incoming' from jobs where {WAITING}"
        ((key,),) = self.services.run("auth", query)
        return str(key)

    def look_unnoted(self) -> Any:
        """Do the work of the job that waits, of which nothing is noted; return what it found."""
        query = f"select args from jobs where {WAITING}"
        ((args,),) = self.services.run("auth", query)
        kind, subject = self.worker.kinds["take_logo"], UUID(self.workspace_id)
        task = Task(
            id=subject,
            kind=kind.name,
            subject=subject,
            workspace_id=subject,
            args=args,
            meta={},
            claims=1,
            failures=0,
        )
        return kind.run(task, Control(self.parts.app, task.id, task.claims, kind.timeout_s))

    @contextmanager
    def asking_for_enterprise(self) -> Iterator[None]:
        """Let auth be set to ask for that plan."""
        tools = self.parts.door.tools
        strict = replace(self.parts.door, tools=replace(tools, branding_needs_enterprise=True))
        built, self.services.parts["auth"] = self.parts, replace(self.parts, door=strict)
        try:
            yield
        finally:
            self.services.parts["auth"] = built

    def shown(self) -> bytes | None:
        """Return the logo's file, as its link leads to it."""
        logo = self.call("get_workspace")["logo"]
        if logo is None:
            return None
        with self.door.get(urlsplit(logo["url"]).path) as answer:
            return bytes(answer.data)


WAITING = "kind = 'take_logo' and state = 'waiting'"


@contextmanager
def looks(server: Server) -> Iterator[Looks]:
    """Yield auth on a database of its own, and a workspace in it."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        yield Looks(Services(server, folder, ending, ("auth",)))


def picture(width: int = 320, height: int = 120, colour: str = "#1a6b3c") -> Image.Image:
    """Return what a logo may look like."""
    return Image.new("RGB", (width, height), colour)


def png(width: int = 320, height: int = 120, colour: str = "#1a6b3c") -> bytes:
    """Return a logo's file."""
    return saved(picture(width, height, colour), "PNG")
