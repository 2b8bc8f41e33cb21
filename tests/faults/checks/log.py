"""The log of one service: dense, whole, in the order of its streams; and heard to its end."""

from collections.abc import Iterator

from faults.checks.rows import Known, Part


def violations(service: str, part: Part, known: Known) -> Iterator[str]:
    """Say what is wrong with what was appended since `known`."""
    yield from _positions(service, part, known)
    yield from _chain(service, part, known)
    yield from _streams(service, part, known)
    yield from _cursors(part)


def _positions(service: str, part: Part, known: Known) -> Iterator[str]:
    """Positions are exactly the committed events, without a gap."""
    totals = part.totals
    if totals.pending or not totals.events == totals.positions == totals.last_position:
        yield f"{service}: not every event has one position: {totals}"
    expected = known.position
    for each in part.events:
        expected += 1
        if each.position != expected:
            yield f"{service}: position {each.position} where {expected} should be"
            expected = each.position


def _chain(service: str, part: Part, known: Known) -> Iterator[str]:
    """Each told event names the one told before it, and no other event names one."""
    before = known.last_told
    for each in part.events:
        if (each.told is None) != (each.previous is None):
            yield f"{service}: told or not? {each.type} at {each.position}"
        if each.told is None:
            continue
        if each.previous != before:
            yield f"{service}: {each.type} at {each.position} names {each.previous}, not {before}"
        before = each.event_id


def _streams(service: str, part: Part, known: Known) -> Iterator[str]:
    """Versions have no gap, and positions follow them."""
    versions: dict[str, int] = {}
    for each in part.events:
        before = versions.get(each.stream_id, known.versions.get(each.stream_id, 0))
        if each.version != before + 1:
            yield (
                f"{service}: {each.stream_id} has version {each.version} at {each.position},"
                f" after version {before}"
            )
        versions[each.stream_id] = each.version


def _cursors(part: Part) -> Iterator[str]:
    """Each consumer stands at the last event that its source has told, and never went back."""
    for each in part.cursors:
        if (each.position, each.event_id) != (each.head_position, each.head_event_id):
            yield f"{each.consumer} has not heard {each.source} to its end: {each}"
    for back in part.went_back:
        yield f"a cursor went back: {back}"
