"""Photographs and their project, in any order and heard twice: both say the same of each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.domain import Decider
from chassis.errors import ServiceError
from media.domain import image, project
from media.domain.image_events import ImageCancelled, ImageEnhanced, ImageFailed, ImageRetried
from media.domain.image_messages import (
    AddMask,
    Cancel,
    Complete,
    Edit,
    Fail,
    Postpone,
    Queue,
    Regenerate,
    Remove,
    Retry,
    Select,
)
from media.domain.image_state import Image
from media.domain.project_events import (
    ImageFinished,
    ImagesRemoved,
    ProcessingStarted,
    RunCompleted,
    RunFailed,
)
from media.domain.project_messages import (
    NoteImageFinished,
    NoteImageRetried,
    NoteImageReturned,
    RemoveImages,
)
from media.domain.status import status_of
from unit.media.test_image import RESULT, add, edit, regenerate
from unit.media.test_project import CLEAR, CREATE, MINE, START, adding, announced

IDS = tuple(UUID(int=100 + n) for n in range(4))
MASK = UUID(int=90)


class Studio:
    """A project and its photographs, each told what the service tells it, in one unit or none."""

    def __init__(self) -> None:
        self.project: Any = None
        self.images: dict[UUID, Any] = dict.fromkeys(IDS)
        self.told: dict[Any, list[Any]] = {each: [] for each in (None, *IDS)}
        self.made = 0
        self._decide(None, CREATE)
        for event in (announced(*IDS),):
            self.project = project.decider.evolve(self.project, event)

    def do(self, what: str, id: UUID, nth: int) -> None:
        """Do it as one unit: what is refused changes nothing."""
        before = self.project, dict(self.images), {each: [*of] for each, of in self.told.items()}
        try:
            getattr(self, what)(id, nth)
        except ServiceError:
            self.project, self.images, self.told = before

    def add(self, id: UUID, nth: int) -> None:
        self._decide(None, adding(id))
        self._decide(id, replace(add, image_id=id))
        masking = AddMask(mask_id=MASK, key="m", width=4, height=3, is_empty=False)
        self._decide(id, masking)

    def start(self, id: UUID, nth: int) -> None:
        self._decide(None, START)
        self._queue()

    def clear(self, id: UUID, nth: int) -> None:
        self._decide(None, replace(CLEAR, run=self.project.run))
        self._queue()

    def complete(self, id: UUID, nth: int) -> None:
        self._end(id, Complete(version_id=self._version(id, nth), result=RESULT), completed=True)

    def fail(self, id: UUID, nth: int) -> None:
        self._end(id, Fail(version_id=self._version(id, nth), reason="x"), completed=False)

    def cancel(self, id: UUID, nth: int) -> None:
        self._end(id, Cancel(version_id=self._version(id, nth)), completed=False)

    def take_back(self, id: UUID, nth: int) -> None:
        self._decide(id, Postpone())
        self._decide(None, NoteImageReturned(image_id=id))

    def retry(self, id: UUID, nth: int) -> None:
        version_id = self._version(id, nth)
        if version_id == id:
            self._decide(None, NoteImageRetried(image_id=id))
        self._decide(id, Retry(version_id=version_id, run=self.project.run, most=10))

    def edit(self, id: UUID, nth: int) -> None:
        self._make(id, replace(edit, source_id=self._version(id, nth), mask_id=MASK))

    def regenerate(self, id: UUID, nth: int) -> None:
        self._make(id, replace(regenerate, source_id=self._version(id, nth)))

    def select(self, id: UUID, nth: int) -> None:
        self._decide(id, Select(version_id=self._version(id, nth)))

    def remove(self, id: UUID, nth: int) -> None:
        self._decide(None, RemoveImages(by=MINE, image_ids=(id,)))
        self._decide(id, Remove())

    def _make(self, id: UUID, command: Edit | Regenerate) -> None:
        self.made += 1
        self._decide(id, replace(command, version_id=UUID(int=1_000 + self.made)))

    def _end(self, id: UUID, command: Any, *, completed: bool) -> None:
        self._decide(id, command)
        if command.version_id == id:
            self._decide(None, NoteImageFinished(image_id=id, completed=completed))

    def _queue(self) -> None:
        for id in self.project.working:
            queueing = Queue(image_id=id, run=self.project.run, style_template_id="modern")
            self._decide(id, queueing)

    def _version(self, id: UUID, nth: int) -> UUID:
        known = self.images[id]
        ids = known.version_ids if isinstance(known, Image) else (id,)
        chosen: UUID = ids[nth % len(ids)]
        return chosen

    def _decide(self, id: UUID | None, command: Any) -> None:
        decider: Decider[Any, Any, Any] = image.decider if id else project.decider
        state = self.images[id] if id else self.project
        if state is None and not isinstance(command, decider.creates):
            raise ServiceError("media.not_there")
        for event in decider.decide(state, command):
            state = decider.evolve(state, event)
            self.told[id].append(event)
        if id:
            self.images[id] = state
        else:
            self.project = state

    def of(self, *kinds: type[Any]) -> Iterable[Any]:
        return (each for each in self.told[None] if isinstance(each, kinds))


VERBS = (
    *("add", "start", "clear", "complete", "fail", "cancel", "take_back", "retry"),
    *("edit", "regenerate", "select", "remove"),
)
steps = st.tuples(st.sampled_from(VERBS), st.sampled_from(IDS), st.integers(0, 5), st.booleans())
FIRST_STEPS = [*(("add", id, 0, False) for id in IDS[:3]), ("start", IDS[0], 0, False)]


@settings(max_examples=150)
@given(st.lists(steps, max_size=40))
def test_status_counters_and_numbers_are_a_recount_of_what_happened(steps: list[Any]) -> None:
    studio = Studio()
    for what, id, nth, twice in [*FIRST_STEPS, ("clear", IDS[0], 0, False), *steps]:
        for _ in range(1 + twice):
            studio.do(what, id, nth)
            assert_recounted(studio)


def assert_recounted(studio: Studio) -> None:
    known = studio.project
    left = {id: studio.images[id] for id in known.images}
    firsts = Counter(each.first.status for each in left.values())

    assert all(isinstance(each, Image) for each in left.values())
    assert known.working == {id for id, each in left.items() if each.first.status == "processing"}
    assert known.status == status_of(
        images=len(left),
        begun=len(left) - firsts["pending"],
        completed=firsts["completed"],
        failed=firsts["failed"],
    )
    said = [each.status for each in studio.told[None] if hasattr(each, "status")]
    assert said[-1:] in ([], [known.status])
    assert shown(studio) == (firsts["completed"], firsts["failed"])
    ended = Counter(each.run for each in studio.of(RunCompleted, RunFailed))
    assert set(ended.values()) <= {1}, "a run ends once"
    for id, each in left.items():
        assert [version.number for version in each.versions] == [*range(1, 1 + len(each.versions))]
        assert [version.status for version in each.versions[1:]] == last_words(
            studio.told[id], each
        )
        assert each.shown.status == "completed" or (each.current == 1 and not each.has_come_out)


def shown(studio: Studio) -> tuple[int, int]:
    """Return how many came out and failed as the events say it, one after another."""
    completed = failed = 0
    for event in studio.told[None]:
        match event:
            case ImageFinished():
                completed, failed = completed + event.completed, failed + (not event.completed)
            case ProcessingStarted():
                failed -= event.reopened
            case ImagesRemoved():
                completed, failed = event.completed_count, event.failed_count
    return completed, failed


def last_words(events: list[Any], state: Image) -> list[str]:
    """Return what became of each later version, by the last that was said of it."""
    said: dict[UUID | None, str] = {}
    for event in events:
        match event:
            case ImageEnhanced(version_id=version_id):
                said[version_id] = "completed"
            case ImageFailed(version_id=version_id) | ImageCancelled(version_id=version_id):
                said[version_id] = "failed"
            case ImageRetried(version_id=version_id):
                said[version_id] = "processing"
    return [said.get(each.version_id, "processing") for each in state.versions[1:]]
