"""Coming to rest: every process runs, and everything is numbered, told, heard and done."""

import time

from sqlalchemy import Connection, text

from chassis.unit import feed
from embedded.rest import unsettled
from faults.suite import NAMES, SERVICES, FaultySuite
from faults.wire import AMQP

WITHIN_S = 150.0
HASTEN_S = 0.5  # so often what is in back-off is made due
NOTICE_S = 4.0  # so often connections are closed, upon which sources are asked for what is missing
LOOK_S = 0.05


class NotAtRest(Exception):
    """Something does not come to an end."""


def come_to_rest(suite: FaultySuite) -> None:
    """Wait until nothing is left to do. Raises `NotAtRest` that says what is."""
    started = hastened = noticed = time.monotonic()
    quiet = 0
    while quiet < 2:
        left = [*unsettled(suite.engines), *_untold(suite)]
        quiet = 0 if left else quiet + 1
        now = time.monotonic()
        if left and now - started > WITHIN_S:
            raise NotAtRest(f"not at rest after {WITHIN_S} s: {'; '.join(left)}")
        if left and now - hastened > HASTEN_S:
            _hasten(suite, claimed=now - started > NOTICE_S and now - noticed > NOTICE_S)
            hastened = now
        if left and now - noticed > NOTICE_S:
            _let_gaps_be_noticed(suite)
            noticed = now
        time.sleep(LOOK_S)
    if dead := _dead(suite):
        raise NotAtRest("; ".join(dead))


def _untold(suite: FaultySuite) -> list[str]:
    """Say which service's relay has not told everything."""
    left = []
    for service in SERVICES:
        with suite.engines[service].connect() as connection:
            behind = _behind(connection)
        left += [f"{service} has {behind} positions to tell"] if behind else []
    return left


def _behind(connection: Connection) -> int:
    head: int = feed.head(connection)["position"]
    return head - int(connection.execute(_RELAYED).scalar_one())


def _hasten(suite: FaultySuite, claimed: bool) -> None:
    """Let time pass for what is in back-off; and for claims, whose holders may be dead."""
    for service in SERVICES:
        with suite.engines[service].begin() as connection:
            connection.execute(_DUE, {"states": ["waiting", "claimed"] if claimed else ["waiting"]})


def _let_gaps_be_noticed(suite: FaultySuite) -> None:
    # else a source is asked once a minute whether something was told that never came
    for name in NAMES:
        if "-work-" in name:
            suite.proxy.drop(name, AMQP)


def _dead(suite: FaultySuite) -> list[str]:
    """Say what will not go on without a person."""
    found = []
    for service in SERVICES:
        with suite.engines[service].connect() as connection:
            found += [f"{service}: {row.what}" for row in connection.execute(_DEAD)]
    return found


_RELAYED = text("select coalesce(max(position), 0) from relay where name = 'rabbitmq'")
_DUE = text(
    "update jobs set run_at = now(), deaths = deaths - (state = 'claimed')::int"
    " where state = any(:states) and run_at > now()"
    " and kind not like 'schedule:%'"
)
_DEAD = text(
    "select 'parked for good: ' || source || ':' || position || ' ' || error::text as what"
    " from parked where dead"
    " union all select 'stopped hearing ' || source || ': ' || stopped::text from cursors"
    " where stopped is not null"
    " union all select 'dead job ' || kind || ' of ' || subject || ': ' || coalesce(error, '')"
    " from jobs where state = 'dead'"
)
