"""Whose job is next: of the workspace with the fewest claimed, then the oldest, then by id."""

import json
import random
from collections import Counter
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from chassis.jobs.jobs import Worker
from chassis.unit.handling import App
from integration.stages import weighing
from integration.stages.box_database import MINE, THEIRS, Database
from integration.stages.weighing import NAME, queue, queue_at_once, working

WORKSPACES = (None, *(str(UUID(int=number)) for number in range(4)))
CLAIM = text(f"select id from take_job(array['{NAME}'], 30)")
ROWS = """
insert into jobs (id, kind, subject, workspace_id, args, meta, run_at, state, claims)
select id, kind, id, workspace, '{}', '{"workspace": null, "correlation": "some"}',
    now() + due_s * interval '1 second', state, case state when 'claimed' then 1 else 0 end
from jsonb_to_recordset(%(rows)s::jsonb) as n(
    id uuid, kind text, workspace text, due_s int, state text)
"""
MANY = """
insert into jobs (id, kind, subject, workspace_id, args, meta, run_at)
select gen_random_uuid(), 'weigh', n, md5((n %% 100)::text)::uuid, '{}', '{}', now()
from generate_series(1, 10000) n
"""
OLDEST_IS_BUSY = """
update jobs set run_at = run_at - interval '1 hour' where state = 'waiting'
    and workspace_id = (select workspace_id from jobs where state = 'claimed' limit 1)
"""
READ = text(
    "select seq_tup_read, idx_tup_fetch from pg_stat_xact_user_tables where relname = 'jobs'"
)


@pytest.fixture
def worker(app: App) -> Worker:
    return Worker(app, [weighing.kind()])


def claimed(worker: Worker) -> UUID | None:
    """Claim the next job and leave it claimed; return its subject."""
    task = worker._claim()
    return task.subject if task else None


def test_two_jobs_of_one_tenant_are_done_while_another_has_two_hundred(
    own: Database, app: App
) -> None:
    queue_at_once(app, MINE, 200)
    with working(own) as first, working(own) as second:
        assert {first.begun(), second.begun()} == {MINE}
        queue(app, THEIRS, THEIRS)
        begun = []
        for _ in range(3):
            for each in (first, second):
                each.end()
                begun.append(each.begun())
    # both are begun within two lengths of a job, and so done within three
    assert begun[:4].count(THEIRS) == 2
    assert begun[4:] == [MINE, MINE]


def test_who_is_alone_gets_every_thread(app: App, worker: Worker) -> None:
    queued = queue(app, *[MINE] * 10)
    assert [claimed(worker) for _ in range(11)] == [*queued, None]


def test_jobs_without_a_workspace_are_those_of_one_more(app: App, worker: Worker) -> None:
    nobodys, mine = queue(app, None, None, None), queue(app, MINE, MINE)
    turns = [nobodys[0], mine[0], nobodys[1], mine[1], nobodys[2]]
    assert [claimed(worker) for _ in turns] == turns


def test_a_claim_that_ran_out_does_not_count_and_is_due(
    own: Database, app: App, worker: Worker
) -> None:
    first, second = queue(app, MINE, MINE)
    assert claimed(worker) == first
    (theirs,) = queue(app, THEIRS)
    own.change("update jobs set run_at = now() where state = 'claimed'")
    assert [claimed(worker) for _ in range(4)] == [second, theirs, first, None]


def test_what_a_rival_claims_at_the_moment_is_passed_over(app: App, worker: Worker) -> None:
    busy, mine, next_of_mine = queue(app, MINE, MINE, MINE)
    assert claimed(worker) == busy
    (theirs,) = queue(app, THEIRS)
    with ExitStack() as opened:
        rivals = [opened.enter_context(app.engine.begin()) for _ in range(2)]
        assert holds(rivals[0]) == theirs  # the only one of the workspace whose turn it is
        assert holds(rivals[1]) == mine  # and the first one of the other
        assert claimed(worker) == next_of_mine
        assert claimed(worker) is None


def holds(rival: Connection) -> UUID:
    """Claim in a transaction that stays open; return the job's subject."""
    id = rival.execute(CLAIM).scalar_one()
    return UUID(rival.execute(text("select subject from jobs where id = :id"), {"id": id}).scalar())


@pytest.mark.parametrize("seed", range(20))
def test_the_order_is_that_of_the_rule(own: Database, worker: Worker, seed: int) -> None:
    chance = random.Random(seed)
    jobs = [
        {
            "id": str(UUID(int=chance.getrandbits(128), version=4)),
            "kind": chance.choice((NAME, NAME, NAME, "paint")),
            "workspace": chance.choice(WORKSPACES),
            "due_s": chance.choice((-300, -200, -100, 300)),
            "state": chance.choice(("waiting", "waiting", "waiting", "claimed", "done")),
        }
        for _ in range(chance.randrange(1, 30))
    ]
    own.change(ROWS, rows=json.dumps(jobs))
    while (expected := expected_next(jobs)) is not None:
        assert claimed(worker) == UUID(expected["id"])
        expected |= {"state": "claimed", "due_s": 30}
    assert claimed(worker) is None


def expected_next(jobs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what the rule says: all that waits is read, counted and sorted."""
    busy = Counter(
        each["workspace"] for each in jobs if each["state"] == "claimed" and each["due_s"] > 0
    )
    due = [
        each
        for each in jobs
        if each["state"] in ("waiting", "claimed") and each["due_s"] < 0 and each["kind"] == NAME
    ]
    return min(due, key=lambda it: (busy[it["workspace"]], it["due_s"], it["id"]), default=None)


def test_a_claim_reads_a_few_rows_a_workspace_though_ten_thousand_wait(
    own: Database, app: App
) -> None:
    with app.engine.connect() as connection:

        def read(due: bool = True) -> int:
            _, before = connection.execute(READ).one()
            assert (connection.execute(CLAIM).first() is not None) == due
            whole, by_index = connection.execute(READ).one()
            connection.commit()
            assert whole == 0
            return int(by_index - before)

        for _ in range(10):  # planned by what an empty table looks like
            assert connection.execute(CLAIM).first() is None
        connection.commit()
        own.change(MANY)
        assert max(read() for _ in range(5)) < 10
        own.change(OLDEST_IS_BUSY)
        assert 100 <= read() < 400
        own.change("update jobs set run_at = now() + interval '1 hour'")
        assert read(due=False) <= 1  # whether anything is claimed
