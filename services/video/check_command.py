"""What `python -m video check` asks besides: of fal, where it is the engine."""

from collections.abc import Iterator

from gateways import fal_check
from gateways.fal_settings import FalSettings
from video.domain.engines import KLING


def faults(given: FalSettings) -> Iterator[str]:
    """Yield what is wrong, a line each; nothing where the engine is not fal."""
    yield from fal_check.faults(given, KLING)
