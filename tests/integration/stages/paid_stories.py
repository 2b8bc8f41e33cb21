"""Stories of paid work under a seed: what goes wrong at fal, who is killed, what people do; and
what must hold of any of them in the end."""

import json
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from chassis.errors import ServiceError
from fal.faults import FAULTS
from integration.stages.paid_engine import ENHANCING, INPAINTING, PaidEngine
from media.gateways.fal import ENHANCE

PRICE = {True: ENHANCING, False: INPAINTING}
SURE = timedelta(seconds=60)  # after its deadline nothing is unended for longer
ENDS = ("ImageEnhanced", "ImageFailed", "ImageCancelled")
WHERE = {"POST": 0.5, "GET": 0.3, "PUT": 0.1, "DELETE": 0.1}  # whom what is wrong with a reply hits
FAILURES = (
    ("content_policy_violation", 422, False),
    ("no_media_generated", 422, False),
    ("internal_server_error", 500, False),
    ("startup_timeout", 504, True),
)


class Story:
    """One house under one seed."""

    def __init__(self, paid: PaidEngine, seed: int) -> None:
        self.paid, self.by, self.told = paid, Random(seed), list[str]()
        self.posts = paid.fal.posts
        self.made = paid.begun()
        self.kills = 0

    def happen(self) -> None:
        """Let it happen, to its end."""
        self._go_wrong()
        for _ in range(self.by.randint(0, 12)):
            self._killed()
        self.paid.to_the_end(self._meanwhile)
        if self.by.random() < 0.5:
            self._go_wrong()
            self._person("edit_image", "regenerate_image", "retry_image", "start_project")
            self.paid.to_the_end(self._meanwhile)
        self.paid.fal.finish()  # what ran on is told of too late
        self.paid.fal.release()
        self.paid.fal.unset()
        self.paid.to_the_end()

    def _go_wrong(self) -> None:
        fal, by = self.paid.fal, self.by
        fal.unset()
        fal.hold(by.random() < 0.15)
        fal.late(by.choice((0, 0, 1, 3, 40)))
        for _ in range(by.randint(0, 3)):
            fault = by.choice([each for each in FAULTS if each != "silent"])
            is_reply = not fault.startswith(("result_", "webhook_"))
            on = by.choices(list(WHERE), list(WHERE.values()))[0] if is_reply else ""
            times = by.choice((1, 1, 2, None))
            fal.switch(fault, times, on)
            self.told.append(f"{fault} {on} {times}")
        if by.random() < 0.2:
            type, status, inside = by.choice(FAILURES)
            fal.fails(type, status, inside=inside)
            self.told.append(type)

    def _killed(self) -> None:
        """Do the next job, and be killed in it twice at the most: a third death is given up."""
        if self.kills < 2 and self.by.random() < 0.4:
            moment = self.by.randint(2, 14)
            self.kills += self.paid.killed(moment)
            self.told.append(f"killed at {moment}")
        else:
            self.paid.worker.work()
        self.paid.hear()

    def _meanwhile(self) -> None:
        """Do what may be done while nothing is due."""
        if any(self.paid.clock() > each.deadline_at for each in self.paid.calls(self.made)):
            self.paid.fal.finish()  # it was told to take no longer
        match self.by.random():
            case rare if rare < 0.05:
                self._person("cancel_image")
            case rare if rare < 0.1:
                self._person("retry_image", "start_project")
            case rare if rare < 0.2:
                self.paid.fal.release()
            case rare if rare < 0.25:
                self.paid.fal.finish()

    def _person(self, *methods: str) -> None:
        method = self.by.choice(methods)
        if method == "start_project":
            return self._start()
        versions = self.paid.asked(
            self.made, "list_versions", image_generation_id=self.made.image_ids[0]
        )["items"]
        wanted: dict[str, Any] = {"image_generation_id": self.by.choice(versions)["id"]}
        if method == "edit_image":
            wanted["mask_id"] = self.paid.fresh(self.made).mask(self.made.image_ids[0])
        try:
            self.paid.asked(self.made, method, **wanted)
            self.told.append(method)
        except ServiceError as refusal:
            self.told.append(f"{method}: {refusal.code}")

    def _start(self) -> None:
        try:
            self.paid.start(self.made)
            self.told.append("start_project")
        except ServiceError as refusal:
            self.told.append(f"start_project: {refusal.code}")

    def wrong(self) -> list[str]:
        """Return what does not hold."""
        return [*_calls(self), *_versions(self), *_ends(self), *_costs(self), *_left(self)]


def _calls(story: Story) -> list[str]:
    """No call is posted twice, none is open, none was unended for too long."""
    calls, jobs = story.paid.calls(story.made), story.paid.jobs_of(story.made)
    wrong = [f"{each.state} in the end" for each in calls if each.state not in ENDED]
    wrong += ["nobody knows what it cost" for each in calls if each.cost_micro_usd is None]
    if story.paid.fal.posts - story.posts > len(calls):
        wrong.append(f"{story.paid.fal.posts - story.posts} posts for {len(calls)} calls")
    webhooks = [each.webhook for each in jobs]
    if len(set(webhooks)) < len(webhooks):
        wrong.append("a call was posted twice")
    late = [each for each in calls if each.answered_at > each.deadline_at + SURE]
    return [*wrong, *(f"ended {each.answered_at - each.deadline_at} late" for each in late)]


ENDED = ("answered", "refused", "given_up")


def _rows(story: Story) -> list[Any]:
    query = "select * from image_generation where workspace_id = :id"
    return story.paid.studio.rows(query, id=str(story.made.workspace_id))


def _versions(story: Story) -> list[str]:
    """Every version has ended, and its project says so."""
    rows, project = _rows(story), story.paid.fresh(story.made).project()
    wrong = [f"version {each.version} is {each.status}" for each in rows if each.status in OPEN]
    first = next(each for each in rows if each.parent_id is None)
    if project["status"] != first.status:
        wrong.append(f"project {project['status']}, photograph {first.status}")
    counted = (project["completed_count"], project["failed_count"])
    if counted != (int(first.status == "completed"), int(first.status == "failed")):
        wrong.append(f"counted {counted}")
    return wrong


OPEN = ("pending", "processing")


def _events(story: Story) -> Sequence[Any]:
    query = "select type, data from events where stream_id = :id order by version"
    return story.paid.studio.rows(query, id=f"image-{story.made.image_ids[0]}")


def _ends(story: Story) -> list[str]:
    """What has ended begins again by a person's retry alone."""
    ended: set[Any] = set()
    wrong = []
    for type, data in _events(story):
        version = data.get("version_id") or story.made.image_ids[0]
        if type == "ImageRetried":
            ended.discard(version)
        elif type in ENDS:
            if version in ended:
                wrong.append(f"{type} of what has ended")
            ended.add(version)
    return wrong if ended else ["nothing has ended"]


def _costs(story: Story) -> list[str]:
    """What fal bills for is what calls, rows and events cost, but for what nobody can tell."""
    calls = {each.id: each for each in story.paid.calls(story.made)}
    costs = sum(each.cost_micro_usd for each in calls.values())
    rows = sum(each.cost_micro_usd for each in _rows(story))
    events = sum(data.get("cost_micro_usd", 0) for _, data in _events(story))
    wrong = [] if costs == rows == events else [f"calls {costs}, rows {rows}, events {events}"]
    jobs = {str(each.webhook).rsplit("/", 1)[-1]: each for each in story.paid.jobs_of(story.made)}
    for id, call in calls.items():
        job = jobs.get(id)
        billed = PRICE[job.endpoint == ENHANCE] if job and job.billable else 0
        told = call.state != "given_up" and call.error_type != "gone"
        if call.cost_micro_usd != billed and (told or call.cost_micro_usd != call.price_micro_usd):
            wrong.append(f"{call.state} {call.error_type}: {call.cost_micro_usd} for {billed}")
    return wrong


def _left(story: Story) -> list[str]:
    """Nothing lies where copies were sent from, and nobody is told an address of fal's."""
    wrong = [f"left: {each}" for each in story.made.files() if each.startswith("sent/")]
    first, asked = story.made.image_ids[0], story.paid.asked
    seen: list[Any] = [
        story.paid.fresh(story.made).project(),
        asked(story.made, "list_versions", image_generation_id=first),
        asked(story.made, "get_image", image_generation_id=first),
        *map(tuple, _rows(story)),
        *map(tuple, _events(story)),
    ]
    said = json.dumps(seen, default=str)
    if story.paid.fal.url in said or "10.0.0.8" in said:
        wrong.append("an address of fal's is shown")
    return wrong


def told(paid: PaidEngine, seed: int) -> tuple[list[str], list[str]]:
    """Let a story happen; return what happened, and what is wrong in the end."""
    story = Story(paid, seed)
    story.happen()
    return story.told, story.wrong()
