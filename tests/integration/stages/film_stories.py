"""Stories of films of one workspace that share pieces, under a seed: people, billing and media do
what they may, jobs fail, processes die, and any two of these come beside each other."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from chassis import codec, ids
from chassis.errors import Internal, Invalid, ServiceError
from chassis.jobs import claims
from chassis.jobs.jobs import Task, Worker
from chassis.unit.deciding import Unit
from contracts.media.events import ImageDeleted
from integration.stages import film_checks
from integration.stages.films_at_work import COMPILE, FETCH, RENDER, ROOMS, Films, Tour, tour
from integration.stages.strokes import beside, killed
from video.domain import video_project
from video.domain.piece_messages import CompletePiece, FailPiece, Result
from video.domain.video_messages import RaiseCap
from video.forgetting import forget_image
from video.jobs import rendering

A_PIECE = 100_000  # micro-dollars, whether it comes to something or not
BUDGET_CENTS, ENOUGH_CENTS = 40, 100_000
IMAGES = 5  # that the clips show
ROUNDS = 8  # in which all is made that was asked for, once nothing goes wrong any more
DAMAGED = Invalid("engine.damaged", "this cannot be read")

FITTING = {  # what may well happen to a film in that status
    "draft": ("start", "start", "cleared", "cleared", "edit", "reinstate"),
    "generating": ("cancel", "cancel", "suspend", "harm", "harm", "blob gone"),
    "compiling": ("cancel", "suspend", "harm", "blob gone", "blob gone"),
    "failed": ("retry", "retry", "cleared", "cleared", "drop", "revise", "reinstate"),
    "completed": ("revise", "revise", "blob gone", "image gone"),
}

Act = Callable[[], object]


class Story:
    """Films of one workspace under one seed."""

    def __init__(self, films: Films, seed: int) -> None:
        self.films, self.by, self.told = films, Random(seed), list[str]()
        first = tour(films, ROOMS[: self.by.randint(2, 3)])
        rooms = [ROOMS[: self.by.randint(2, 3)] for _ in range(self.by.randint(0, 2))]
        self.tours = [first, *(tour(films, each, of=first) for each in rooms)]
        self.workspace_id = first.workspace_id
        self.bad = list[str]()

    def happen(self) -> None:
        """Let it happen; then let all be made that was not deleted, whatever that costs."""
        for each in self.tours:
            each.begin()
        for _ in range(self.by.randint(15, 35)):
            self._one()
            self._look()
        self.bad += film_checks.at_rest(self.films, self.tours)
        self.films.outside.clear()
        self.films.hear_status(self.workspace_id, "active")
        for _ in range(ROUNDS):
            for each in self.tours:
                self._let_be_made(each)
            while self.worker().work():
                self._look()

    def wrong(self) -> list[str]:
        """Return what did not hold, or does not now."""
        wrong = [*self.bad, *film_checks.at_rest(self.films, self.tours)]
        wrong += film_checks.in_the_end(self.films, self.tours)
        return list(dict.fromkeys(wrong))

    def _one(self) -> None:
        """Let one thing happen: well, or it is struck down, or another is beside it."""
        name, work = self._drawn()
        app, moment = self.films.parts.app, self.by.randint(0, 3)
        match self.by.random():
            case rare if rare < 0.15:
                was = killed(app, work, moment)
                claims.release(app.engine)
                self.told.append(f"{name}, killed at {moment}" if was else name)
            case rare if rare < 0.4:
                other, does = self._drawn()
                was = beside(app, work, 0, does)
                self.told.append(f"{name}, beside it {other}" if was else name)
            case _:
                work()
                self.told.append(name)

    def _drawn(self) -> tuple[str, Act]:
        """Return something that may happen, and its name: a job, or what fits a film, or does not.

        It is done later than it was drawn, and may be refused then.
        """
        if self.by.random() < 0.5:
            return "a job", partial(_attempted, self.worker().work)
        film = self.by.choice(self.tours)
        edit = partial(self._edit, film, self.by.random(), self.by.randrange(IMAGES))
        acts: dict[str, Act] = {
            "start": film.start,
            "cleared": partial(film.answer, self._run(film)),
            "not paid": partial(film.answer, self._run(film), "no_method"),
            "cancel": partial(film.call, "cancel_video"),
            "retry": partial(film.call, "retry_failed"),
            "drop": partial(film.call, "compile_without_failed"),
            "revise": partial(self._revise, film, edit),
            "edit": edit,
            "delete": partial(film.call, "delete_video", idempotency_key="d"),
            "suspend": partial(self.films.hear_status, self.workspace_id, "suspended"),
            "reinstate": partial(self.films.hear_status, self.workspace_id, "active"),
            "image gone": partial(self._image_gone, self.by.randrange(IMAGES)),
            "blob gone": partial(self._blob_gone, self.by.random()),
            "harm": partial(self._harm, self.by.choice((FETCH, RENDER, RENDER, COMPILE))),
        }
        fitting = FITTING.get(film_checks.status(self.films, film) or "", ())
        name = self.by.choice(fitting if fitting and self.by.random() < 0.85 else list(acts))
        return f"{name} {self.tours.index(film) + 1}", partial(_attempted, acts[name])

    def _run(self, film: Tour) -> int:
        """Return for which run billing answers: as a rule the last one."""
        last = film_checks.runs(self.films, film)
        return max(1, self.by.choice((last, last, last, last - 1, last + 1)))

    def worker(self) -> Worker:
        """Return who does all jobs; pieces cost something."""
        worker = self.films.worker()
        kind = worker.kinds[RENDER]
        worker.kinds[RENDER] = replace(kind, finish=_rendered, give_up=_not_rendered)
        return worker

    def _revise(self, film: Tour, edit: Act) -> None:
        film.call("new_revision")
        edit()

    def _edit(self, film: Tour, how: float, image: int) -> None:
        clips = [each["id"] for each in film.shown()["clips"]]
        shows = {"image_generation_id": str(ids.derive(self.workspace_id, "image", image))}
        clip_id = clips[image % len(clips)]
        if how < 0.3:
            film.call("update_clip", clip_id=clip_id, **shows)
        elif how < 0.5:
            film.call("add_clip", clip={**shows, "room_type": "kitchen"}, at=0)
        elif how < 0.7:
            film.call("remove_clip", clip_id=clip_id)
        elif how < 0.9:
            film.call("reorder_clips", clip_ids=clips[::-1])
        else:
            film.call("update_video", music_volume=image)

    def _image_gone(self, image: int) -> None:
        id = ids.derive(self.workspace_id, "image", image)
        event = ImageDeleted(root_id=id, project_id=id, workspace_id=self.workspace_id)
        heard = cast(Any, SimpleNamespace(event=event))
        self.films.decide(lambda unit: forget_image(unit, heard))

    def _blob_gone(self, which: float) -> None:
        keys = [each.key for each in self.films.blobs.listed(f"{self.workspace_id}/pieces/")]
        if keys:
            self.films.blobs.delete(keys[int(which * len(keys))])

    def _harm(self, kind: str) -> None:
        self.films.outside.setdefault(kind, []).append(DAMAGED)

    def _look(self) -> None:
        """Note whom nobody thinks of, now."""
        found = film_checks.forgotten(self.films)
        self.bad += [f"{each} after {self.told[-1]}" for each in found]

    def _let_be_made(self, film: Tour) -> None:
        if film_checks.status(self.films, film) in ("draft", "failed"):
            enough = RaiseCap(cap_cents=ENOUGH_CENTS, budget_cents=0, reason="enough")
            self.films.decide(lambda unit: unit.decide(video_project.decider, film.uuid, enough))
            film.start()
            film.answer(film_checks.runs(self.films, film))


def ended_at_once(films: Films) -> int:
    """Let the last two pieces of a film end at once on two replicas; return how often it is joined.

    Whoever comes second stands where the first is about to commit.
    """
    film = tour(films, ROOMS[:2]).begin()
    films.work(FETCH)
    one, other = films.worker(RENDER), films.worker(RENDER)
    one.work()
    assert beside(films.parts.app, one.work, 0, other.work)
    joined = films.work(COMPILE)
    assert film.status == "completed"
    return joined


def _attempted(act: Act) -> None:
    """Do what may be refused; a fault of ours is none of that."""
    try:
        act()
    except Internal:
        raise
    except ServiceError:
        pass


def _rendered(unit: Unit, task: Task, result: Any) -> None:
    made: Result = codec.load(Result, result)
    rendering.end(unit, task, CompletePiece(result=made, attempts=1, cost_micro_usd=A_PIECE))


def _not_rendered(unit: Unit, task: Task, error: ServiceError) -> None:
    rendering.end(unit, task, FailPiece(cause=error.code, attempts=1, cost_micro_usd=A_PIECE))


def told(films: Films, seed: int) -> tuple[list[str], list[str]]:
    """Let a story happen; return what happened in it, and what is wrong."""
    story = Story(films, seed)
    story.happen()
    return story.told, story.wrong()
