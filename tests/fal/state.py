"""All that the stand-in knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Queue
from threading import Event, RLock
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fal.faults import Fault, Faults
from fal.jobs import CANCELLED, Ending, Job, invalid, picture, typed

PRIVATE = "https://10.0.0.8/result.jpg"
OF_FILES: tuple[Fault, ...] = ("result_html", "result_large", "result_missing", "result_private")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request over HTTP; `headers` by their names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """As faults call it: 'POST /fal-ai/nano-banana-pro/edit ', its end marked by a blank."""
        return f"{self.method} {self.path} "


@dataclass
class State:
    """What there is; `changed` jobs are told by the thread of webhooks."""

    key: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    base: str = ""  # where it listens
    jobs: dict[str, Job] = field(default_factory=dict)  # the ledger, in the order of the calls
    calls: list[Asked] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)  # of the next jobs
    looks: int = 0
    holding: bool = False
    lists_unfinished: bool = False  # whether the list of requests knows who has not ended
    paint: Callable[[Job], bytes] = lambda job: picture()
    faults: Faults = field(default_factory=Faults)
    signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    told: Queue[tuple[Job, int] | None] = field(
        default_factory=Queue
    )  # whose webhook is due, and how often it was tried
    leaving: Event = field(default_factory=Event)
    lock: RLock = field(default_factory=RLock)

    def take(self, endpoint: str, asked: Asked, given: Mapping[str, Any]) -> Job:
        """Take a call: from here on it is a job."""
        with self.lock:
            planned = self.endings.pop(0) if self.endings else Ending()
            job = Job(
                request_id=str(uuid4()),
                endpoint=endpoint,
                input=given,
                webhook=asked.query.get("fal_webhook"),
                headers=asked.headers,
                sent_at=self.clock(),
                looks=self.looks,
                held=self.holding,
                ending=invalid(endpoint, given) or planned,
            )
            self.jobs[job.request_id] = job
            if not job.looks and not job.held:
                self.end(job)
            return job

    def look(self, job: Job) -> None:
        """Let a look at a job's status bring it nearer to its end."""
        with self.lock:
            if job.ended_at is None and not job.held:
                job.looks -= 1
                if job.looks < 0:
                    self.end(job)

    def cancel(self, job: Job) -> bool:
        """End a job that has not ended."""
        with self.lock:
            if job.ended_at is not None:
                return False
            job.ending = typed("client_cancelled", CANCELLED, inside=True)
            self.end(job)
            return True

    def end(self, job: Job) -> None:
        """Let a job end as it is to end, and tell of it."""
        with self.lock:
            if job.ended_at is not None:
                return
            job.ended_at = self.clock()
            strike = self.faults.struck
            job.file = (strike(OF_FILES, job.endpoint) or "result_picture").removeprefix("result_")
            job.gone = strike(("result_gone",), job.endpoint) is not None
            job.output = job.ending.body or self._output(job)
        if job.webhook:
            self.told.put((job, 0))

    def _output(self, job: Job) -> Mapping[str, Any]:
        url = f"{self.base}/files/{job.request_id}.{job.suffix}"
        url = PRIVATE if job.file == "private" else url
        if "video" in job.endpoint:
            return {"video": {"url": url, "content_type": "video/mp4", "file_name": "output.mp4"}}
        file = {"url": url, "content_type": "image/jpeg", "width": 64, "height": 48}
        return {"images": [file], "description": ""}
