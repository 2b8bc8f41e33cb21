"""Each of the ten processes is killed in the middle, and the story ends as if it had not been."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from chassis.testing.rabbit import Broker
from demo.figures import figures
from demo.main_job import MainJob, Photo
from distributed.service_process import ServiceProcess
from embedded.postgres import Server
from journeys.caught import Caught, committing, writing
from journeys.distributed_suite import running_as
from journeys.histories import effects, problems
from journeys.interrupted_suite import Blow, Interrupted, at_work
from journeys.quiet import Quiet

Held = Callable[[str], AbstractContextManager[Caught]]  # in the database of that URL
SERVING = {  # these calls' own services are killed
    "auth.sign_up",
    "media.start_project",
    "video.start_video",
    "billing.record_invoice_payment",
    "affiliate.create_payout",
}


def test_each_of_ten_processes_is_killed_in_the_middle_and_nothing_changes(
    postgres_server: Server,
    broker: Broker,
    run_folder: Path,
    photos: Sequence[Photo],
    expected: Counter[tuple[str, str]],
) -> None:
    with running_as(Interrupted, postgres_server, broker, run_folder / "killed-ten") as suite:
        suite.expect(_kills(suite))
        ended = MainJob(suite, photos, Quiet()).run()
        suite.settle()
        for process in suite.processes.values():
            process.wait_ready()

        assert suite.blows == {}
        now = {name: process.pid for name, process in suite.processes.items()}
        assert [name for name, pid in now.items() if pid == suite.pids[name]] == []  # all were hit
        assert suite.unanswered >= SERVING
        assert [figure for figure in figures(ended) if not figure.holds] == []
        assert problems(suite) == []
        assert effects(suite) == expected


def _kills(suite: Interrupted) -> Mapping[str, Blow]:
    """Return who is killed in the course of which call: each process once."""

    def kill(service: str, role: str, held_up: Held, *, when: Caught = lambda: True) -> Blow:
        (process,) = suite.of(service, role)
        return Blow(
            held_up=partial(held_up, suite.owner_url(service)),
            strike=partial(_kill, process),
            mend=process.start,
            when=when,
        )

    unit, numbers = partial(writing, table="events"), partial(writing, table="positions")
    reaction = partial(writing, table="events", beside="cursors")
    result = partial(writing, table="events", beside="jobs")
    told = partial(writing, table="relay")
    return {
        "auth.sign_up": kill("auth", "serve", committing),
        "auth.update_workspace": kill("auth", "work", told),
        "media.start_project": kill("media", "serve", unit),
        "media.get_project": kill("media", "work", result, when=partial(at_work, suite, "media")),
        "video.start_video": kill("video", "serve", unit),
        "video.get_video": kill("video", "work", result, when=partial(at_work, suite, "video")),
        "billing.create_invoices": kill("billing", "work", numbers),
        "billing.issue_invoice": kill("affiliate", "work", reaction),
        "billing.record_invoice_payment": kill("billing", "serve", committing),
        "affiliate.create_payout": kill("affiliate", "serve", committing),
    }


def _kill(process: ServiceProcess) -> None:
    assert process.pid is not None
    process.kill()
    assert process.pid is None
