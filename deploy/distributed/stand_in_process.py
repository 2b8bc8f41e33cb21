"""The stand-in for Stripe as a child of this process."""

from pathlib import Path

from distributed.service_process import ServiceProcess
from embedded import cards


class StandInProcess(ServiceProcess):
    """`python -m stand_ins.stripe`, which remembers in the data folder what was paid."""

    def __init__(self, port: int, data_dir: Path, logs: Path) -> None:
        """Nothing runs yet."""
        where = ("--port", str(port), "--data", str(cards.folder(data_dir)), "--key", cards.KEY)
        super().__init__("stripe-stand-in", ("stand_ins.stripe", *where), {}, logs)
        self.url = f"http://127.0.0.1:{port}"

    @property
    def readiness(self) -> str:
        """Its first page."""
        return self.url
