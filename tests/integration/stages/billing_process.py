"""A process that does billing's monthly run, to be killed."""

from billing import app as billing
from billing.settings import Settings
from chassis import settings
from chassis.jobs.jobs import Worker
from integration.stages.billing_shop import NOW, Auth


def do_runs(variables: dict[str, str], says: dict[str, dict[str, object]]) -> None:
    """Do what is due of runs, after a process that is known to be dead."""
    auth = Auth()
    auth.says = says
    given = settings.load(Settings, variables)
    parts = billing.build(given, lambda service: {"auth": auth}[service], lambda: NOW)
    worker = Worker(parts.app, [each for each in parts.kinds if each.name == "invoicing_run"])
    worker.release()
    while worker.work():
        pass
