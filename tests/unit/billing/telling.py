"""What others hear of the last of a stream's events."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from billing.outbound import outbound
from chassis.domain import fold
from chassis.unit.store import Recorded

SUBJECT = UUID(int=99)
RECORDED_AT = datetime(2026, 4, 1, 12, tzinfo=UTC)


def tell(decider: Any, *events: Any) -> Any:
    """Return what others hear of the last of a stream's events, or None."""
    recorded = Recorded(
        event_id=UUID(int=9),
        stream_id=f"{decider.name}-{SUBJECT}",
        subject=SUBJECT,
        version=len(events),
        event=events[-1],
        meta={"workspace": None},
        recorded_at=RECORDED_AT,
    )
    return outbound(recorded, fold(decider, events))
