"""What goes wrong in a story of paid work, at fal and with whoever asks it, whatever is made; and
what must hold of its calls in the end."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, ClassVar, Generic, TypeVar

from fal.faults import FAULTS
from fal.jobs import Job
from integration.stages.paid_turns import PaidTurns, call_id

SURE = timedelta(seconds=60)  # after its deadline nothing is unended for longer
ENDED = ("answered", "refused", "given_up")
WHERE = {"POST": 0.5, "GET": 0.3, "PUT": 0.1, "DELETE": 0.1}  # whom what is wrong with a reply hits
FAILURES = (
    ("content_policy_violation", 422, False),
    ("no_media_generated", 422, False),
    ("internal_server_error", 500, False),
    ("startup_timeout", 504, True),
)

P = TypeVar("P", bound=PaidTurns)


class Troubled(Generic[P]):
    """A story under one seed, and what goes wrong in it."""

    held: ClassVar[float]  # how often fal has nobody free
    late: ClassVar[Sequence[int]]  # 40: beyond the deadline
    never: ClassVar[Sequence[str]]  # faults that it does not know

    def __init__(self, paid: P, seed: int) -> None:
        self.paid, self.by, self.told = paid, Random(seed), list[str]()
        self.posts, self.kills = paid.fal.posts, 0

    def go_wrong(self) -> None:
        """Let fal fail from now on."""
        fal, by = self.paid.fal, self.by
        fal.unset()
        fal.hold(by.random() < self.held)
        fal.late(by.choice(self.late))
        for _ in range(by.randint(0, 3)):
            fault = by.choice([each for each in FAULTS if each not in self.never])
            is_reply = not fault.startswith(("result_", "webhook_"))
            on = by.choices(list(WHERE), list(WHERE.values()))[0] if is_reply else ""
            times = by.choice((1, 1, 2, None))
            fal.switch(fault, times, on)
            self.told.append(f"{fault} {on} {times}")
        if by.random() < 0.2:
            type, status, inside = by.choice(FAILURES)
            fal.fails(type, status, inside=inside)
            self.told.append(type)

    def killed(self) -> None:
        """Do the next job, and be killed in it twice at the most: a third death is given up."""
        if self.kills < 2 and self.by.random() < 0.4:
            moment = self.by.randint(2, 14)
            self.kills += self.paid.killed(moment)
            self.told.append(f"killed at {moment}")
        else:
            self.paid.worker.work()
        self.paid.hear()

    def wrong_calls(self, calls: Sequence[Any]) -> list[str]:
        """No call is posted twice, none is open, none was unended for too long."""
        jobs, posts = self.paid.jobs_for(calls), self.paid.fal.posts - self.posts
        wrong = [f"{each.state} in the end" for each in calls if each.state not in ENDED]
        wrong += ["nobody knows what it cost" for each in calls if each.cost_micro_usd is None]
        if posts > len(calls):
            wrong.append(f"{posts} posts for {len(calls)} calls")
        if len({call_id(each) for each in jobs}) < len(jobs):
            wrong.append("a call was posted twice")
        late = [each for each in calls if each.answered_at > each.deadline_at + SURE]
        return [*wrong, *(f"ended {each.answered_at - each.deadline_at} late" for each in late)]

    def wrong_costs(self, calls: Iterable[Any], price: Callable[[Any, Job], int]) -> list[str]:
        """Each call costs what fal bills for it, but for what nobody can tell.

        `price`: of a call, in micro-dollars, if fal bills for its job.
        """
        wrong, jobs = [], {call_id(each): each for each in self.paid.jobs_for(calls)}
        for call in calls:
            job = jobs.get(call.id)
            billed = price(call, job) if job and job.billable else 0
            told = call.state != "given_up" and call.error_type != "gone"
            known = told or call.cost_micro_usd != call.price_micro_usd
            if call.cost_micro_usd != billed and known:
                wrong.append(f"{call.state} {call.error_type}: {call.cost_micro_usd} for {billed}")
        return wrong
