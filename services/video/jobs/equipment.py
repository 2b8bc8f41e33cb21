"""What the kinds of job have in common."""

from typing import Any
from uuid import UUID

from chassis.domain import value
from chassis.jobs.jobs import Task
from chassis.running.parts import Peers
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.addresses import Prefix
from gateways.port import Blobs
from gateways.work_folder import WorkFolder
from video.gateways.engine import Engine


@value
class Tools:
    """What the work is done with."""

    app: App
    blobs: Blobs
    engine: Engine  # makes pieces on this machine
    peers: Peers
    sources: tuple[Prefix, ...]  # what media's and auth's links begin with
    work: WorkFolder


def workspace(task: Task) -> UUID:
    """Return whose the job is."""
    return UUID(task.meta["workspace"])  # every event of video has one


def nothing(unit: Unit, task: Task, _: Any) -> None:
    """Record nothing but the job's end."""
