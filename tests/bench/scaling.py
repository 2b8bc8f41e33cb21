"""Scaling: what waits in queues is taken by a consumer group of two, or by one consumer alone."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from bench.reacting import hear_until
from bench.stage import Stage, together
from bench.telling import Told, bind, tell, told
from chassis.hearing import member
from integration.stages import scales
from integration.stages.box_database import database


@contextmanager
def contest(
    stage: Stage, boxes: int, skipped: list[int]
) -> Iterator[Mapping[str, Callable[[], float]]]:
    """Yield groups: by how many they are, a round of it, which gives events done in a second."""
    with told(stage, boxes) as given, stage.broker.vhost() as theirs:
        sides = {1: given, 2: replace(given, uri=theirs)}
        for of, side in sides.items():
            for each in member.members(of):
                bind(side.uri, each.consumer(scales.SERVICE.name))
        yield {f"{of}": partial(_round, stage, sides[of], of, skipped) for of in sides}


def _round(stage: Stage, given: Told, of: int, skipped: list[int]) -> float:
    tell(given)
    with database(stage.server) as hearer:
        hear = (given.source.app_url, hearer.app_url, given.uri, given.count)
        seconds = together([(hear_until, (*hear, each)) for each in member.members(of)])
        skipped.append(given.things - hearer.one("select count(*) from events"))
    return float(given.count / max(seconds))
