"""`ask_provider`: one POST to a provider, and no second one whatever becomes of its answer.

A call is kept before it is posted, together with the first look at what becomes of it. Who finds
one of theirs that was begun and no more was killed in the middle: it may have been taken, and is
waited for as one whose answer was lost is.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chassis import ids
from chassis.codec import plain
from chassis.domain import value
from chassis.errors import Rejected, Unavailable
from chassis.jobs.control import Cancelled, Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.calls import Job
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways import pictures
from gateways.copies import Copy
from media import kept
from media.domain import image
from media.gateways.provider import Accepted, Provider, Refused, Unknown, Work
from media.jobs import making
from media.jobs.making import ASK_PROVIDER, AWAIT_ANSWER
from media.jobs.storing import Storing
from media.links import sent_key
from media.projections import image_rows

PATH = "/fal"  # of our door, where the provider tells
LONGEST_PX = 4_000  # of what is sent
SENT = timedelta(minutes=30)  # how long it can be fetched
PATIENCE = timedelta(seconds=900)  # until nobody waits for an answer any more
FIRST_LOOK_S = 5


@value
class Asking:
    """Who is asked, with what, and where they tell us of it."""

    app: App
    storing: Storing
    provider: Provider
    public_url: str


def kind(asking: Asking) -> Kind:
    """Return how a provider is asked."""
    return Kind(
        name=ASK_PROVIDER,
        run=partial(_ask, asking),
        finish=making.nothing,
        give_up=making.give_up,
        attempts=3,
        timeout_s=60,
        backoff_s=(10, 60, 300),
    )


def _ask(asking: Asking, task: Task, control: Control) -> None:
    """Post a call, unless one was posted before and was not refused: that is looked at already."""
    before = asking.app.query(lambda db: kept.last_of_job(db, task.id))
    if before is not None and before.state != "refused":
        if before.state == "asked":
            note(asking.app, task, "killed", kept.became(UUID(before.id), "unknown"))
        return
    number = before.number + 1 if before is not None else 1
    call_id = ids.derive(task.id, "call", number)
    control.progress(10, "fetching")
    copy = _copy(asking, task)
    key = sent_key(UUID(task.args["workspace_id"]), UUID(task.args["project_id"]), call_id)
    url = asking.storing.blobs.link(key, "image/jpeg", lifetime=SENT).url
    work = _work(asking, task, url)
    control.progress(25, "uploading")
    asking.storing.blobs.put(key, copy)
    asked_at = asking.app.clock()
    row = {
        "id": str(call_id),
        "job_id": str(task.id),
        "number": number,
        **{name: task.args[name] for name in ("workspace_id", "image_id", "version_id")},
        "retries": task.args["retries"],
        "endpoint": work.endpoint,
        "sent_key": key,
        "sent_url": url,
        "asked_at": asked_at,
        "deadline_at": asked_at + PATIENCE,
    }
    call = call_of(asking.app, task, f"asked {number}")
    if not asking.app.attempt(call, partial(_keep, task, row)):
        asking.storing.blobs.delete(key)
        raise Cancelled
    _post(asking, task, call_id, work, key)


def _copy(asking: Asking, task: Task) -> bytes:
    """Return what is sent: upright, without the original's metadata."""
    content = making.fetched(asking.storing.blobs, task.args["source_key"])
    ordered = (Copy(longest_px=LONGEST_PX, credited=False),)
    _, (copy,) = pictures.copied(content, ordered, "media", asking.storing.work)
    return copy.content


def _keep(task: Task, row: Mapping[str, Any], unit: Unit) -> bool:
    """Keep a call, and have somebody look what becomes of it, whatever becomes of who posts it.

    False where nobody waits for it any more. Whoever ends the version comes before this, or finds
    the call: so none is posted that nobody knows of.
    """
    unit.hold(image.decider, UUID(task.args["image_id"]))
    if not making.waits(unit, task):
        return False
    unit.execute(kept.asked(**row))
    args = {
        **task.args,
        "call_id": row["id"],
        "deadline_at": plain(row["deadline_at"]),
        "attempts": task.failures + 1,
        "looks": 1,
    }
    unit.queue(look(task.subject, args, FIRST_LOOK_S), task.workspace_id)
    return True


def _work(asking: Asking, task: Task, picture: str) -> Work:
    prompt = task.args["prompt"]
    if prompt is None:
        prompt = asking.app.query(lambda db: image_rows.words_for(db, task.subject))
    if task.args["kind"] != "edit":
        return asking.provider.enhancing(picture, prompt or "")
    if task.args["mode"] == "add" and prompt is None:
        raise Rejected("media.invalid_input", "nobody knows any more what to add")
    mask = asking.storing.blobs.link(task.args["mask_key"], "image/png", lifetime=SENT).url
    return asking.provider.inpainting(picture, mask, prompt)


def _post(asking: Asking, task: Task, call_id: UUID, work: Work, sent: str) -> None:
    """Post it, once, and keep what came back. Raises what it was refused with."""
    webhook = f"{asking.public_url.rstrip('/')}{PATH}/{call_id}"
    answer, at = asking.provider.ask(work, webhook), asking.app.clock()
    match answer:
        case Accepted() as taken:
            note(asking.app, task, f"accepted {call_id}", kept.accepted(call_id, taken, at))
        case Unknown():
            note(asking.app, task, f"unknown {call_id}", kept.became(call_id, "unknown"))
        case Refused(word=word, type=type, retryable=retryable):
            note(asking.app, task, f"refused {call_id}", kept.refused(call_id, at, type))
            asking.storing.blobs.delete(sent)
            refusal = Unavailable if retryable else Rejected
            raise refusal(f"media.{word}", f"the provider refuses it: {type}")


def note(app: App, task: Task, what: str, statement: kept.Statement) -> None:
    """Keep a word on a call, at once: the work goes on, or is killed, after it."""
    app.attempt(call_of(app, task, what), lambda unit: unit.execute(statement))


def look(version_id: UUID, args: dict[str, Any], delay_s: int) -> Job:
    """Return the job that looks at a call."""
    name = f"{args['call_id']} {args['looks']}"
    return Job(kind=AWAIT_ANSWER, subject=version_id, args=args, delay_s=delay_s, name=name)
