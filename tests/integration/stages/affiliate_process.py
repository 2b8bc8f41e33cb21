"""A process that confirms a payout, to be killed; it imports no more than it needs."""

import os
import signal
from datetime import datetime
from typing import Any

from affiliate import app as affiliate
from affiliate.service import AffiliateService
from affiliate.settings import Settings
from chassis import settings
from chassis.door.edge import Caller
from embedded.direct import DirectPort


def confirm_and_die(
    variables: dict[str, str], token: str, now: datetime, arguments: dict[str, Any]
) -> None:
    """Confirm a payout in a process of its own, which is killed before it can answer."""

    def nobody(service: str) -> Any:
        raise AssertionError(f"{service} is asked")

    parts = affiliate.build(
        settings.load(Settings, variables),
        nobody,
        lambda: now,
        committed=lambda: os.kill(os.getpid(), signal.SIGKILL),
    )
    caller = Caller(auth_token=token)
    port = DirectPort(facade=AffiliateService, door=lambda: parts.door, caller=caller)
    port.call("confirm_payout", **arguments)
