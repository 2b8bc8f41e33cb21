"""Stories of paid work under a seed: what goes wrong at fal, who is killed, what people do; and
what must hold of any of them in the end."""

import json
from collections.abc import Sequence
from typing import Any

from chassis.errors import ServiceError
from integration.stages.paid_engine import ENHANCING, INPAINTING, PaidEngine
from integration.stages.paid_troubles import Troubled
from media.gateways.fal import ENHANCE

PRICE = {True: ENHANCING, False: INPAINTING}
ENDS = ("ImageEnhanced", "ImageFailed", "ImageCancelled")


class Story(Troubled[PaidEngine]):
    """One house under one seed."""

    held, late, never = 0.15, (0, 0, 1, 3, 40), ("silent",)

    def __init__(self, paid: PaidEngine, seed: int) -> None:
        super().__init__(paid, seed)
        self.made = paid.begun()

    def happen(self) -> None:
        """Let it happen, to its end."""
        self.go_wrong()
        for _ in range(self.by.randint(0, 12)):
            self.killed()
        self.paid.to_the_end(self._meanwhile)
        if self.by.random() < 0.5:
            self.go_wrong()
            self._person("edit_image", "regenerate_image", "retry_image", "start_project")
            self.paid.to_the_end(self._meanwhile)
        self.paid.fal.finish()  # what ran on is told of too late
        self.paid.fal.release()
        self.paid.fal.unset()
        self.paid.to_the_end()

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
        calls = self.paid.calls(self.made)
        return [
            *self.wrong_calls(calls),
            *self.wrong_costs(calls, lambda _, job: PRICE[job.endpoint == ENHANCE]),
            *_versions(self),
            *_ends(self),
            *_costs(self),
            *_left(self),
        ]


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
    """Calls, rows and events cost the same."""
    calls = sum(each.cost_micro_usd for each in story.paid.calls(story.made))
    rows = sum(each.cost_micro_usd for each in _rows(story))
    events = sum(data.get("cost_micro_usd", 0) for _, data in _events(story))
    return [] if calls == rows == events else [f"calls {calls}, rows {rows}, events {events}"]


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
