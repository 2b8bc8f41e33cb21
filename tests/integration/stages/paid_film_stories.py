"""Stories of films that kling makes, under a seed: what goes wrong at fal, who is killed, what
people do; and what must hold of any of them in the end."""

import json
from collections.abc import Iterable
from typing import Any

from chassis.errors import ServiceError
from fal import films as answers
from fal.jobs import Job
from integration.stages.films_at_work import Tour
from integration.stages.paid_films import ROOMS, PaidFilms
from integration.stages.paid_troubles import Troubled

STILL = ("draft", "completed", "failed")
FORMS = [answers.FORMS[each] for each in ("24 fps", "24 fps", "24 fps", "silent", "broken")]
FIRST_CENTS, LARGE_CENTS, ENOUGH_CENTS = 105, 175, 100_000


class Story(Troubled[PaidFilms]):
    """One film under one seed."""

    held, late, never = 0.1, (0, 0, 0, 0, 1, 3, 3, 40), ("silent", "result_large")

    def __init__(self, paid: PaidFilms, seed: int) -> None:
        super().__init__(paid, seed)
        self.forms: dict[str, answers.Form] = {}
        paid.fal.state.paint = self._paint
        large = self.by.random() < 0.3
        self.film = paid.drafted((*ROOMS, "bathroom") if large else ROOMS)
        if large:
            self._raise(LARGE_CENTS)
        self._do("start_video")

    def happen(self) -> None:
        """Let it happen, to its end; then let it be made, whatever that costs."""
        self.go_wrong()
        for _ in range(self.by.randint(0, 16)):
            self.killed()
        self.paid.to_the_end(self._meanwhile)
        if self.by.random() < 0.7:
            self.go_wrong()
            self._person("start_video", "retry_failed", "compile_without_failed", "raise_cap")
            self.paid.to_the_end(self._meanwhile)
        self._go_well()
        self.paid.to_the_end()
        self._raise(ENOUGH_CENTS)
        for method in ("start_video", "retry_failed"):
            self._do(method)
        self.paid.to_the_end()

    def _paint(self, job: Job) -> bytes:
        form = self.forms.setdefault(job.request_id, self.by.choice(FORMS))
        return answers.painting(form)(job)

    def _go_well(self) -> None:
        fal = self.paid.fal
        fal.unset()
        fal.state.endings.clear()
        fal.finish()  # what ran on is told of too late
        fal.release()
        fal.hold(False)
        fal.late(0)
        fal.state.paint = answers.painting()

    def _meanwhile(self) -> None:
        """Do what may be done while nothing is due."""
        if any(self.paid.clock() > each.deadline_at for each in self.paid.calls(self.film)):
            self.paid.fal.finish()  # it was told to take no longer
        match self.by.random():
            case rare if rare < 0.05:
                self._person("cancel_video")
            case rare if rare < 0.15:
                self._person("start_video", "retry_failed", "compile_without_failed")
            case rare if rare < 0.25:
                self.paid.fal.release()
            case rare if rare < 0.3:
                self.paid.fal.finish()

    def _person(self, *methods: str) -> None:
        method = self.by.choice(methods)
        if method == "raise_cap":
            self._raise(self.by.randint(FIRST_CENTS, 3 * FIRST_CENTS))
        else:
            self._do(method)

    def _raise(self, cap_cents: int) -> None:
        self.paid.raise_cap(self.film, cap_cents)
        self.told.append(f"raise_cap {cap_cents}")

    def _do(self, method: str) -> None:
        film = self.paid.fresh(self.film)
        try:
            done = film.start() if method == "start_video" else film.call(method)
        except ServiceError as refusal:
            self.told.append(f"{method}: {refusal.code}")
            return
        self.told.append(method)
        if done.get("clearance") == "requested":
            film.answer(runs(self.paid, film))

    def wrong(self) -> list[str]:
        """Return what does not hold."""
        calls = self.paid.calls(self.film)
        return [
            *self.wrong_calls(calls),
            *self.wrong_costs(calls, lambda call, _: int(call.price_micro_usd)),
            *_pieces(self),
            *_film(self),
            *_costs(self),
            *_left(self),
        ]


def runs(paid: PaidFilms, film: Tour) -> int:
    """Return how often billing was asked for a film."""
    return sum(type == "StartRequested" for type, _ in paid.events(film))


def _pieces(story: Story) -> list[str]:
    """A piece is asked for once at a time, and never again once it is there."""
    wrong = []
    calls = story.paid.calls(story.film)
    for subject in {each.subject for each in calls}:
        theirs = [each for each in calls if each.subject == subject]
        of = sorted(theirs, key=lambda each: (each.retries, each.number))
        for one, after in zip(of, of[1:], strict=False):
            if one.answered_at > after.asked_at:
                wrong.append(f"two calls at once for {subject}")
            if (one.state, one.error_type) == ("answered", None) and one.cost_micro_usd:
                wrong.append(f"asked again for {subject}, which was there")
    return wrong


def _film(story: Story) -> list[str]:
    """It is not stuck, and what it may cost alone keeps it from being made."""
    shown = story.paid.fresh(story.film).shown()
    wrong = [f"it is {shown['status']}"] if shown["status"] not in STILL else []
    if shown["status"] != "completed":
        wrong.append(f"it was not made in the end: {shown['status']}")
    return wrong


def _costs(story: Story) -> list[str]:
    """Calls and events cost the same."""
    calls = sum(each.cost_micro_usd or 0 for each in story.paid.calls(story.film))
    events = story.paid.spent(story.film)
    return [] if calls == events else [f"calls {calls}, events {events}"]


def _left(story: Story) -> list[str]:
    """No copy stays that was sent; nobody who waits is forgotten."""
    listed = story.paid.blobs.listed(f"{story.film.workspace_id}/")
    sent = [f"{each.key} stays" for each in listed if "/sent/" in each.key]
    return [*sent, *(json.dumps(each, default=str) for each in _forgotten(story))]


def _forgotten(story: Story) -> Iterable[Any]:
    return [list(each) for each in story.paid.films.forgotten()]


def told(paid: PaidFilms, seed: int) -> tuple[list[str], list[str]]:
    """Let a story happen; return what happened in it, and what is wrong in the end."""
    story = Story(paid, seed)
    story.happen()
    return story.told, story.wrong()
