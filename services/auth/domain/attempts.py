"""Wrong passwords and codes: how many are free, and how long the next try waits after them."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from chassis.domain import value

MOST_S = 900  # that anybody waits: nobody is shut out for good


@value
class Limit:
    """So many failures in a time are free."""

    free: int
    window: timedelta


QUARTER = timedelta(minutes=15)
BY_PAIR = Limit(free=5, window=QUARTER)  # of one address from one network
BY_ADDRESS = Limit(free=20, window=QUARTER)  # from all networks together
BY_NETWORK = Limit(free=50, window=QUARTER)  # of all addresses together
BY_SECOND_FACTOR = Limit(free=5, window=timedelta(minutes=5))  # wrong codes of a person


@value
class Failures:
    """What was tried by one key; a try counts as failed until it has succeeded."""

    count: int
    first_at: datetime
    last_at: datetime


def after(failures: Failures | None, limit: Limit, at: datetime) -> Failures:
    """Return the failures with one more; those of another time are forgotten."""
    count = _counted(failures, limit, at)
    first_at = failures.first_at if failures and count else at
    return Failures(count=count + 1, first_at=first_at, last_at=at)


def wait_s(failures: Failures | None, limit: Limit, at: datetime) -> int:
    """Return how many seconds the next try has to wait: doubled by each, and 0 within the limit."""
    beyond = _counted(failures, limit, at) - limit.free
    if failures is None or beyond < 0:
        return 0
    waits = timedelta(seconds=min(2 ** (beyond + 1), MOST_S))
    left = failures.last_at + waits - at
    return max(0, -(-left // timedelta(seconds=1)))


def _counted(failures: Failures | None, limit: Limit, at: datetime) -> int:
    """Return how many count at `at`: whoever is beyond the limit begins anew after a pause only."""
    if failures is None:
        return 0
    since = failures.last_at if failures.count >= limit.free else failures.first_at
    return failures.count if at - since < limit.window else 0


def network(ip: str) -> str:
    """Return what one household, or one rented machine, has of addresses: of IPv6 a /64."""
    address: IPv4Address | IPv6Address = ip_address(ip)
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), 64), strict=False))
