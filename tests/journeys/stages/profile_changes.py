"""Many events of auth that billing and affiliate take note of, and whether they did so once."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from auth.app import SERVICE as AUTH
from auth.domain import workspace, workspace_messages
from chassis import ids
from chassis.identity import service_actor
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from demo.suite import Suite
from distributed.suite import Suite as DistributedSuite

NUMBERS = ("701730496", "310000019")  # in turn, so that each change is one


class ProfileChanges:
    """Changes of some workspaces' organisation numbers, all of them in one unit each time."""

    def __init__(self, suite: DistributedSuite, workspaces: Sequence[UUID]) -> None:
        """Write straight to auth's store: over RPC it would be too few a second."""
        self._app = App(service=AUTH, engine=suite.engines["auth"])
        self._workspaces, self._turn = workspaces, 0

    def make(self) -> None:
        """Change each workspace once more."""
        number = NUMBERS[self._turn % 2]
        self._turn += 1
        command = workspace_messages.ChangeProfile(
            organization_number=number, has_legal_name=False, changed=("organization_number",)
        )

        def work(unit: Unit) -> dict[str, Any]:
            unit.preload((workspace.decider, each) for each in self._workspaces)
            for each in self._workspaces:
                unit.decide(workspace.decider, each, command)
            return {}

        by = service_actor("auth")
        call = Call(id=ids.fresh(), at=self._app.clock(), actor=by, correlation_id="changes")
        self._app.answer(call, work)


def told(suite: Suite, service: str, after: int = 0) -> list[str]:
    """Return the ids of what a service has told beyond a position, in order."""
    query = (
        "select e.event_id from positions p join events e using (seq)"
        f" where e.outbox is not null and p.position > {after} order by p.position"
    )
    return [str(row["event_id"]) for row in suite.sql(service, query)]


def head(suite: Suite, service: str) -> int:
    """Return the last position of a service."""
    query = "select coalesce(max(position), 0) as head from positions"
    return int(suite.sql(service, query)[0]["head"])


def wrongly_heard(suite: Suite, hearer: str, after: int) -> list[str]:
    """Say which changes told beyond a position a hearer missed, took twice or out of order."""
    query = (
        "select p.position from positions p join events e using (seq)"
        " where e.outbox->>'type' = 'auth.workspace_profile_changed'"
        f" and p.position > {after}"
    )
    expected = Counter(row["position"] for row in suite.sql("auth", query))
    query = (
        "select stream_id, (meta->'heard'->>'position')::bigint as position from events"
        " where meta->'heard'->>'type' = 'auth.workspace_profile_changed'"
        f" and (meta->'heard'->>'position')::bigint > {after} order by stream_id, version"
    )
    taken = suite.sql(hearer, query)
    counted = Counter(row["position"] for row in taken)
    wrong = [f"{hearer} missed {position}" for position in sorted(expected - counted)]
    wrong += [f"{hearer} took {position} again" for position in sorted(counted - expected)]
    for stream_id, rows in groupby(taken, key=lambda row: row["stream_id"]):
        positions = [row["position"] for row in rows]
        if positions != sorted(positions):
            wrong.append(f"{hearer} took {positions} on {stream_id}")
    return wrong
