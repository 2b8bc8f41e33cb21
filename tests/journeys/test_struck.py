"""Every process is killed in the middle, broker and database fail; the story ends all the same."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import psycopg
import pytest

from contracts import SERVICES
from demo.figures import figures
from demo.main_job import Photo
from journeys.stages.at_work import COMPILING, JUDGING, children, left_over, standing
from journeys.stages.caught import Caught, committing, finishing, writing
from journeys.stages.distributed_suite import running_as
from journeys.stages.histories import effects, problems
from journeys.stages.interrupted_suite import Blow, Interrupted
from journeys.stages.quiet import main_job
from servers.postgres import Server
from servers.rabbit import Broker
from waiting import until

Held = Callable[[str], AbstractContextManager[Caught]]  # in the database of that URL
GONE_S = 2  # within which whatever a killed process had started ends with it
SERVING = {  # these calls' own services are killed
    "auth.sign_up",
    "media.confirm_uploads",
    "video.start_video",
    "billing.record_invoice_payment",
    "affiliate.create_payout",
}

UNIT, NUMBERS = partial(writing, table="events"), partial(writing, table="positions")
REACTION = partial(writing, table="events", beside="cursors")
TOLD = partial(writing, table="relay")


@pytest.mark.long  # four seeds of faults are in every run
def test_whatever_is_killed_or_fails_in_the_middle_it_ends_as_if_nothing_had_happened(
    postgres_server: Server,
    broker: Broker,
    run_folder: Path,
    photos: Sequence[Photo],
    expected: Counter[tuple[str, str]],
) -> None:
    with running_as(Interrupted, postgres_server, broker, run_folder / "struck") as suite:
        killed: dict[str, int | None] = {}  # by process, the pid it had
        suite.expect([*_kills(suite, killed), *_outages(suite, broker, postgres_server)])
        started = {name: process.pid for name, process in suite.processes.items()}
        ended = main_job(suite, photos).run()
        suite.settle()
        for process in suite.processes.values():
            process.wait_ready()

        assert suite.blows == []
        assert killed == started  # each of them, and none had ended by an outage before
        assert suite.unanswered >= SERVING
        assert [figure for figure in figures(ended) if not figure.holds] == []
        assert problems(suite) == []
        assert effects(suite) == expected
        assert left_over(suite.data_dir) == set()


def _kills(suite: Interrupted, killed: dict[str, int | None]) -> Iterator[Blow]:
    """Yield who is killed in the course of which call: each process once."""

    def kill(call: str, service: str, role: str, held_up: Held) -> Blow:
        held = partial(held_up, suite.owner_url(service))
        (process,) = suite.of(service, role)

        def strike() -> None:
            killed[process.name] = process.pid
            process.kill()
            until(lambda: not children(suite.data_dir), GONE_S, "the end of what it had started")

        return Blow(call=call, held_up=held, strike=strike, mend=process.start)

    def while_standing(file: str) -> Held:
        return lambda _: standing(suite.data_dir, file)

    yield kill("auth.sign_up", "auth", "serve", committing)
    yield kill("auth.update_workspace", "auth", "work", TOLD)
    yield kill("auth.update_workspace", "affiliate", "work", REACTION)
    yield kill("media.confirm_uploads", "media", "serve", while_standing(JUDGING))
    yield kill("media.get_project", "media", "work", finishing)
    yield kill("video.start_video", "video", "serve", UNIT)
    yield kill("video.get_video", "video", "work", while_standing(COMPILING))
    yield kill("billing.create_invoices", "billing", "work", NUMBERS)
    yield kill("billing.record_invoice_payment", "billing", "serve", committing)
    yield kill("affiliate.create_payout", "affiliate", "serve", committing)


def _outages(suite: Interrupted, broker: Broker, server: Server) -> Iterator[Blow]:
    """Yield what else fails in the course of which call; no process ends by it."""
    cut = partial(_end_sessions, server)

    def held(held_up: Held, service: str) -> Callable[[], AbstractContextManager[Caught]]:
        return partial(held_up, suite.owner_url(service))

    def lose_all() -> None:
        broker.stop_app()
        broker.ctl("reset")
        cut()  # what a hearer has in hand must not save it

    def empty() -> None:
        broker.start_app()
        suite.servers.provide()

    yield Blow(call="auth.set_invoice_eligibility", held_up=held(committing, "auth"), strike=cut)
    yield Blow(call="media.create_project", held_up=held(UNIT, "media"), strike=cut)
    yield Blow(
        call="media.start_project",
        held_up=held(UNIT, "media"),
        strike=broker.kill,
        mend=broker.start,
    )
    yield Blow(
        call="video.progress",
        held_up=held(finishing, "video"),
        strike=broker.stop_app,
        mend=broker.start_app,
    )
    yield Blow(
        call="billing.issue_invoice",
        held_up=held(REACTION, "affiliate"),
        strike=lose_all,
        mend=empty,
    )
    yield Blow(call="affiliate.approve_payout", held_up=held(committing, "affiliate"), strike=cut)


def _end_sessions(server: Server) -> None:
    """End every session of every service, whatever it is doing."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        ended = admin.execute(
            "select usename, pg_terminate_backend(pid) from pg_stat_activity"
            r" where usename like '%\_app'"
        ).fetchall()
    assert {role for role, _ in ended} == {f"{service}_app" for service in SERVICES}
