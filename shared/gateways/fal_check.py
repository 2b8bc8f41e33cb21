"""What a service's `check` asks of fal: whether it knows the key, and gives its own keys."""

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from chassis.errors import Unavailable
from gateways.fal_settings import FalSettings, opened
from gateways.fal_webhook import PublicKeys


def faults(given: FalSettings, endpoint: str) -> Iterator[str]:
    """Yield what is wrong, a line each; nothing where the engine is not fal.

    `endpoint`: a model that the service asks. Whether the key is an admin's, which deletes
    payloads, no harmless call can tell.
    """
    if given.engine != "fal":
        return
    yield from _fault("FAL_REST_URL", partial(opened(given).knows_us, endpoint))
    with tempfile.TemporaryDirectory() as folder:
        yield from _fault("FAL_JWKS_URL", PublicKeys(given.fal_jwks_url, Path(folder)))


def _fault(setting: str, ask: Callable[[], object]) -> Iterator[str]:
    try:
        ask()
    except Unavailable as error:
        refused = error.code == "chassis.fal_refuses_us"
        yield f"{'FAL_KEY' if refused else setting}: {error.message}"
