"""Processes that die between two steps of a charge or a refund, each by SIGKILL."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from billing import app as billing
from billing.gateways.stripe_cards import StripeCards
from billing.service import BillingService
from billing.settings import Settings
from chassis import settings
from chassis.domain import value
from chassis.door.edge import Caller
from chassis.jobs.jobs import Worker
from chassis.running.parts import Parts
from embedded.direct import DirectPort
from integration.stages.billing_shop import Auth

FORKING = multiprocessing.get_context("fork")  # importing takes longer than all they do
PATIENCE_S = 60.0
NOTED, ASKED, ENDED = "noted", "asked", "ended"  # what was the last thing that it did


@value
class Death:
    """One process: what it did last, and what it was to do."""

    after: str
    asked: dict[str, Any] | None  # of its method; None: the next job of its kind
    token: str = ""
    method: str = "charge_saved_card"
    job: str = "charge_due"
    gateway: str = "charge"  # what Stripe is asked for


def die(variables: dict[str, str], now: datetime, deaths: Sequence[Death]) -> None:
    """Let a process each begin, one at a time, and die."""
    for each in deaths:
        process = FORKING.Process(target=_work, args=(variables, now, each))
        process.start()
        process.join(PATIENCE_S)
        assert process.exitcode == -signal.SIGKILL, each


def _work(variables: dict[str, str], now: datetime, death: Death) -> None:
    commits = {NOTED: 1, ASKED: 0, ENDED: 2}[death.after]
    if death.after == ASKED:
        ask = getattr(StripeCards, death.gateway)

        def last(*asked: Any, **how: Any) -> None:
            ask(*asked, **how)
            _die()

        setattr(StripeCards, death.gateway, last)
    parts = _built(variables, now, _counted(commits))
    if death.asked is None:
        assert Worker(parts.app, [e for e in parts.kinds if e.name == death.job]).work()
    else:
        caller = Caller(auth_token=death.token)
        port = DirectPort(facade=BillingService, door=lambda: parts.door, caller=caller)
        port.call(death.method, **death.asked)


def _built(variables: dict[str, str], now: datetime, committed: Callable[[], None]) -> Parts:
    given, auth = settings.load(Settings, variables), Auth()
    return billing.build(given, lambda service: {"auth": auth}[service], lambda: now, committed)


def _counted(commits: int) -> Callable[[], None]:
    """Return what kills this process at that commit."""
    left = [commits]

    def committed() -> None:
        left[0] -= 1
        if left[0] == 0:
            _die()

    return committed


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
