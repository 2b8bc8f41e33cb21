"""The thread that tells whoever asked for it, signed as fal signs."""

import hashlib
import http.client
import json
from datetime import timedelta
from threading import Thread, Timer
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fal.jobs import Job
from fal.state import State

TRIES, FIRST_S = 10, 0.05
PATIENCE_S = 10.0
OLD = timedelta(seconds=301)
USER = "auth0|stand-in"


class Webhooks:
    """Tells of one job after another."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.held: list[Job] = []
        self.thread = Thread(target=self._run, name="fal's webhooks", daemon=True)

    def _run(self) -> None:
        while (due := self.state.told.get()) is not None:
            self._due(*due)
            self.state.told.task_done()

    def _due(self, job: Job, tries: int) -> None:
        struck = self.state.faults.struck
        if tries == 0 and struck(("webhook_held",), job.endpoint):
            self.held.append(job)
        elif tries > 0 or not struck(("webhook_lost",), job.endpoint):
            self._told(job, tries)
            if tries == 0 and struck(("webhook_doubled",), job.endpoint):
                self.tell(job)

    def _told(self, job: Job, tries: int) -> None:
        """Tell, and again later if nobody could take it; fal goes on for two hours."""
        status = self._posted(job) if tries else self.tell(job)
        if (status == 0 or status == 429 or status >= 500) and tries + 1 < TRIES:
            again = Timer(FIRST_S * 2**tries, self.state.told.put, ((job, tries + 1),))
            again.daemon = True
            again.start()

    def tell(self, job: Job) -> int:
        """Post it once, spoilt if that is switched on; return what was answered."""
        struck = self.state.faults.struck
        other = struck(("webhook_unsigned",), job.endpoint)
        old = struck(("webhook_old",), job.endpoint)
        key = Ed25519PrivateKey.generate() if other else self.state.signing
        return self._posted(job, key, OLD if old else timedelta())

    def _posted(
        self, job: Job, key: Ed25519PrivateKey | None = None, age: timedelta = timedelta()
    ) -> int:
        body, at = told(job), self.state.clock() - age
        headers = signed(key or self.state.signing, job.request_id, int(at.timestamp()), body)
        job.told.append(status := posted(str(job.webhook), body, headers))
        return status


def told(job: Job) -> bytes:
    """Return the body of a job's webhook."""
    body = {"request_id": job.request_id, "gateway_request_id": job.request_id}
    if job.good:
        return json.dumps({**body, "status": "OK", "payload": job.output}).encode()
    error = f"Invalid status code: {job.ending.status}"
    return json.dumps({**body, "status": "ERROR", "error": error, "payload": job.output}).encode()


def signed(key: Ed25519PrivateKey, request_id: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers by which a webhook proves to be fal's."""
    lines = (request_id, USER, str(at), hashlib.sha256(body).hexdigest())
    return {
        "Content-Type": "application/json",
        "X-Fal-Webhook-Request-Id": request_id,
        "X-Fal-Webhook-User-Id": USER,
        "X-Fal-Webhook-Timestamp": str(at),
        "X-Fal-Webhook-Signature": key.sign("\n".join(lines).encode()).hex(),
    }


def posted(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post it and return what was answered, 0 if nothing was."""
    where = urlsplit(url)
    link = http.client.HTTPConnection(where.netloc, timeout=PATIENCE_S)
    try:
        link.request("POST", where.path or "/", body, headers)
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()
