"""RabbitMQ and PostgreSQL fail in the middle; all processes live on, and the end is the same."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import psycopg

from chassis.testing.rabbit import Broker
from contracts import SERVICES
from demo.figures import figures
from demo.main_job import MainJob, Photo
from embedded.postgres import Server
from journeys.caught import Caught, committing, writing
from journeys.distributed_suite import running_as
from journeys.histories import effects, problems
from journeys.interrupted_suite import Blow, Interrupted, at_work
from journeys.quiet import Quiet


def test_outages_of_broker_and_database_change_nothing_and_no_process_is_started_again(
    postgres_server: Server,
    broker: Broker,
    run_folder: Path,
    photos: Sequence[Photo],
    expected: Counter[tuple[str, str]],
) -> None:
    with running_as(Interrupted, postgres_server, broker, run_folder / "outages") as suite:
        suite.expect(_outages(suite, broker, postgres_server))
        ended = MainJob(suite, photos, Quiet()).run()
        suite.settle()

        assert suite.blows == {}
        assert {name: process.pid for name, process in suite.processes.items()} == suite.pids
        assert [name for name, process in suite.processes.items() if not process.ready()] == []
        assert [figure for figure in figures(ended) if not figure.holds] == []
        assert problems(suite) == []
        assert effects(suite) == expected


def _outages(suite: Interrupted, broker: Broker, server: Server) -> Mapping[str, Blow]:
    """Return what fails in the course of which call."""
    cut = partial(_end_sessions, server)

    def lose_all() -> None:
        broker.stop_app()
        broker.ctl("reset")
        cut()  # what a hearer has in hand must not save it

    def empty() -> None:
        broker.start_app()
        suite.servers.provide()

    def ended_sessions(held_up: Callable[[], AbstractContextManager[Caught]]) -> Blow:
        return Blow(held_up=held_up, strike=cut, mend=lambda: None)

    urls = {service: suite.owner_url(service) for service in SERVICES}
    return {
        "auth.sign_up": ended_sessions(partial(committing, urls["auth"])),
        "media.start_project": Blow(
            held_up=partial(writing, urls["media"], "events"),
            strike=broker.kill,
            mend=broker.start,
        ),
        "video.get_video": Blow(
            when=partial(at_work, suite, "video"),
            held_up=partial(writing, urls["video"], "events", "jobs"),
            strike=broker.stop_app,
            mend=broker.start_app,
        ),
        "billing.create_invoices": ended_sessions(partial(writing, urls["billing"], "events")),
        "billing.issue_invoice": Blow(
            held_up=partial(writing, urls["affiliate"], "events", "cursors"),
            strike=lose_all,
            mend=empty,
        ),
        "affiliate.create_payout": ended_sessions(partial(committing, urls["affiliate"])),
    }


def _end_sessions(server: Server) -> None:
    """End every session of every service, whatever it is doing."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        ended = admin.execute(
            "select usename, pg_terminate_backend(pid) from pg_stat_activity"
            r" where usename like '%\_app'"
        ).fetchall()
    assert {role for role, _ in ended} == {f"{service}_app" for service in SERVICES}
