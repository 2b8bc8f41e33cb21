"""What the broker was told: what the log says, all of it, and first in the order of the log."""

from collections.abc import Iterator, Mapping, Sequence

from faults.checks.rows import Known, Part
from faults.told import Told


def violations(
    parts: Mapping[str, Part],
    known: Mapping[str, Known],
    messages: Sequence[Told],
    some_were_lost: bool,
) -> Iterator[str]:
    """Say which message no event says, and unless the broker lost some, which never came.

    A broker that was killed may say again what was taken from it before.
    """
    for service, part in parts.items():
        told = {str(each.event_id): each for each in part.events if each.told is not None}
        came = dict.fromkeys(each.event_id for each in messages if each.source == service)
        if not some_were_lost:
            missing = [told[id].position for id in told if id not in came]
            if missing:
                yield f"{service} never told the broker of {missing}"
            order = [told[id].position for id in came if id in told]
            if order != sorted(order):
                yield f"{service} told the broker out of order: {order}"
        for each in messages:
            event = told.get(each.event_id) if each.source == service else None
            if event and (each.position, each.previous) != (event.position, str(event.previous)):
                yield f"{service} told {each.event_id} as {each.position} after {each.previous}"
        invented = [id for id in came if id not in known[service].told]
        if invented:
            yield f"{service} told what is not in its log: {invented}"
