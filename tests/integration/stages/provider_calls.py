"""A call of a provider, as it is kept, that nobody has posted."""

from typing import Any
from uuid import UUID, uuid4

from asking import kept
from chassis import ids
from integration.stages.photographs import House


def call_for(made: House, image: str, price_micro_usd: int = 0) -> UUID:
    """Keep a call for a photograph's first version; return its id."""
    call_id = uuid4()
    columns: dict[str, Any] = {
        **dict.fromkeys(("id", "job_id"), str(call_id)),
        **{"workspace_id": str(made.workspace_id), "owner_id": made.project_id},
        **{"subject": image, "number": 1, "retries": 0, "endpoint": "e"},
        **dict.fromkeys(("asked_at", "deadline_at"), ids.now()),
        **{"sent_prefix": "k", "price_micro_usd": price_micro_usd},
    }
    made.studio.decide(lambda unit: unit.execute(kept.asked(**columns)))
    return call_id
