"""Rebuilding: how many events a second a projection is made anew from, beside the live one."""

from bench.telling import Told
from chassis.unit import rebuilding
from integration.stages import boxes


def rate(given: Told) -> float:
    """Return the events applied in a second, the switch and the wait for it included."""
    with given.source.owner() as owner:
        report = rebuilding.rebuild(owner, boxes.SERVICE)
    return report.events / report.seconds
