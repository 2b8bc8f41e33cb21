"""What is answered to each call: of the queue, of the list of requests, of the files, the keys."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fal.jobs import Job
from fal.state import Asked, State

LARGE = 60 * 1024 * 1024
HTML = "text/html; charset=utf-8"
PAGE = b"<!doctype html><title>fal</title><p>Something is wrong here."
LIST = "/v1/models/requests/by-endpoint"
PAYLOADS = "/v1/models/requests/"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A reply; `length`: what is announced, where it is not the content's own."""

    status: int
    content: bytes
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


def said(status: int, body: Any, **headers: str) -> Answer:
    return Answer(status=status, content=json.dumps(body).encode(), headers=headers)


def page(status: int) -> Answer:
    return Answer(status=status, content=PAGE, kind=HTML)


def answered(state: State, asked: Asked) -> Answer:
    """Do what is asked for."""
    if asked.path == "/.well-known/jwks.json":
        return said(200, _keys(state.signing))
    if asked.path.startswith("/files/"):
        return _file(state, asked.path)
    if asked.headers.get("authorization") != f"Key {state.key}":
        return said(401, {"detail": "Cannot access application. Authentication is required."})
    if asked.path == LIST and asked.method == "GET":
        return _listed(state, asked.query)
    if asked.path.startswith(PAYLOADS) and asked.method == "DELETE":
        return _forgotten(state, asked.path.split("/")[-2])
    if asked.method == "POST":
        return _submitted(state, asked)
    return _of_one(state, asked)


def _submitted(state: State, asked: Asked) -> Answer:
    try:
        given = json.loads(asked.body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        return said(422, {"detail": "Invalid JSON body", "error_type": "bad_request"})
    job = state.take(asked.path.removeprefix("/"), asked, given)
    return said(200, {**_addresses(state, job), "status": "IN_QUEUE", "queue_position": 0})


def _addresses(state: State, job: Job) -> dict[str, Any]:
    url = f"{state.base}/{job.app}/requests/{job.request_id}"
    return {
        "request_id": job.request_id,
        "response_url": url,
        "status_url": f"{url}/status",
        "cancel_url": f"{url}/cancel",
    }


def _of_one(state: State, asked: Asked) -> Answer:
    """Answer at an address of one call: its app, `requests`, its id and what is asked of it."""
    owner, app, word, request_id, *what = [*asked.path.split("/")[1:], *[""] * 4][:5]
    with state.lock:
        job = state.jobs.get(request_id)
        if job is None or word != "requests" or job.app != f"{owner}/{app}":
            return said(404, {"detail": "Request not found", "status": "NOT_FOUND"})
        match asked.method, what:
            case "GET", ["status"]:
                return _status(state, job)
            case "GET", [""]:
                return _result(job)
            case "PUT", ["cancel"] if state.cancel(job):
                return said(202, {"status": "CANCELLATION_REQUESTED"})
            case "PUT", ["cancel"]:
                return said(400, {"status": "ALREADY_COMPLETED"})
    return said(405, {"detail": "Method Not Allowed"})


def _status(state: State, job: Job) -> Answer:
    state.look(job)
    body = {**_addresses(state, job), "logs": None}
    if job.ended_at is None:
        waits = job.held or job.looks > 0
        more = {"status": "IN_QUEUE", "queue_position": job.looks}
        return said(202, {**body, **(more if waits else {"status": "IN_PROGRESS"})})
    body |= {"status": "COMPLETED", "metrics": {"inference_time": 12.5}}
    if job.ending.inside:
        body |= {"error": "Request failed", "error_type": job.ending.error_type}
    elif not job.good:
        body |= {"error": f"Invalid status code: {job.ending.status}"}
    return said(200, body)


def _result(job: Job) -> Answer:
    if job.ended_at is None:
        return said(400, {"detail": "Request is still in progress"})
    if job.gone or job.forgotten:
        return said(404, {"detail": "Request not found"})
    headers = {"X-Fal-Error-Type": job.ending.error_type} if job.ending.error_type else {}
    return said(job.ending.status, job.output, **headers)


def _listed(state: State, query: Mapping[str, str]) -> Answer:
    number = int(base64.b64decode(query["cursor"])) if "cursor" in query else 1
    limit = int(query.get("limit", "50"))
    assert 1 <= limit <= 100
    with state.lock:
        shown = [each for each in state.jobs.values() if _is_shown(state, each, query)]
        ended: Callable[[Job], datetime] = lambda job: job.ended_at or state.clock()  # noqa: E731
        shown.sort(key=ended, reverse=True)
        items = [_item(each, query) for each in shown[(number - 1) * limit : number * limit]]
    more = len(shown) > number * limit
    cursor = base64.b64encode(str(number + 1).encode()).decode() if more else None
    return said(200, {"items": items, "next_cursor": cursor, "has_more": more})


def _is_shown(state: State, job: Job, query: Mapping[str, str]) -> bool:
    start = datetime.fromisoformat(query["start"]) if "start" in query else job.sent_at
    return (
        job.endpoint == query["endpoint_id"]
        and query.get("request_id") in (None, job.request_id)
        and job.sent_at >= start
        and (state.lists_unfinished or job.ended_at is not None)
    )


def _item(job: Job, query: Mapping[str, str]) -> dict[str, Any]:
    shown = {"request_id": job.request_id, "endpoint_id": job.endpoint}
    shown["sent_at"] = shown["started_at"] = job.sent_at.isoformat()
    item: dict[str, Any] = dict(shown)
    if job.ended_at is not None:
        item |= {"ended_at": job.ended_at.isoformat(), "status_code": job.ending.status}
    if query.get("expand") == "payloads" and not job.forgotten:
        item |= {"json_input": job.input, "json_output": job.output}
    return item


def _forgotten(state: State, request_id: str) -> Answer:
    with state.lock:
        job = state.jobs.get(request_id)
        if job is None:
            return said(404, {"error": {"type": "not_found", "message": "No such request"}})
        job.forgotten = True
    link = f"{state.base}/files/{request_id}.{job.suffix}"
    return said(200, {"cdn_delete_results": [{"link": link, "exception": None}]})


def _file(state: State, path: str) -> Answer:
    with state.lock:
        job = state.jobs.get(path.removeprefix("/files/").rpartition(".")[0])
        if job is None or job.forgotten or job.file == "missing":
            return said(404, {"detail": "Not Found"})
    if job.file == "html":
        return page(200)
    content = b"" if job.file == "large" else state.paint(job)
    length = LARGE if job.file == "large" else None
    kind = "video/mp4" if job.suffix == "mp4" else "image/jpeg"
    return Answer(status=200, content=content, kind=kind, length=length)


def _keys(*signing: Ed25519PrivateKey) -> dict[str, Any]:
    """Return a set of public keys, an older one before those."""
    keys = (Ed25519PrivateKey.generate(), *signing)
    raw = (each.public_key().public_bytes_raw() for each in keys)
    form = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}
    written = (base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in raw)
    return {"keys": [{**form, "kid": x[:8], "x": x} for x in written]}
