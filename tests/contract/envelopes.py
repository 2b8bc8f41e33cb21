"""What surrounds an event on its way, as samples: told by `events_read`, by message, and parked.

Number 1 is of a time when nobody was named on whose behalf a service acts, number 2 has them.
`python tests/contract/envelopes.py <n>` (with the source roots and `tests` in PYTHONPATH) writes
today's as number n. A number that is there stays as it is: that is what lies in queues and in
databases.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from chassis.unit import envelope

FOLDER = Path(__file__).parent / "golden" / "envelopes"


class Stored(NamedTuple):
    """A told event's row."""

    event_id: UUID = UUID(int=7)
    stream_id: str = f"box-{UUID(int=8)}"
    version: int = 2
    meta: Any = {
        "call": str(UUID(int=1)),
        "actor": f"person:{UUID(int=2)}",
        "correlation": "the-correlation",
        "causation": None,
        "workspace": str(UUID(int=9)),
    }
    outbox: Any = {
        "type": "boxes.weight_added",
        "data": {
            "box_id": str(UUID(int=8)),
            "workspace_id": str(UUID(int=9)),
            "weight_g": 700,
        },
    }
    recorded_at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    position: int = 5
    previous: UUID = UUID(int=6)


PLAIN = Stored()
ON_BEHALF = Stored(
    meta={
        **PLAIN.meta,
        "actor": "service:boxes",
        "on_behalf_of": f"person:{UUID(int=2)} as {UUID(int=3)}",
        "subject": str(UUID(int=3)),
        "impersonation": str(UUID(int=4)),
    }
)


def written(stored: Stored) -> dict[str, Any]:
    """Return how that event is told and parked today."""
    attributes = envelope.attributes("boxes", stored)
    data = stored.outbox["data"]
    item = {**attributes, "event_id": str(stored.event_id), "data": data}
    return {
        "item": item,
        "message": {"headers": envelope.headers({**attributes, "data": data}), "body": data},
        "parked": envelope.item(envelope.heard(item)),
    }


def kept(number: int) -> dict[str, Any]:
    """Return a sample."""
    sample: dict[str, Any] = json.loads((FOLDER / f"{number}.json").read_text("utf-8"))
    return sample


def main(number: int) -> None:
    """Write today's sample, where there is none."""
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(written(ON_BEHALF), indent=1, sort_keys=True, ensure_ascii=False)
    with (FOLDER / f"{number}.json").open("x", encoding="utf-8") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
