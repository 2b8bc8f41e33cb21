"""Claiming: what the fair order of jobs costs, and what it costs however much waits.

A worker does jobs that do nothing, each claimed, run and ended, of one tenant and of a hundred;
beside it one whose `take_job` takes the oldest without asking whose it is. The cost of a claim is
that of the statement, where one job is claimed already: jobs of one tenant; of a hundred, one after
another; and of a hundred who have queued all of theirs at once, so that the turns of all are looked
up.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial

import psycopg
from sqlalchemy import Connection, text

from bench.stage import Stage, per_second
from chassis.jobs.jobs import Worker
from integration.stages import weighing
from integration.stages.box_database import Database, database

SHAPES = {  # jobs that are due, of how many tenants, and whose is the nth
    "100_of_1": (100, "0"),
    "10k_of_1": (10_000, "0"),
    "100_of_100": (100, "n"),
    "10k_of_100": (10_000, "n % 100"),
    "10k_of_100_at_once": (10_000, "n / 100"),
}
JOBS = 30_000  # that wait, more than are done
SLICES = 1_000  # of a round: a job or a claim each, in turns
HOUR_S = 3_600
FILL = """
insert into jobs (id, kind, subject, workspace_id, args, meta, run_at)
select gen_random_uuid(), 'weigh', gen_random_uuid(), md5(({whose})::text)::uuid, '{{}}',
    '{{"actor": "service:boxes", "workspace": null, "correlation": "filled"}}',
    now() + n * interval '1 us'
from generate_series(0, {jobs}) as n
"""
FIFO = """
create or replace function take_job(kinds text[], seconds int) returns setof jobs
    language plpgsql set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
    set plan_cache_mode = force_generic_plan as $$
begin
    return query update jobs set state = 'claimed', claims = claims + 1,
        run_at = now() + seconds * interval '1 second'
    where id = (select id from jobs
        where run_at <= now() and state in ('waiting', 'claimed') and kind = any(kinds)
        order by run_at, id for update skip locked limit 1)
    returning *;
end $$
"""
CLAIM = text("select * from take_job(array['weigh'], :seconds)")


@contextmanager
def order(stage: Stage, seconds: float) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield who claims: by name, a slice of a round, which gives jobs done in a second."""
    with ExitStack() as opened:
        rounds = {}
        for name, its, whose in (
            ("fair", database(stage.server), "0"),
            ("fair_100", database(stage.server), "n % 100"),
            ("fifo", _without_order(stage), "0"),
        ):
            own = opened.enter_context(its)
            _fill(own, JOBS, whose)
            worker = Worker(opened.enter_context(own.app()), [weighing.kind()])
            worker.work()  # what is prepared once is prepared
            rounds[name] = partial(per_second, worker.work, seconds / SLICES)
        yield rounds


@contextmanager
def amount(stage: Stage) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield claims where little waits and much: by name, a slice, which gives seconds a claim."""
    with ExitStack() as opened:
        rounds = {}
        for name, (jobs, whose) in SHAPES.items():
            own = opened.enter_context(database(stage.server))
            _fill(own, jobs, whose)
            app = opened.enter_context(own.app())
            connection = opened.enter_context(app.engine.connect())
            connection.execute(CLAIM, {"seconds": HOUR_S})
            connection.commit()
            rounds[name] = partial(_cost_s, connection)
        yield rounds


@contextmanager
def _without_order(stage: Stage) -> Iterator[Database]:
    with database(stage.server) as own:
        fair = own.one("select pg_get_functiondef('take_job'::regproc)")
        own.change(FIFO)
        try:
            yield own
        finally:
            own.change(fair)


def _fill(own: Database, jobs: int, whose: str) -> None:
    with psycopg.connect(own.owner_url, autocommit=True) as owner:
        owner.execute("delete from jobs")
        owner.execute(FILL.format(jobs=jobs, whose=whose).encode())
        owner.execute("vacuum analyze jobs")


def _cost_s(connection: Connection) -> float:
    started = time.perf_counter()
    claimed = connection.execute(CLAIM, {"seconds": HOUR_S}).all()
    spent = time.perf_counter() - started
    connection.rollback()  # as much waits for the next one
    assert len(claimed) == 1
    return spent
