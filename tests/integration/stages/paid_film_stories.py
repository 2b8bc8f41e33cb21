"""Stories of films that kling makes, under a seed: what goes wrong at fal, who is killed, what
people do; and what must hold of any of them in the end."""

import json
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

from chassis.errors import ServiceError
from fal import films as answers
from fal.faults import FAULTS
from fal.jobs import Job
from integration.stages.films_at_work import Tour
from integration.stages.paid_films import ROOMS, PaidFilms
from integration.stages.paid_turns import call_id

SURE = timedelta(seconds=60)  # after its deadline nothing is unended for longer
ENDED = ("answered", "refused", "given_up")
STILL = ("draft", "completed", "failed")
WHERE = {"POST": 0.5, "GET": 0.3, "PUT": 0.1, "DELETE": 0.1}  # whom what is wrong with a reply hits
FAILURES = (
    ("content_policy_violation", 422, False),
    ("no_media_generated", 422, False),
    ("internal_server_error", 500, False),
    ("startup_timeout", 504, True),
)
FORMS = [answers.FORMS[each] for each in ("24 fps", "24 fps", "24 fps", "silent", "broken")]
FIRST_CENTS, LARGE_CENTS, ENOUGH_CENTS = 105, 175, 100_000


class Story:
    """One film under one seed."""

    def __init__(self, paid: PaidFilms, seed: int) -> None:
        self.paid, self.by, self.told = paid, Random(seed), list[str]()
        self.posts, self.kills, self.runs = paid.fal.posts, 0, 0
        self.forms: dict[str, answers.Form] = {}
        paid.fal.state.paint = self._paint
        large = self.by.random() < 0.3
        self.film = paid.drafted((*ROOMS, "bathroom") if large else ROOMS)
        if large:
            self._raise(LARGE_CENTS)
        self._do("start_video")

    def happen(self) -> None:
        """Let it happen, to its end; then let it be made, whatever that costs."""
        self._go_wrong()
        for _ in range(self.by.randint(0, 16)):
            self._killed()
        self.paid.to_the_end(self._meanwhile)
        if self.by.random() < 0.7:
            self._go_wrong()
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

    def _go_wrong(self) -> None:
        fal, by = self.paid.fal, self.by
        fal.unset()
        fal.hold(by.random() < 0.1)
        fal.late(by.choice((0, 0, 0, 0, 1, 3, 3, 40)))  # 40: beyond the deadline
        for _ in range(by.randint(0, 3)):
            fault = by.choice([each for each in FAULTS if each not in ("silent", "result_large")])
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
        return [*_calls(self), *_pieces(self), *_film(self), *_costs(self), *_left(self)]


def runs(paid: PaidFilms, film: Tour) -> int:
    """Return how often billing was asked for a film."""
    return sum(type == "StartRequested" for type, _ in paid.events(film))


def _calls(story: Story) -> list[str]:
    """No call is posted twice, none is open, none was unended for too long."""
    calls, jobs = story.paid.calls(story.film), story.paid.jobs_of(story.film)
    wrong = [f"{each.state} in the end" for each in calls if each.state not in ENDED]
    wrong += ["nobody knows what it cost" for each in calls if each.cost_micro_usd is None]
    if story.paid.fal.posts - story.posts > len(calls):
        wrong.append(f"{story.paid.fal.posts - story.posts} posts for {len(calls)} calls")
    if len({call_id(each) for each in jobs}) < len(jobs):
        wrong.append("a call was posted twice")
    late = [each for each in calls if each.answered_at > each.deadline_at + SURE]
    return [*wrong, *(f"ended {each.answered_at - each.deadline_at} late" for each in late)]


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
    """What fal bills for is what calls and events cost, but for what nobody can tell."""
    calls = {each.id: each for each in story.paid.calls(story.film)}
    costs = sum(each.cost_micro_usd or 0 for each in calls.values())
    events = story.paid.spent(story.film)
    wrong = [] if costs == events else [f"calls {costs}, events {events}"]
    jobs = {call_id(each): each for each in story.paid.jobs_of(story.film)}
    for id, call in calls.items():
        job = jobs.get(id)
        billed = call.price_micro_usd if job and job.billable else 0
        told = call.state != "given_up" and call.error_type != "gone"
        if call.cost_micro_usd != billed and (told or call.cost_micro_usd != call.price_micro_usd):
            wrong.append(f"{call.state} {call.error_type}: {call.cost_micro_usd} for {billed}")
    return wrong


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
