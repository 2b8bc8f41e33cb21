"""Looking up: a page of the audit trail among many events, a page of people among many.

Filled in past the service: what counts is what is asked of the tables, by way of the door.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql

from bench.stage import Stage
from chassis import ids
from integration.stages.deaf_services import Services

OF_EACH = 500  # events that one actor has begun
ACTOR = "00000000-0000-4000-8000-000000000007"
FILL_EVENTS = """
insert into events (event_id, stream_id, version, type, schema_version, data, meta, outbox,
                    recorded_at)
select gen_random_uuid(), 'session-' || md5((n / 2)::text)::uuid, n % 2 + 1,
    case n % 2 when 0 then 'SessionStarted' else 'SessionEnded' end, 1,
    jsonb_build_object('user_id', case n % {actors} when 8 then {actor}::uuid
        else md5((n / 20)::text)::uuid end),
    jsonb_build_object('call', gen_random_uuid(), 'causation', null, 'correlation', 'filled',
        'actor', 'person:' || case n % {actors} when 7 then {actor}::uuid
            else md5((n % {actors})::text)::uuid end,
        'workspace', md5((n / 500)::text)::uuid),
    null, now() - ({events} - n) * interval '1 second'
from generate_series(1, {events}) as n
"""
FILL_PEOPLE = """
insert into "user" (id, name, email, email_folded, email_verified, created_at, updated_at)
select md5('person' || n)::uuid, 'Astrid Marie Nordmann ' || n,
    'astrid.' || n || '@bench.example', 'astrid.' || n || '@bench.example', true,
    now() - n * interval '1 minute', now()
from generate_series(1, {people}) as n
"""


@contextmanager
def contest(stage: Stage, events: int, people: int) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield what is looked up: by name, a look, which gives the seconds that it took."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory(prefix="ai-studio-")))
        services = Services(stage.server, folder, ending, ("auth",))
        services.now, services.clock = ids.now(), ids.now
        _fill(services, events, people)
        browser = services.admin.signed_in()
        looks: Mapping[str, tuple[str, dict[str, Any]]] = {
            "audit": ("audit", {"actor_id": ACTOR}),
            "audit_person": ("audit", {"user_id": ACTOR}),
            "audit_newest": ("audit", {}),
            "list_users": ("list_users", {"search": f"mann {people // 2}"}),
        }
        yield {
            name: partial(_look, services, browser.access, method, wanted)
            for name, (method, wanted) in looks.items()
        }


def _fill(services: Services, events: int, people: int) -> None:
    actors = max(10, events // OF_EACH)
    filled = sql.SQL(FILL_EVENTS).format(actors=actors, actor=ACTOR, events=events)
    with psycopg.connect(services.owners["auth"], autocommit=True) as owner:
        owner.execute(filled)
        owner.execute(sql.SQL(FILL_PEOPLE).format(people=people))
        owner.execute("vacuum analyze")


def _look(
    services: Services, access: Callable[[], str], method: str, wanted: dict[str, Any]
) -> float:
    token = access()
    began = time.perf_counter()
    found = services.call("auth", method, token, **wanted)
    took = time.perf_counter() - began
    assert found["items"]
    return took
