"""What the kinds of job have in common."""

from uuid import UUID

from chassis.domain import value
from chassis.jobs.jobs import Task
from chassis.running.parts import Peers
from chassis.unit.handling import App
from gateways.addresses import Prefix
from gateways.port import Blobs
from gateways.work_folder import WorkFolder
from video.gateways.engine import Control, Engine
from video.projections import progress


@value
class Tools:
    """What the work is done with."""

    app: App
    blobs: Blobs
    engine: Engine
    peers: Peers
    sources: tuple[Prefix, ...]  # what media's links begin with
    work: WorkFolder


class Rising:
    """A job's control whose percent never falls, not even where a second attempt starts anew."""

    def __init__(self, control: Control, percent: int) -> None:
        """`percent`: how far an earlier attempt came."""
        self.control, self.percent, self.check = control, percent, control.check

    def progress(self, percent: int, step: str) -> None:
        """Tell how far the job is, or was at its best."""
        self.percent = max(self.percent, percent)
        self.control.progress(self.percent, step)


def rising(tools: Tools, task: Task, control: Control) -> Rising:
    """Return the job's control, which goes on from what the job has told before."""
    return Rising(control, tools.app.query(lambda connection: progress.told(connection, task.id)))


def workspace(task: Task) -> UUID:
    """Return whose the job is."""
    return UUID(task.meta["workspace"])  # every event of video has one
