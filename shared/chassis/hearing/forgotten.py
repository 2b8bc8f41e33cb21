"""What stands here of events that their source has forgotten, and what becomes of it.

A source that was restored may do the same again and tell it again, under the same id: then what
was done about it stands already, and stays. Or it does something else under that id: then nothing
is done, and a person decides. Or it never does it again: then what was made of it is to be put
right by hand, and `settle` says that somebody has.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from chassis.errors import NotFound, Rejected
from chassis.hearing import cursors, member
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from chassis.unit.handling import App

TOLD_OTHERWISE = "chassis.told_otherwise"
SETTLED = "fork settled"  # what is written into `audit`

Digested = Callable[[Heard], str]  # what an event says, as `digest` has it


def digest(data: Mapping[str, Any], times: frozenset[str] = frozenset()) -> str:
    """Return the sha-256, in hex, of what an event says: of its data as canonical JSON.

    `times`: the fields that say when, which are left out. What is done again is done later.
    """
    said = {name: each for name, each in data.items() if name not in times}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def keep(unit: Unit, consumer: str, source: str, made: Iterable[Row[Any]]) -> None:
    """Keep what a consumer has made of what its source does not tell any more, or tells again."""
    key = _key(consumer, source)
    for each in made:
        effect = {"event_id": each.event_id, "type": each.type, "stream_id": each.stream_id}
        heard = dict(each.heard)
        unit.execute(_KEEP, **key, **effect, heard=heard, cause=heard["event_id"])


def told_again(
    unit: Unit, consumer: str, source: str, told: Sequence[Heard], digested: Digested
) -> frozenset[UUID]:
    """Return those of `told` whose effects stand, and forget that their source forgot them.

    Raises `Rejected("chassis.told_otherwise")` for one that is not what it was.
    """
    key, causes = _key(consumer, source), {each.event_id: each for each in told}
    rows = unit.execute(_KEPT, **key, causes=list(causes)).all()
    must_be_equal(rows, causes, digested)
    again = frozenset(each.cause for each in rows)
    unit.execute(_TOLD_AGAIN, **key, causes=list(again))
    return again


def must_be_equal(made: Sequence[Row[Any]], told: Mapping[UUID, Heard], digested: Digested) -> None:
    """Compare the events that made these effects with what is told now under their ids.

    `made`: rows with event_id, type, stream_id and heard.

    Raises `Rejected("chassis.told_otherwise")` with both digests and positions, and the effects
    of the earlier one. What was heard before digests were kept passes.
    """
    by_cause: dict[UUID, list[Row[Any]]] = {}
    for row in made:
        by_cause.setdefault(UUID(row.heard["event_id"]), []).append(row)
    for cause, rows in by_cause.items():
        now, before = told[cause], rows[0].heard
        sha256 = digested(now)
        if before.get("sha256", sha256) == sha256:
            continue
        raise Rejected(
            TOLD_OTHERWISE,
            f"{now.source} told {cause} before, with other data; what that caused stands",
            details={
                "before": {"position": before["position"], "sha256": before["sha256"]},
                "now": {"position": now.position, "sha256": sha256},
                "effects": [
                    {"event_id": each.event_id, "type": each.type, "stream_id": each.stream_id}
                    for each in rows
                ],
            },
        )


def unsettled(connection: Connection) -> list[dict[str, Any]]:
    """Return what nobody has settled yet, in the order in which it was heard."""
    return [dict(row) for row in connection.execute(_UNSETTLED).mappings()]


def settle(
    app: App, consumer: str, source: str, event_ids: Sequence[UUID] | None, who: str
) -> list[str]:
    """Note that a person has put these effects right, or needed not to; return their ids.

    None: all that are not settled yet. Raises `NotFound` for one that is not there to be settled.
    """
    key = _key(consumer, source)

    def work(unit: Unit) -> list[str]:
        given = {**key, "event_ids": event_ids and list(event_ids), "at": unit.call.at}
        settled = [str(each) for each in unit.execute(_SETTLE, **given).scalars()]
        missing = {str(each) for each in event_ids or ()} - set(settled)
        if missing or not settled:
            reason = ", ".join(sorted(missing)) or f"nothing that {consumer} heard of {source}"
            raise NotFound("chassis.nothing_forgotten", f"not to be settled: {reason}")
        unit.execute(_AUDIT, who=who, did=SETTLED, details={**key, "settled": settled})
        return settled

    return app.attempt(cursors.call(app), work)


def _key(consumer: str, source: str) -> dict[str, str]:
    return {"consumer": member.group(consumer), "source": source}


_OF = "where consumer = :consumer and source = :source"
_KEEP = text(
    "insert into forgotten (consumer, source, event_id, type, stream_id, heard, cause)"
    " values (:consumer, :source, :event_id, :type, :stream_id, :heard, cast(:cause as uuid))"
    " on conflict do nothing"
)
_KEPT = text(
    "select event_id, type, stream_id, heard, cause from forgotten"  # noqa: S608
    f" {_OF} and cause = any(:causes)"
)
_TOLD_AGAIN = text(f"delete from forgotten {_OF} and cause = any(:causes)")  # noqa: S608
_UNSETTLED = text(
    "select consumer, source, event_id, type, stream_id, heard, since from forgotten"
    " where settled_at is null"
    " order by consumer, source, (heard->>'position')::bigint, event_id"
)
_SETTLE = text(
    f"update forgotten set settled_at = :at {_OF} and settled_at is null"  # noqa: S608
    " and event_id = any(coalesce(cast(:event_ids as uuid[]), array[event_id]))"
    " returning event_id"
)
_AUDIT = text("insert into audit (who, did, details) values (:who, :did, :details)")
