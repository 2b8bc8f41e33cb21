"""The queues of a virtual host as the broker lists them, and what is wrong with one."""

import re
from collections.abc import Mapping
from typing import Any

from chassis.domain import value
from suitectl import limits

# as rabbitmqctl calls its columns and the management API its fields
COLUMNS = ("name", "type", "state", "messages", "members", "online", "arguments")
RUNS = ("running", "flow", "idle", "live")
REFUSE = ("reject-publish", "reject-publish-dlx")


@value
class Queue:
    """One queue."""

    name: str
    runs: bool
    messages: int
    members: int  # 0 where it is on one node alone
    online: int  # of them
    most: int | None  # messages that it may hold
    refuses: bool  # what comes when it is full; else the oldest gives way

    def trouble(self) -> str | None:
        """Return why it does not take all that comes, in words; None if it does."""
        if self.members and self.online * 2 <= self.members:
            return f"takes nothing: {self.online} of its {self.members} members are there"
        if not self.runs:
            return "takes nothing: its node is away, or it has crashed"
        if self.most is not None and self.messages >= self.most:
            does = "takes nothing" if self.refuses else "loses its oldest"
            return f"{does}: {self.messages} messages wait, and it may hold {self.most}"
        return None


def read(listed: Mapping[str, Any]) -> Queue:
    """Return the queue of which the broker says this."""
    own, policy = _arguments(listed["arguments"]), _policy(listed["name"])
    members = listed.get("members") or ()
    refuses = {**policy, **own}.get("overflow") in REFUSE
    # of a queue that gives way a lower limit is what its owner wants: a single message may wake
    limiting = (own, policy) if refuses else (policy,)
    most = [each["max-length"] for each in limiting if "max-length" in each]
    return Queue(
        name=listed["name"],
        runs=listed.get("state") in RUNS,
        messages=int(listed.get("messages") or 0),
        members=len(members),
        online=len(listed.get("online") or ()),
        most=min(most, default=None),  # the broker takes the lower one
        refuses=refuses,
    )


def _arguments(given: Any) -> Mapping[str, Any]:
    """Return what a queue was declared with; rabbitmqctl lists types between names and values."""
    named = given if isinstance(given, Mapping) else {name: what for name, _, what in given or ()}
    return {name.removeprefix("x-"): what for name, what in named.items()}


def _policy(name: str) -> Mapping[str, Any]:
    """Return what `suitectl init` has given the queue."""
    for policy in (limits.CALLS, limits.OTHERS["others"]):
        if re.search(policy["pattern"], name):
            definition: Mapping[str, Any] = policy["definition"]
            return definition
    return {}
