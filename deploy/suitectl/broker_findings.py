"""What `suitectl doctor` finds in the broker; the limits are the alerts' own."""

from collections.abc import Iterator

from chassis.broker import queues, rabbit
from chassis.broker.link import Link
from chassis.broker.rpc_line import EXCHANGE, nobody
from chassis.errors import ServiceError, Unavailable
from chassis.settings import Misconfigured
from suitectl.broker_admin import broker_admin
from suitectl.finding import Finding
from suitectl.site import Site

WAITING = 1_000  # calls


def broker(suite: Site) -> Iterator[Finding]:
    """Yield whether the broker answers, and then whether each service's calls are heard."""
    link = Link(suite.broker_url("operator"), lambda channel: None)
    try:
        with link.channel() as channel:
            names = suite.services()
            counts = {name: rabbit.counted(channel, queues.calls(name)) for name in names}
            takes = takes_messages(link)
    except ServiceError as error:
        yield Finding(of="broker", check="reachable", ok=False, found=error.message)
        return
    finally:
        link.close()
    yield Finding(of="broker", check="reachable", ok=True, found="answers")
    yield takes
    for name, (count, waiting) in counts.items():
        found = f"by {count} processes" if count else "by nobody: no serve process hears them"
        yield Finding(of=name, check="calls are heard", ok=count > 0, found=found)
        found = f"{waiting} wait" if waiting else "none waits"
        yield Finding(of=name, check="calls", ok=waiting <= WAITING, found=found)


def takes_messages(link: Link) -> Finding:
    """Return whether the broker takes messages; only inside the link's `channel()`."""
    try:
        link.must_take(EXCHANGE, nobody("operator"))
    except Unavailable as error:
        return Finding(of="broker", check="takes messages", ok=False, found=error.message)
    return Finding(of="broker", check="takes messages", ok=True, found="yes")


def each_queue(suite: Site) -> Iterator[Finding]:
    """Yield each queue that does not take what comes, the suite's own or another team's."""
    try:
        admin = broker_admin(suite.inventory.rabbitmq)
        if admin is None:
            return
        listed = admin.queues(suite.inventory.rabbitmq.vhost)
    except Misconfigured as error:  # its password is not at hand
        yield Finding(of="broker", check="queues", ok=True, found=f"not looked at: {error}")
        return
    except Unavailable as error:
        yield Finding(of="broker", check="queues", ok=False, found=error.message)
        return
    troubled = [(each.name, why) for each in listed if (why := each.trouble()) is not None]
    for name, why in troubled:
        yield Finding(of="broker", check=f"queue {name}", ok=False, found=why)
    if not troubled:
        found = f"all {len(listed)} take what comes"
        yield Finding(of="broker", check="queues", ok=True, found=found)
