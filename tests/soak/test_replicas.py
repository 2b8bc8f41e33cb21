"""Two of each process, twenty in all: what is to be done once is done once, whoever ends."""

import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from chassis.broker.rpc import Rpc
from chassis.errors import Unauthenticated
from contracts import SERVICES
from demo.people import Person
from distributed.servers import GATEWAY
from distributed.suite import ROLES, Suite
from journeys.stages.bans import QUERIES, is_let_in, refused_at
from journeys.stages.crowd import Member, crowd, patiently
from journeys.stages.distributed_suite import consumers, reader_uri, running_or_none
from journeys.stages.histories import problems
from journeys.stages.profile_changes import ProfileChanges, head, told, wrongly_heard
from journeys.stages.tap import Tap
from journeys.stages.traffic import Traffic, effects
from servers.postgres import Server
from servers.rabbit import Broker
from suitectl import limits
from waiting import percentiles, until

pytestmark = pytest.mark.long

Note = Callable[[str, object], None]

BANS = 200
AT_ONCE = 10  # calls that a `serve` answers
STAYING = 20  # people who are not banned
WITHIN_S = 2.0  # in which a ban is meant to be heard everywhere
PASSWORD = "a long enough passphrase"
TERMS = 5
TURNS = 4
ROUNDS = 5  # of changes for each term, some thousand in all
A_BATCH = 200
PER_S = 30
DEADLINE_S = 10.0  # of each call during the restart


@pytest.fixture(scope="module")
def suite(
    postgres_server: Server, broker_or_none: Broker | None, run_folder: Path
) -> Iterator[Suite | None]:
    with running_or_none(
        postgres_server, broker_or_none, run_folder / "replicas", replicas=2
    ) as suite:
        yield suite


@pytest.fixture(scope="module")
def everybody(suite: Suite | None) -> Sequence[Member]:
    return crowd(suite, BANS + STAYING) if suite is not None else ()


@pytest.fixture
def members(everybody: Sequence[Member], broker: Broker) -> Sequence[Member]:
    """People whom no test bans."""
    return everybody[BANS:]


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Keep a figure, and show it."""

    def keep(name: str, figure: object) -> None:
        record_property(name, figure)
        print(f"{name}: {figure}")

    return keep


def test_two_of_each_at_their_fullest_may_open_what_they_need(
    suite: Suite, broker: Broker, note: Note
) -> None:
    lines = 2 * AT_ONCE * len(SERVICES)  # as many as two of each answer at the same time
    with (
        closing(Rpc(suite.servers.broker_url(GATEWAY), lines=lines, timeout_s=60)) as rpc,
        ThreadPoolExecutor(lines) as threads,
    ):
        asked = [threads.submit(refusal, rpc, each) for each in SERVICES * 300]
        assert {each.result() for each in asked} == {"chassis.token_required"}
        listed = broker.ctl("list_connections", "--formatter=json", "user", "channels")
    connections, channels = Counter[str](), Counter[str]()
    for each in json.loads(listed):
        connections[each["user"]] += 1
        channels[each["user"]] += each["channels"]
    note("connections, channels", {user: (n, channels[user]) for user, n in connections.items()})
    for service in SERVICES:  # with as much to spare as two more of each would open
        assert connections[service] < limits.SERVICE.connections / 2
        assert channels[service] < limits.SERVICE.channels / 2


def refusal(rpc: Rpc, service: str) -> str | None:
    try:
        rpc.port(service).call("describe")
    except Unauthenticated as refused:
        return refused.code
    return None


def test_two_relays_tell_each_event_once_and_in_order(
    suite: Suite, broker: Broker, members: Sequence[Member], note: Note
) -> None:
    suite.settle()
    heads = {service: head(suite, service) for service in SERVICES}
    changes = ProfileChanges(suite, [each.workspace_id for each in members])
    with Tap(reader_uri(broker, suite), SERVICES) as tap:
        for number in range(30):
            changes.make()
            _create_project(suite, members[number % len(members)], f"Told {number}")
        suite.settle()
        expected = {service: told(suite, service, heads[service]) for service in SERVICES}
        until(lambda: len(tap.look()) >= sum(map(len, expected.values())))
        assert {service: tap.of(service) for service in SERVICES} == expected

    assert len(expected["auth"]) == 30 * len(members) and len(expected["media"]) == 30
    note("events told once", sum(map(len, expected.values())))
    for service in SERVICES:
        leases = suite.sql(service, "select name from leases where until > now()")
        assert [row["name"] for row in leases] == ["relay"]


def test_each_turn_of_a_schedule_is_one_job_and_done_once(
    suite: Suite, members: Sequence[Member], note: Note
) -> None:
    schedules = [
        (service, row["kind"].removeprefix("schedule:"))
        for service in SERVICES
        for row in suite.sql(service, "select distinct kind from jobs where kind like 'schedule:%'")
    ]
    for _ in range(TURNS):
        for service, name in schedules:
            suite.run_schedule(service, name)
        suite.settle()

    assert len(schedules) == 12
    done = 0
    for service in SERVICES:
        turns = suite.sql(
            service,
            "select kind, args->>'due' as due, claims, state from jobs"
            " where kind like 'schedule:%'",
        )
        assert [
            each for each, n in Counter((t["kind"], t["due"]) for t in turns).items() if n > 1
        ] == []
        ended = Counter((t["kind"]) for t in turns if t["state"] == "done")
        ahead = Counter((t["kind"]) for t in turns if t["state"] == "waiting")
        assert min(ended.values()) >= TURNS
        assert set(ahead.values()) == {1} and ahead.keys() == ended.keys()
        assert {t["claims"] for t in turns if t["state"] == "done"} == {1}
        done += sum(ended.values())
    note("turns of schedules done once", done)


def test_another_relay_takes_over_when_its_holder_is_killed(
    suite: Suite, broker: Broker, members: Sequence[Member], note: Note
) -> None:
    holder, other = suite.of("auth", "work")
    assert other.stop() == 0
    until(lambda: _holders(suite))  # nobody else is there to take it
    before = _holders(suite)
    other.start()
    other.wait_ready()
    changes = ProfileChanges(suite, [each.workspace_id for each in members])

    with Tap(reader_uri(broker, suite), ["auth"]) as tap:
        start = head(suite, "auth")
        changes.make()
        until(lambda: len(tap.of("auth")) > 0)
        assert _holders(suite) == before
        holder.kill()
        killed_at = time.monotonic()
        changes.make()
        until(lambda: _holders(suite) not in (before, []))
        took_s = time.monotonic() - killed_at
        until(lambda: set(tap.of("auth")) == set(told(suite, "auth", start)))
        again = len(tap.of("auth")) - len(set(tap.of("auth")))

    note("seconds until another relay took over", round(took_s, 2))
    assert len(told(suite, "auth", start)) == 2 * len(members)
    assert again <= len(members)  # at most what was under way
    holder.start()
    holder.wait_ready()


def test_a_ban_is_heard_by_every_service(
    suite: Suite, everybody: Sequence[Member], broker: Broker, note: Note
) -> None:
    suite.create_admin("admin@crowd.example", PASSWORD)
    admin = Person(suite, "admin@crowd.example", PASSWORD)
    seconds: dict[str, list[float]] = {service: [] for service in QUERIES}

    with ThreadPoolExecutor(len(QUERIES)) as pool:
        for member in everybody[:BANS]:
            token = member.token()
            assert all(pool.map(lambda service: is_let_in(suite, service, token), QUERIES))  # noqa: B023
            admin.call("auth", "ban_user", user_id=str(member.user_id), reason="a trial")
            banned_at = time.monotonic()
            heard = pool.map(lambda service: refused_at(suite, service, token), QUERIES)  # noqa: B023
            for service, at in zip(QUERIES, heard, strict=True):
                seconds[service].append(at - banned_at)

    everywhere = sorted(map(max, zip(*seconds.values(), strict=True)))
    assert len(everywhere) == BANS  # each of them was refused in the end
    for service, each in seconds.items():
        note(f"ban heard by {service}, p50 and p99 in s", percentiles(each))
    note("ban heard by all, p50 and p99 in s", percentiles(everywhere))
    note("bans not heard within 2 s", sum(each > WITHIN_S for each in everywhere))


def test_a_consumer_that_is_told_to_end_hands_over_in_order(
    suite: Suite, broker: Broker, everybody: Sequence[Member], note: Note
) -> None:
    suite.settle()
    start = head(suite, "auth")
    changes = ProfileChanges(suite, [each.workspace_id for each in everybody])
    active, standby = suite.of("billing", "work")

    with ThreadPoolExecutor(1) as pool:
        for _ in range(TERMS):
            until(lambda: consumers(broker, suite, "billing.hears.auth") == 2)
            flow = [pool.submit(changes.make) for _ in range(ROUNDS)]
            until(lambda: _behind(suite) > A_BATCH)
            assert active.stop() == 0
            active.start()
            active.wait_ready()
            assert [each.result() for each in flow] == [None] * ROUNDS
            # who was left alone is at work, who comes back stands by
            active, standby = standby, active
    suite.settle()

    note("changes told while consumers ended", TERMS * ROUNDS * len(everybody))
    assert wrongly_heard(suite, "billing", start) == []
    assert wrongly_heard(suite, "affiliate", start) == []
    assert problems(suite) == []


def test_a_rolling_restart_fails_no_call_and_does_none_twice(
    suite: Suite, members: Sequence[Member], broker: Broker, note: Note
) -> None:
    suite.settle()
    rpc = Rpc(suite.servers.broker_url(GATEWAY), timeout_s=DEADLINE_S, lines=PER_S)
    started = time.monotonic()
    with closing(rpc), Traffic(rpc, members[:10], PER_S) as traffic:
        for service, role in itertools.product(SERVICES, ROLES):
            for process in suite.of(service, role):
                assert process.stop() == 0
                process.start()
                process.wait_ready()
    took_s = time.monotonic() - started
    suite.settle()

    asked = traffic.asked
    note("calls during the restart", len(asked))
    note("seconds that the restart took", round(took_s, 1))
    note("call, p50 and p99 in s", percentiles([each.took_s for each in asked]))
    assert [each.error for each in asked if each.error] == []
    for service in SERVICES:
        done = effects(suite, service)
        assert done == Counter(a.name for a in asked if a.writes and a.service == service)
    assert problems(suite) == []


def _create_project(suite: Suite, member: Member, name: str) -> None:
    given = {"name": name, "style_template_id": "modern"}
    token = member.token()
    patiently(lambda: suite.call("media", "create_project", token, **given, idempotency_key=name))


def _holders(suite: Suite) -> list[str]:
    rows = suite.sql("auth", "select holder from leases where name = 'relay' and until > now()")
    return [row["holder"] for row in rows]


def _behind(suite: Suite) -> int:
    cursor = suite.sql(
        "billing", "select position from cursors where consumer = 'billing' and source = 'auth'"
    )
    return head(suite, "auth") - int(cursor[0]["position"])
