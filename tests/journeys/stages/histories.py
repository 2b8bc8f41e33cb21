"""What a history must be like, whatever happened on the way; read from the suite's databases."""

from collections import Counter
from importlib import import_module
from typing import Any
from uuid import UUID

from chassis.database.schema import NONE_TOLD
from chassis.unit.service import Invariant
from demo.suite import Suite
from embedded.keys import SERVICES
from suitectl.invariants import FRAME

# Events that a repeat of the main job may add: another session, nothing else.
SESSIONS = ("SessionStarted", "SessionRenewed")


def problems(suite: Suite) -> list[str]:
    """Return what is wrong with the histories of a settled suite."""
    return [
        problem
        for service in SERVICES
        for problem in (
            *_broken(suite, service),
            *_numbered(suite, service),
            *_hearing(suite, service),
            *_unfinished(suite, service),
        )
    ]


def effects(suite: Suite) -> Counter[tuple[str, str]]:
    """Return how many events of each type each service has, but for sessions."""
    counted: Counter[tuple[str, str]] = Counter()
    for service in SERVICES:
        for row in suite.sql(service, "select type, count(*) as n from events group by type"):
            if row["type"] not in SESSIONS:
                counted[(service, row["type"])] = row["n"]
    return counted


def comparable(suite: Suite) -> dict[str, list[str]]:
    """Return the ids of all events but of sessions: equal where nothing was added or lost."""
    return {
        service: [
            str(row["event_id"])
            for row in suite.sql(service, "select event_id, type from events order by seq")
            if row["type"] not in SESSIONS
        ]
        for service in SERVICES
    }


def _broken(suite: Suite, service: str) -> list[str]:
    """Return the rows that break what must hold at every moment."""
    own: tuple[Invariant, ...] = import_module(f"{service}.app").SERVICE.invariants
    return [
        f"{service}: {each.name} is broken by {row}"
        for each in (*FRAME, *own)
        for row in suite.sql(service, each.query)
    ]


def _numbered(suite: Suite, service: str) -> list[str]:
    """Every event has a position by now."""
    return [f"{service}: waits {row}" for row in suite.sql(service, "select * from pending")]


def _hearing(suite: Suite, service: str) -> list[str]:
    """Every cursor stands at its source's last told event."""
    wrong = []
    for cursor in suite.sql(service, "select source, position, event_id from cursors"):
        told = suite.sql(
            cursor["source"],
            "select p.position, e.event_id from positions p join events e using (seq)"
            " where e.outbox is not null order by p.position desc limit 1",
        )
        head = told[0] if told else {"position": 0, "event_id": UUID(NONE_TOLD)}
        if (cursor["position"], cursor["event_id"]) != (head["position"], head["event_id"]):
            wrong.append(f"{service} heard {cursor['source']} to {cursor} of {head}")
    return wrong


def _unfinished(suite: Suite, service: str) -> list[str]:
    """No job is dead or under way; a schedule comes round at any moment."""
    rows: list[dict[str, Any]] = suite.sql(
        service,
        "select kind, state, error from jobs where state = 'dead'"
        " or state = 'claimed' and not starts_with(kind, 'schedule:')",
    )
    return [f"{service}: job {row}" for row in rows]
