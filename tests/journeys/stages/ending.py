"""Somebody whose project, workspace or account comes to an end, and what is left of it then."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg

from chassis import ids
from demo.main_job import BUYER, Photo
from demo.main_job_work import Work
from demo.people import Person
from embedded import cards
from embedded.suite import Suite
from gateways.port import Blobs
from journeys.stages import caught
from journeys.stages.quiet import Quiet
from waiting import until

THREADS = 2  # of media
OF_IT = "select '{table}' as name from {table} where {column} = '{id}'"
CLIPS = (
    "select 'video_clip' as name from video_clip where 'video_project-' || video_project_id in"
    " (select stream_id from events where meta->>'workspace' = '{id}')"
)
# by service: its tables of what there is, beside what was written
TABLES = {
    "media": ("project", "image_generation"),
    "video": ("video_project", "film", "piece", "own_upload"),
}
LATER = (
    "update jobs set run_at = now() + interval '1 hour' where id = ("
    "select id from jobs where kind = 'enhance_image' and state = 'waiting' and workspace_id = %s"
    " limit 1)"
)
DUE = "update jobs set run_at = now() where kind = %s and workspace_id = %s and state = 'waiting'"


class Ending:
    """Somebody with a workspace, who is invoiced or pays by card."""

    def __init__(self, suite: Suite, admin: Person, name: str, *, invoiced: bool = True) -> None:
        self.suite, self.admin, self.name = suite, admin, name
        self.person = Person(suite, f"{name}@ending.example", ids.token())
        self.workspace_id = self.person.sign_up(name.capitalize(), f"sign up {name}")
        self.person.call("auth", "update_workspace", **BUYER)
        if invoiced:
            about = {"workspace_id": self.workspace_id, "reason": "looked up and approved"}
            admin.call("auth", "set_invoice_eligibility", eligible=True, **about)
            self.person.await_invoicing()

    def work(self, photos: Sequence[Photo], many: int) -> Work:
        """Return the work on so many photographs."""
        return Work(self.person, [photos[n % len(photos)] for n in range(many)], Quiet())

    @contextmanager
    def but_one(self, work: Work) -> Iterator[str]:
        """Start work of which one photograph waits for an hour; yield once the others are made."""
        many, url = len(work.photos), self.suite.owner_url("media")
        with caught.ending(url, "enhance_image", self.workspace_id) as images:
            project_id = work.started()
            until(lambda: images.held() == THREADS)
            self._change(LATER, self.workspace_id)
        until(lambda: self.photographs(project_id) == {"completed": many - 1, "processing": 1})
        yield project_id

    def due(self, kind: str, service: str = "media") -> int:
        """Let the time of the workspace's jobs of that kind come; return how many waited."""
        return self._change(DUE, kind, self.workspace_id, service=service)

    def pay(self, project_id: str, key: str, kind: str = "image_project") -> None:
        """Pay what a project costs by card."""
        target = {"target_kind": kind, "target_id": project_id}
        checkout = self.person.call("billing", "start_checkout", **target, idempotency_key=key)
        session_id = urlsplit(checkout["url"]).path.rpartition("/")[2]
        cards.turn(self.suite.stripe_url, "pay", session=session_id)
        self.suite.settle()

    def start(self, project_id: str, key: str) -> str:
        started = self.person.call(
            "media", "start_project", project_id=project_id, idempotency_key=key
        )
        return str(started["clearance"])

    def project(self, project_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.person.call("media", "get_project", project_id=project_id)
        return found

    def photographs(self, project_id: str) -> Counter[str]:
        """Return how many photographs have come how far."""
        return Counter(each["status"] for each in self.project(project_id)["images"])

    def owed(self) -> list[int]:
        """Return the amounts of all that the workspace was ever billed, øre."""
        lines = self.admin.call("billing", "list_line_items", workspace_id=self.workspace_id)
        return [each["amount_ore"] for each in lines["items"]]

    def files(self, service: str = "media") -> list[str]:
        """Return the keys of all that a service stores for the workspace."""
        return [each.key for each in self.blobs_of(service).listed(f"{self.workspace_id}/")]

    def rows(self, service: str = "media") -> list[str]:
        """Return in which of a service's tables something stands of the workspace."""
        tables = {**dict.fromkeys(TABLES[service], "workspace_id"), "personal": "subject_id"}
        queries = [OF_IT.format(table=table, column=tables[table], id="{id}") for table in tables]
        query = " union all ".join([*queries, *([CLIPS] if service == "video" else [])])
        return [
            each["name"] for each in self.suite.sql(service, query.format(id=self.workspace_id))
        ]

    def blobs_of(self, service: str) -> Blobs:
        blobs: Blobs = self.suite.parts[service].door.tools.blobs
        return blobs

    def _change(self, statement: str, *given: str, service: str = "media") -> int:
        with psycopg.connect(self.suite.owner_url(service)) as owner:
            return owner.execute(statement.encode(), given).rowcount
