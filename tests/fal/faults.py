"""What may go wrong: each for the next so many times, or until it is taken back."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Literal, get_args

Fault = Literal[
    # of a call, `on` how its name begins ('POST /fal-ai'): not done
    "rate_limited",  # 429
    "unavailable",  # 503
    "locked",  # 403: the account's balance is exhausted
    # done, as far as there is something to do
    "reply_lost",  # the connection closed without a reply
    "silent",  # no reply, until somebody gives up
    "broken",  # 502, a page of the machine before fal's
    "html",  # 200, a page
    "redirected",  # 307, to the same call
    # of what a job gave, `on` how its endpoint begins
    "result_gone",  # not kept any more
    "result_html",  # a page where a picture should be
    "result_large",  # 60 MB
    "result_missing",  # no such file
    "result_private",  # at an address that is nobody's business
    # of a webhook, `on` how its endpoint begins
    "webhook_doubled",
    "webhook_held",  # until `release`
    "webhook_unsigned",  # by another's key
    "webhook_old",  # its stamp is 301 s old
    "webhook_lost",
]
FAULTS = get_args(Fault)


@dataclass
class _Set:
    fault: Fault
    left: int | None
    on: str


@dataclass
class Faults:
    """Those that are switched on."""

    lock: Lock = field(default_factory=Lock)
    on: list[_Set] = field(default_factory=list)

    def switch(self, fault: Fault, times: int | None, on: str) -> None:
        assert fault in FAULTS, fault
        with self.lock:
            self.on.append(_Set(fault, times, on))

    def unset(self) -> None:
        with self.lock:
            self.on.clear()

    def struck(self, faults: tuple[Fault, ...], where: str) -> Fault | None:
        """Return the first of these that goes wrong this time, and count it."""
        with self.lock:
            for each in self.on:
                if each.fault in faults and where.startswith(each.on) and each.left != 0:
                    each.left = None if each.left is None else each.left - 1
                    return each.fault
        return None
