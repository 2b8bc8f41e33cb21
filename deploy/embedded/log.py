"""What the suite's process logs, in a file beside its data."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis import telemetry


@contextmanager
def kept(data_dir: Path) -> Iterator[None]:
    """Write what is logged inside to `suite.log`, a line of JSON each; 0600."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    handle = os.open(data_dir / "suite.log", flags, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as sink:
        root, handler = logging.getLogger(), telemetry.json_handler(sink)
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            yield
        finally:
            root.removeHandler(handler)
